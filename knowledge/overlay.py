"""What is different in one region: ``regions/<GB/T 2260 code>/<guide code>.yaml`` in the guides' folder, laid over a guide.

A region's facts are data beside the guide, never a branch in a program. For a citizen in 310115 the guide is served with
the overlay of 310000 on it, and that of 310115 on top. What an overlay says replaces what the guide says:

- whole parts (``promised_limit``, ``fee``, ``online``, ``visits``, ``result``, ``department``, ``summary``, ``coverage``, …)
  and whole lists (``conditions``, ``process``, ``places``, ``contacts``, ``checks``, ``judgements``, ``followups``);
- single entries of the lists that have keys: ``fields`` and ``documents`` by ``key``, ``materials`` by ``code``, ``faqs`` by
  ``question``. An entry with a key that is there replaces it in its place; a new one comes after the one the overlay has
  before it, or last;
- ``evidence`` is added to, and sources nothing cites any more go; ``remove`` names entries that do not exist in this region.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from pydantic import Field, ValidationError

from knowledge.schema import (
    Check,
    Contact,
    DocumentSpec,
    Evidence,
    Fact,
    Faq,
    Fee,
    FollowUp,
    Guide,
    GuideField,
    Judgement,
    Material,
    Online,
    Place,
    Result,
    Step,
    Strict,
    TimeLimit,
    Visits,
)

#: Lists whose entries are told apart by a key of theirs.
KEYED: dict[str, str] = {"fields": "key", "documents": "key", "materials": "code", "faqs": "question"}
_REPLACED = (
    "department", "summary", "coverage", "handling", "level", "legal_limit", "promised_limit", "fee", "online", "visits",
    "result", "conditions", "process", "places", "contacts", "checks", "judgements", "followups", "expires", "checked",
    "task_code", "catalog_code",
)


class Removed(Strict):
    """Entries of the guide that do not exist in the region, by their keys."""

    fields: list[str] = []
    documents: list[str] = []
    materials: list[str] = []
    faqs: list[str] = []


class Overlay(Strict):
    """One overlay file. Every part is optional; what is left out stays as in the guide."""

    region: Annotated[str, Field(pattern=r"^\d{6}$")]
    version: Annotated[str, Field(pattern=r"^\d{4}\.\d+$")]
    effective: date
    expires: date | None = None
    checked: date | None = None
    task_code: str | None = None
    catalog_code: str | None = None
    handling: Any = None
    level: Any = None
    department: str | None = None
    summary: str | None = None
    coverage: Fact | None = None
    evidence: dict[str, Evidence] = {}
    conditions: list[Fact] = []
    legal_limit: TimeLimit | None = None
    promised_limit: TimeLimit | None = None
    fee: Fee | None = None
    process: list[Step] = []
    online: Online | None = None
    visits: Visits | None = None
    places: list[Place] = []
    contacts: list[Contact] = []
    result: Result | None = None
    faqs: list[Faq] = []
    fields: list[GuideField] = []
    checks: list[Check] = []
    judgements: list[Judgement] = []
    materials: list[Material] = []
    documents: list[DocumentSpec] = []
    followups: list[FollowUp] = []
    remove: Removed = Removed()


def laid_over(guide: Guide, overlay: Overlay) -> Guide:
    """The guide as it is in the overlay's region.

    Raises:
        ValueError: the two together are no sound guide; the message names what does not fit (as ``Guide`` itself would).
    """
    said = overlay.model_dump(by_alias=True, exclude_unset=True)
    held = guide.model_dump(by_alias=True, exclude_unset=True)
    held |= {name: said[name] for name in _REPLACED if name in said}
    missing = []
    for name, key in KEYED.items():
        gone = list(getattr(overlay.remove, name))
        known = {entry[key] for entry in held.get(name, [])}
        missing += [f"remove.{name} names {entry}, which the guide does not have" for entry in gone if entry not in known]
        held[name] = _merged(held.get(name, []), said.get(name, []), key, gone)
    if missing:
        raise ValueError("; ".join(missing))
    still, added = set(cited(held)), said.get("evidence", {})
    held["evidence"] = {key: source for key, source in held.get("evidence", {}).items() if key in still} | added
    try:
        return Guide.model_validate(held)
    except ValidationError as error:
        raise ValueError("; ".join(str(item.get("ctx", {}).get("error", item["msg"])) for item in error.errors())) from error


def _merged(
    held: Sequence[Mapping[str, Any]], said: Sequence[Mapping[str, Any]], key: str, gone: Sequence[str]
) -> list[Mapping[str, Any]]:
    """Entries said again take the place of the old ones and keep their hints, new ones follow the one said before them, removed
    ones go."""
    merged = [entry for entry in held if entry[key] not in gone]
    places = {entry[key]: place for place, entry in enumerate(merged)}
    after = len(merged)
    for entry in said:
        place = places.get(entry[key])
        if place is not None:
            merged[place] = {**_hints(merged[place], entry), **entry}
        else:
            place = after
            merged.insert(place, entry)
            places = {held_entry[key]: number for number, held_entry in enumerate(merged)}
        after = place + 1
    return merged


def _hints(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """What of an entry says only where its value may be known and what a paper for it shows: the same in every region."""
    licensed = "licence" in new.get("met_by", [])
    hints = ("prefill", "subject", "herself", "not_barred", "shows", *(("licence", "holder") if licensed else ()))
    return {name: old[name] for name in hints if name in old}


def cited(part: Any) -> Iterator[str]:
    """Every key of evidence a guide's parts name."""
    if isinstance(part, Mapping):
        for name, child in part.items():
            if name != "evidence":
                yield from cited(child)
            elif isinstance(child, list):
                yield from child
    elif isinstance(part, list):
        for child in part:
            yield from cited(child)
