"""Choosing the region whose guides are read, with links and a box that need no script."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlencode

from fastapi import Request

from assistant.foundation.settings import Settings
from channels.parts import Parts
from knowledge.regions import region_name, within
from knowledge.resolving import NATION, REGIONS, chain
from knowledge.schema import Guide


@dataclass(frozen=True, slots=True)
class Place:
    """A region to choose: what to call it, where its page is, and whether it is the one shown."""

    name: str
    address: str
    current: bool


@dataclass(frozen=True, slots=True)
class Chooser:
    """The regions at hand; any other is written into the box, which sends ``kept`` along to ``action``."""

    nearby: list[Place]
    written: list[Place]
    action: str
    kept: Mapping[str, str]


def chooser(request: Request, region: str, settings: Settings) -> Chooser:
    """What the page offers to somebody who reads it for this region."""
    kept = {name: value for name, value in request.query_params.items() if name != "region"}

    def place(code: str, name: str) -> Place:
        return Place(name, request.url.path + "?" + urlencode({**kept, "region": code}), code == region)

    around = next((wider for wider in reversed(chain(region)) if within(wider)), NATION)
    here = [settings.region, *_written(settings.guides_dir / REGIONS), NATION]
    return Chooser(
        nearby=[place(code, name) for code, name in within(around)],
        written=[place(code, region_name(code)) for code in dict.fromkeys(here)], action=request.url.path, kept=kept,
    )  # fmt: skip


def nationwide(parts: Parts, guide: Guide) -> bool:
    """Whether nothing is known of the region's own rules, so that what the page says holds everywhere."""
    everywhere = parts.services.catalogue_in(NATION).get(guide.code)
    return everywhere is not None and everywhere.version == guide.version


@lru_cache(maxsize=4)
def _listed(folder: Path, changed: float) -> tuple[str, ...]:
    return tuple(sorted(path.name for path in folder.iterdir() if path.is_dir()))


def _written(folder: Path) -> tuple[str, ...]:
    """The regions with rules of their own in the guides."""
    return _listed(folder, folder.stat().st_mtime) if folder.is_dir() else ()
