"""What an office reads out of a manifest it has taken in: answers, materials, and whose share of the case it is.

Tolerant throughout: a sender's manifest may lack parts, and what has been taken in must be shown all the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

OWN_PAGES = frozenset({"cover", "checklist", "receipt", "merged", "manifest"})
"""Kinds of files that the sender made round the application: never asked for again, never a material."""

LATER = {"promised": "告知承诺", "tolerated": "容缺，以后补", "bring": "带到窗口", "missing": "缺少"}
"""States of a material of which nothing is in the package."""


@dataclass(frozen=True)
class Answer:
    """One answered field; ``value`` as the forms print it, ``source`` the sender's word for where it came from."""

    code: str
    label: str
    value: str
    source: str


@dataclass(frozen=True)
class Material:
    """One material. ``state`` is the sender's word for how it is met, "" where it did not say."""

    code: str
    title: str
    kind: str
    state: str = ""


def answers(manifest: dict[str, Any]) -> list[Answer]:
    """The answers, in the manifest's order."""
    return [
        Answer(str(item.get("field") or ""), str(item.get("label") or item.get("field") or ""), _value(item), _source(item))
        for item in _dicts(manifest.get("fields"))
    ]


def materials(manifest: dict[str, Any]) -> list[Material]:
    """The materials: as the manifest lists them, and what else lies in the package; a form as Word and as PDF is one.

    What the manifest lists may name its ``files`` by their paths. The code of any other file is its path.
    """
    said = [
        Material(str(item.get("code") or ""), str(item.get("name") or item.get("code") or ""), "", str(item.get("status") or ""))
        for item in _dicts(manifest.get("materials"))
    ]
    known: set[str] = set()
    for listed in _dicts(manifest.get("materials")):
        paths = listed.get("files")
        known |= {str(path) for path in paths} if isinstance(paths, list) else set()
    titles: set[str] = {material.title for material in said}
    found = []
    for item in files(manifest):
        if item.kind in OWN_PAGES or item.code in known or item.title in titles:
            continue
        known.add(item.code)
        titles.add(item.title)
        found.append(item)
    return [*said, *found]


def files(manifest: dict[str, Any]) -> list[Material]:
    """The files as they are listed, the sender's own pages among them."""
    listed = []
    for item in _dicts(manifest.get("files")):
        path = str(item.get("path") or "")
        listed.append(Material(path, str(item.get("title") or path), str(item.get("kind") or "")))
    return listed


def part(manifest: dict[str, Any]) -> dict[str, str]:
    """Whose share this is where a case goes to several departments: ``item``, ``name``, ``department``; "" for each if none."""
    given = manifest.get("part")
    held = given if isinstance(given, dict) else {}
    return {name: str(held.get(name) or "") for name in ("item", "name", "department")}


def _dicts(given: Any) -> Iterator[dict[str, Any]]:
    return (item for item in given if isinstance(item, dict)) if isinstance(given, list) else iter(())


def _value(item: dict[str, Any]) -> str:
    value = item.get("value")
    return "、".join(str(part) for part in value) if isinstance(value, list) else "" if value is None else str(value)


def _source(item: dict[str, Any]) -> str:
    source = item.get("source")
    return str(source.get("kind", "")) if isinstance(source, dict) else ""
