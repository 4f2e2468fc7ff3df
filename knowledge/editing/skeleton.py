"""Texts to begin with: a new file with every part explained, and the next version of one that is there."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from string import Template

from assistant.foundation.messages import t
from knowledge.editing.places import MAIN, Place
from knowledge.regions import region_name
from knowledge.resolving import COMPONENTS
from knowledge.translation import ENGLISH

TO_WRITE = "（待写"
"""What marks a part of a skeleton that nobody has written yet; a guide with it in is not published."""
_FOLDER = Path(__file__).with_name("skeletons")
_VERSION = re.compile(r"^version:[ \t]*[\"']?(\d{4})\.(\d+)[\"']?(?=[ \t]*(?:#|$))", re.MULTILINE)
_EFFECTIVE = re.compile(r"^effective:[ \t]*\d{4}-\d\d-\d\d", re.MULTILINE)
_HISTORY = re.compile(r"^history:[ \t]*(?:\[\][ \t]*)?\n([ \t]*)(?=-|\S|\Z)", re.MULTILINE)


def skeleton(place: Place, name: str, today: date) -> str:
    """A file to begin with."""
    kind = {MAIN: "main", COMPONENTS: "main", ENGLISH: "english"}.get(place.place, "overlay")
    text = Template((_FOLDER / f"{kind}.yaml").read_text(encoding="utf-8"))
    region = region_name(place.region) if place.region else ""
    return text.substitute(code=place.code, name=name, place=place.place, region=region, year=today.year, today=today.isoformat())


def unwritten(text: str) -> list[int]:
    """The lines of a text, comments apart, where something of the skeleton still stands."""
    return [n for n, line in enumerate(text.splitlines(), 1) if TO_WRITE in line.partition(" #")[0] and not line.startswith("#")]


def version_of(text: str) -> str | None:
    """The version a text says it is, or None."""
    said = _VERSION.search(text)
    return f"{said[1]}.{said[2]}" if said else None


def next_version(text: str, served: str | None, today: date, note: str = "") -> str:
    """A text with the version after the one served, in force from today, and an entry in its history.

    A text that is ahead already stays as it is, as does one without a version (a translation). ``note`` is what the entry says;
    without one it is left to be written.
    """
    said, there = _VERSION.search(text), _VERSION.search(served or "")
    if said is None or there is None:
        return text
    now, before = (int(said[1]), int(said[2])), (int(there[1]), int(there[2]))
    if now > before:
        return text
    year = max(today.year, before[0])
    version = f"{year}.{before[1] + 1 if year == before[0] else 1}"
    text = _VERSION.sub(f'version: "{version}"', text, count=1)
    text = _EFFECTIVE.sub(f"effective: {today.isoformat()}", text, count=1)
    # only a guide has a history, what is different in a region has none
    return _noted(text, version, today, note) if re.search(r"^code:", text, re.MULTILINE) else text


def _noted(text: str, version: str, today: date, note: str) -> str:
    said = json.dumps(note or t("knowledge.edit_what_changed", mark=TO_WRITE), ensure_ascii=False)
    held = _HISTORY.search(text)
    indent = held[1] if held and text[held.end() : held.end() + 1] == "-" else "  "
    entry = f'{indent}- version: "{version}"\n{indent}  effective: {today.isoformat()}\n{indent}  text: [{said}]\n'
    if held is not None:
        return f"{text[: held.start()]}history:\n{entry}{text[held.end() - len(held[1]) :]}"
    if re.search(r"^history:", text, re.MULTILINE):
        return text
    at = _EFFECTIVE.search(text)
    end = text.find("\n", at.end()) + 1 if at else 0
    return f"{text[:end]}history:\n{entry}{text[end:]}" if end else text
