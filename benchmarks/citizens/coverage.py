"""What journeys have shown of the guides: fields asked, options of situations taken, materials met each way, documents made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from benchmarks.citizens.road import Journey

STATUS_OF = {
    "licence": "licence", "upload": "uploaded", "generated": "generated", "promise": "promised", "tolerate": "tolerated",
    "bring": "bring",
}  # fmt: skip
"""A way to meet a material → the status it leaves behind."""
KINDS = ("fields", "situations", "materials", "documents")


def of_guide(guide: Mapping[str, Any], journeys: Iterable[Journey]) -> dict[str, dict[str, Any]]:
    """Kind → ``seen``, ``of`` and what is ``open``, for one guide as ``GET /guides/CODE`` gives it."""
    walked = list(journeys)
    held = {field for journey in walked for field in [*journey.asked, *journey.chosen]}
    fields = {field["key"]: field["key"] in held for field in guide["fields"]}
    situations = {
        f"{field['key']}={option['value']}": any(option["label"] in taken_labels(field, journey) for journey in walked)
        for field in guide["fields"]
        if field.get("situation")
        for option in options(field)
    }
    materials = {
        f"{material['code']} {way}": any(journey.materials.get(material["code"]) == STATUS_OF[way] for journey in walked)
        for material in guide["materials"]
        for way in material["met_by"]
    }
    made = "\n".join(name for journey in walked for name in journey.documents)
    documents = {document["key"]: document["title"] in made for document in guide["documents"]}
    return {kind: _share(seen) for kind, seen in zip(KINDS, (fields, situations, materials, documents), strict=True)}


def options(field: Mapping[str, Any]) -> list[dict[str, str]]:
    """The options that can be chosen: a yes_no field's are 是 and 否."""
    if field["type"] == "yes_no" and not field.get("options"):
        return [{"value": "yes", "label": "是"}, {"value": "no", "label": "否"}]
    return [option for option in field.get("options", []) if option.get("offered", True)]


def taken_labels(field: Mapping[str, Any], journey: Journey) -> set[str]:
    """The labels of the options a journey chose in a field; a label within a longer one that was chosen is not counted."""
    key = field["key"]
    if journey.ok and journey.facts.stops is not None and key in journey.asked:  # told that it is not for her, it is not kept
        said = journey.facts.expect.get(key)
        return {option["label"] for option in options(field) if option["value"] in (said if isinstance(said, list) else [said])}
    text, found = journey.chosen.get(key, ""), set()
    for label in sorted((option["label"] for option in options(field)), key=len, reverse=True):
        if label in text:
            found.add(label)
            text = text.replace(label, "\0", 1)
    return found


def total(guides: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> dict[str, dict[str, int]]:
    """The same, over all guides."""
    return {kind: {part: sum(int(guide[kind][part]) for guide in guides.values()) for part in ("seen", "of")} for kind in KINDS}


def _share(seen: Mapping[str, bool]) -> dict[str, Any]:
    return {"seen": sum(seen.values()), "of": len(seen), "open": [name for name, was in seen.items() if not was]}
