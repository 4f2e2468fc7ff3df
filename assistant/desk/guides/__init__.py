"""Guides being written in the console: revisions, the two persons each needs, and putting them into the folder on their day."""
