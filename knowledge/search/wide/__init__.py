"""The search over a whole country's catalogue: indexes on disk, candidates from them, scored like those of a city."""

from knowledge.search.wide.build import build
from knowledge.search.wide.index import WideIndex
from knowledge.search.wide.manifest import WideUnusable
from knowledge.search.wide.records import Record

__all__ = ["Record", "WideIndex", "WideUnusable", "build"]
