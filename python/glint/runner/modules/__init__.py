"""The modules of the old language: what programs import by these names. Nothing here is meant for plain Python."""
