"""Receiving offices of particular kinds, each behind the one interface of ``submission.office``."""
