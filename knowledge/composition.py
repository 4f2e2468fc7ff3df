"""一件事: one application made of several items, put together from their guides.

A composition's own file says what is its own: name, summary, situations, limits, and its ``parts`` (item, when, after).
Here the parts go in: a field that several parts have is one question (the composition's own wording first), materials and
documents are united, each is wanted only where one of its parts is, and every fact keeps its evidence. The outcome is a guide
like any other, so that interview, package and answers need to know nothing of compositions. What one part asks and another
part's answers say, or what can only be one way here, the composition's ``settled`` puts in unasked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from assistant.foundation.messages import t
from knowledge.overlay import cited
from knowledge.schema import Guide, Part

_LISTS: dict[str, str] = {"fields": "key", "materials": "code", "documents": "key"}
_REFERENCES = ("document", "promise_document")


def composed(guide: Guide, parts: Mapping[str, Guide]) -> Guide:
    """A composition with its parts in it.

    Args:
        guide: the composition as its file says it.
        parts: the guides of ``guide.parts``, by code, as they are in the same region.

    Raises:
        ValueError: a part is missing, an outline or a composition itself; or two parts do not fit together.
    """
    problems = [f"part {part.item} is not a full guide" for part in guide.parts
                if (found := parts.get(part.item)) is None or found.outline or found.parts]
    problems += _circles(guide.parts)
    if problems:
        raise ValueError("; ".join(problems))
    held: dict[str, Any] = guide.model_dump(by_alias=True, exclude_unset=True)
    own = {name: {entry[key] for entry in held.get(name, [])} for name, key in _LISTS.items()}
    held["evidence"] = dict(held.get("evidence", {}))
    united: dict[str, dict[str, dict[str, Any]]] = {
        name: {entry[key]: dict(entry) for entry in held.get(name, [])} for name, key in _LISTS.items()
    }
    shares: dict[str, dict[str, Any]] = {}
    for part in guide.parts:
        taken = _parted(part, parts[part.item], united, own, held["evidence"])
        shares[part.item] = _share(parts[part.item], taken, own)
        for name, entries in taken.items():
            for key, entry in entries.items():
                if key in own[name]:
                    if name == "fields":
                        united[name][key] = _with_boxes(united[name][key], entry)
                    continue
                before = united[name].get(key)
                united[name][key] = entry if before is None else _either(before, entry)
    for name, entries in united.items():
        held[name] = _situations_first(entries.values()) if name == "fields" else list(entries.values())
    held["parts"] = [{**part, "share": shares[part["item"]]} for part in held["parts"]]
    held["conditions"] = [*held.get("conditions", []), *(
        fact for part in guide.parts for fact in _conditions(parts[part.item], held["evidence"])
    )]
    held["judgements"] = [*held.get("judgements", []), *(
        entry for part in guide.parts for entry in _judgements(part, parts[part.item], held["evidence"])
    )]
    for name in ("checks", "settled"):
        held[name] = [*held.get(name, []), *(
            {**entry, "when": _and(part.when, entry.get("when"))}
            for part in guide.parts for entry in parts[part.item].model_dump(by_alias=True, exclude_unset=True).get(name, [])
        )]
    still = set(cited(held))  # what its parts say of time, fee and places is not said here, and needs no source
    held["evidence"] = {key: source for key, source in held["evidence"].items() if key in still}
    try:
        return Guide.model_validate(held)
    except ValidationError as error:
        raise ValueError("; ".join(str(item.get("ctx", {}).get("error", item["msg"])) for item in error.errors())) from error


def _share(part: Guide, found: Mapping[str, Mapping[str, Any]], own: Mapping[str, set[str]]) -> dict[str, Any]:
    """What of the composition is for this part: see ``shares.PartShare``."""
    return {
        "name": part.name, "department": part.department or "", "fields": sorted(found["fields"]),
        **{name: sorted({*found[name], *own[name]}) for name in ("materials", "documents")},
    }  # fmt: skip


def _conditions(guide: Guide, evidence: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A part's conditions, each with the part's name in front."""
    said = guide.model_dump(by_alias=True, exclude_unset=True)
    cited = _cited(guide, said["evidence"], evidence)
    return [
        {
            "text": t("knowledge.part_condition", name=guide.name, text=fact["text"]),
            "evidence": [cited[key] for key in fact["evidence"]],
            **{name: fact[name] for name in ("when", "doubtful") if fact.get(name)},
        }
        for fact in said["conditions"]
    ]


def _judgements(part: Part, guide: Guide, evidence: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a person has to judge in a part, where the part is wanted; its key has the part's code in front."""
    said = guide.model_dump(by_alias=True, exclude_unset=True)
    cited, prefix = _cited(guide, said["evidence"], evidence), guide.code.replace("-", "_")
    return [
        {
            **entry, "key": f"{prefix}_{entry['key']}", "when": _and(part.when, entry["when"]),
            "evidence": [cited[key] for key in entry["evidence"]],
        }
        for entry in said.get("judgements", [])
    ]  # fmt: skip


def _cited(guide: Guide, said: Mapping[str, Any], held: Mapping[str, Any]) -> dict[str, str]:
    """Under which key each of a part's sources stands in the composition: its own, or with the part's code in front."""
    return {key: key if held.get(key, source) == source else f"{guide.code}.{key}" for key, source in said.items()}


def _parted(
    part: Part, guide: Guide, united: Mapping[str, Mapping[str, Any]], own: Mapping[str, set[str]], evidence: dict[str, Any]
) -> dict[str, dict[str, dict[str, Any]]]:
    """The fields, materials and documents of one part, wanted only where the part is; their evidence is put to the others.

    Names that mean something else in an earlier part get the part's code in front; those of the composition's own (``own``)
    stand for the part's too.
    """
    said = guide.model_dump(by_alias=True, exclude_unset=True)
    prefix = guide.code.replace("-", "_")
    cited = _cited(guide, said["evidence"], evidence)
    evidence.update({cited[key]: source for key, source in said["evidence"].items()})
    documents = _renamed(said.get("documents", []), "key", united["documents"], own["documents"], ("template",), prefix)
    made = [  # a form made from another template is another paper, though its name is the same
        {**entry, **{name: documents[entry[name]] for name in _REFERENCES if entry.get(name)}}
        for entry in said.get("materials", [])
    ]
    materials = _renamed(made, "code", united["materials"], own["materials"], ("name", "document"), prefix)
    found: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in _LISTS}
    for name, key in _LISTS.items():
        for entry in said.get(name, []):
            changed = {**entry, "when": _and(part.when, entry.get("when"))}
            if "evidence" in entry:
                changed["evidence"] = [cited[source] for source in entry["evidence"]]
            for reference in _REFERENCES:
                if entry.get(reference):
                    changed[reference] = documents[entry[reference]]
            if name == "documents":
                changed["key"] = documents[entry["key"]]
            elif name == "materials":
                changed["code"] = materials[entry["code"]]
            found[name][changed[key]] = changed
    return found


def _renamed(
    entries: Sequence[Mapping[str, Any]], key: str, before: Mapping[str, Mapping[str, Any]], kept: set[str],
    what: Sequence[str], prefix: str,
) -> dict[str, str]:
    """The keys of entries in the composition: that of the same thing in an earlier part, else their own where it is free."""
    found = {}
    for entry in entries:
        own, alike = entry[key], [entry.get(name) for name in what]
        if own in kept:
            found[own] = own
            continue
        called = [name for name in before if name == own or name.endswith(f"_{own}")]
        same = [name for name in called if [before[name].get(part) for part in what] == alike]
        found[own] = same[0] if same else f"{prefix}_{own}" if own in before else own
    return found


def _with_boxes(own: dict[str, Any], entry: Mapping[str, Any]) -> dict[str, Any]:
    """The composition's own question with the options only a part's forms have: a box there, and no answer here."""
    known = {option["value"] for option in own.get("options", [])}
    more = [{**option, "offered": False} for option in entry.get("options", []) if option["value"] not in known]
    return {**own, "options": [*own["options"], *more]} if more and known else own


def _either(before: Mapping[str, Any], entry: Mapping[str, Any]) -> dict[str, Any]:
    """The same field, material or document of two parts: wanted where either wants it."""
    if before.get("type") != entry.get("type"):
        raise ValueError(f"field {before['key']} is of two types in two parts; the composition must say which")
    if [option["value"] for option in before.get("options", [])] != [option["value"] for option in entry.get("options", [])]:
        raise ValueError(f"field {before['key']} has other options in another part; the composition must say which")
    always = before.get("when") is None or entry.get("when") is None
    when = None if always else {"any": _alternatives(before["when"], entry["when"])}
    united = {**before, "when": when}
    if before.get("optional") and not entry.get("optional"):
        united["optional"] = False
    if rules := [rule for rule in entry.get("rules", []) if rule not in before.get("rules", [])]:
        united["rules"] = [*before.get("rules", []), *rules]
    return united


def _alternatives(one: dict[str, Any], other: dict[str, Any]) -> list[dict[str, Any]]:
    held = one["any"] if set(one) == {"any"} else [one]
    return held if other in held else [*held, other]


def _and(first: Any, second: dict[str, Any] | None) -> dict[str, Any] | None:
    """Both conditions; ``first`` may be a condition of the schema."""
    one = first.model_dump(by_alias=True, exclude_unset=True) if first is not None else None
    if one is None or second is None:
        return one or second
    return {"all": [one, second]}


def _situations_first(fields: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Questions on which others depend are asked first."""
    return sorted(fields, key=lambda field: not field.get("situation", False))


def _circles(parts: Sequence[Part]) -> list[str]:
    """Parts that wait for each other, or for a part that is not there."""
    known = {part.item: part for part in parts}
    problems = [f"part {part.item} waits for unknown part {name}" for part in parts for name in part.after if name not in known]
    done: set[str] = set()
    while ready := [p.item for p in parts if p.item not in done and all(name in done or name not in known for name in p.after)]:
        done.update(ready)
    return [*problems, *(f"part {part.item} waits for itself" for part in parts if part.item not in done)]
