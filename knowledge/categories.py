"""The categories of ``categories.yaml``: themes, life events and sectors, by code, with what to call them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict

FILE = Path(__file__).with_name("categories.yaml")


class Categories(BaseModel):
    """Codes and names. Life events are those of persons and those of enterprises, in the order of a life."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    themes: dict[str, str]
    life_events: dict[str, dict[str, str]]
    sectors: dict[str, str]

    def life_event(self, code: str) -> str | None:
        """The name of a life event, whosever it is."""
        return next((events[code] for events in self.life_events.values() if code in events), None)


@cache
def categories(language: str | None = None) -> Categories:
    """The categories of this installation; in another language (``en``), as far as ``categories.<language>.yaml`` has them."""
    data = _read(FILE)
    path = FILE.with_suffix(f".{language}.yaml")
    return Categories.model_validate(_over(data, _read(path)) if language and path.exists() else data)


def _over(chinese: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """The Chinese names with those of another language over them; codes and their order are always those of the Chinese."""
    return {
        key: _over(value, other.get(key) or {}) if isinstance(value, dict) else other.get(key, value)
        for key, value in chinese.items()
    }


def _read(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return data
