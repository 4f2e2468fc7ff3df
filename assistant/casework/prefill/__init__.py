"""Filling in, with the citizen's consent, what registers, licences and earlier cases already know."""
