"""`glint run`: programs of the old language on this computer. main.py runs one; the other files are what it finds there."""
