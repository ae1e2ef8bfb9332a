"""What the tests ask of every lesson. `lessons.py` beside this folder puts it together."""
