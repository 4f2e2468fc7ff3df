"""Slots at windows: what is free, what is booked, and how the papers of an application get to the office."""
