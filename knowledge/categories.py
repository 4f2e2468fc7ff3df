"""The categories of ``categories.yaml``: themes, life events and sectors, by code, with what to call them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

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
def categories() -> Categories:
    """The categories of this installation."""
    return Categories.model_validate(yaml.safe_load(FILE.read_text(encoding="utf-8")))
