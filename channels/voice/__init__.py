"""The door for voices: one socket a kiosk, sound up, sound and cards down, and the same conversation as at every other door."""
