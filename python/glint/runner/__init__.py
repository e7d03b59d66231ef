"""`glint run`: programs of the old language on this computer. main.py runs one; the rest is what it finds there."""
