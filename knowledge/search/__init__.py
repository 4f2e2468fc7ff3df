"""Search: which item a sentence means."""

from knowledge.search.index import Decision, Hit, Search, cautious
from knowledge.search.training import train

__all__ = ["Decision", "Hit", "Search", "cautious", "train"]
