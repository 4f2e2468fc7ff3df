"""From what a recogniser wrote to what was meant. ``meaning.meant`` is the door."""
