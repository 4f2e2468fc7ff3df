"""What a change of a guide means, in sentences a civil servant reads: which facts are other facts now."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import yaml
from pydantic import ValidationError

from assistant.foundation.messages import t
from knowledge.catalogue import Catalogue
from knowledge.editing.places import Place
from knowledge.editing.trial import trial
from knowledge.guide_file import guide_of, quickly
from knowledge.overlay import Overlay
from knowledge.regions import region_name
from knowledge.resolving import COMPONENTS, NATION
from knowledge.schema import Condition, Evidence, Fee, Guide, Material, Strict, TimeLimit
from knowledge.situations import describe
from knowledge.translation import ENGLISH, Translation

_LONGEST = 60
_TEXTS = ("name", "version", "summary", "department", "task_code", "catalog_code", "task_type")
_FACTS = ("coverage", "online", "result")
#: Lists whose entries have a name people know them by: the part, what tells entries apart, what to call one.
_NAMED = (
    ("process", "name", "name"), ("places", "name", "name"), ("contacts", "name", "name"), ("faqs", "question", "question"),
    ("fields", "key", "label"), ("documents", "key", "title"), ("followups", "item", "item"), ("parts", "item", "item"),
    ("judgements", "key", "reason"),
)  # fmt: skip


def changes(place: Place, before: str, after: str, served: Catalogue) -> list[str] | None:
    """Every fact that changes, a sentence each; None where one of the two texts cannot be read as what it should be.

    Of a region's file, what changes for people in that region; of a translation, how many texts.
    """
    if place.place == ENGLISH:
        return _translated(before, after)
    pair = [_guide(place, text, served) if text else None for text in (before, after)]
    if any(guide is None and text for guide, text in zip(pair, (before, after), strict=True)):
        return None
    old, new = pair
    if old is None and place.region is not None:
        old = _nation(served, place.code)
    if new is None:
        return None
    if old is None:
        return [t("knowledge.change_new_guide", name=new.name)]
    found = list(_changed(old, new))
    if place.region is not None:
        found = [t("knowledge.edit_in_region", region=region_name(place.region), why=sentence) for sentence in found]
    return list(dict.fromkeys(found))


def _guide(place: Place, text: str, served: Catalogue) -> Guide | None:
    if place.region is None:
        guide = guide_of(text, "").guide
        if guide is None:
            return None
        tried = trial(served, guide=guide, component=place.place == COMPONENTS)
        return guide if tried.unfit else tried.served(NATION, guide.code) or guide
    try:
        overlay = Overlay.model_validate(quickly(text))
    except (yaml.YAMLError, ValidationError, ValueError):
        return None
    tried = trial(served, overlay=(place.code, overlay))
    return None if tried.unfit else tried.served(place.region, place.code)


def _nation(served: Catalogue, code: str) -> Guide | None:
    base = served.guides.get(code) or served.components.get(code)
    return trial(served, guide=base, component=code in served.components).served(NATION, code) if base else None


def _changed(old: Guide, new: Guide) -> Iterator[str]:
    for part in _TEXTS:
        before, after = getattr(old, part), getattr(new, part)
        if part == "version":
            before, after = (str(version).partition("+")[0] for version in (before, after))
        yield from _other(t(f"knowledge.change_{part}"), before, after)
    for part in ("effective", "expires", "checked"):
        yield from _other(t(f"knowledge.change_{part}"), _day(getattr(old, part)), _day(getattr(new, part)))
    for part in ("applicant", "themes", "life_events"):
        yield from _set(t(f"knowledge.change_{part}"), getattr(old, part), getattr(new, part))
    for part in ("legal_limit", "promised_limit"):
        yield from _other(t(f"knowledge.change_{part}"), _limit(getattr(old, part)), _limit(getattr(new, part)))
        yield from _told(t(f"knowledge.change_{part}"), getattr(old, part), getattr(new, part))
    yield from _other(t("knowledge.change_fee"), _fee(old.fee), _fee(new.fee))
    yield from _told(t("knowledge.change_fee"), old.fee, new.fee)
    visits = [t("knowledge.change_times", count=guide.visits.count) if guide.visits else None for guide in (old, new)]
    yield from _other(t("knowledge.change_visits"), *visits)
    for part in _FACTS:
        yield from _told(t(f"knowledge.change_{part}"), getattr(old, part), getattr(new, part))
    yield from _set(t("knowledge.change_conditions"), [fact.text for fact in old.conditions], [f.text for f in new.conditions])
    yield from _entries(t("knowledge.change_materials"), old.materials, new.materials, "code", "name", _material(old, new))
    for part, key, name in _NAMED:
        yield from _entries(t(f"knowledge.change_{part}"), getattr(old, part), getattr(new, part), key, name, None)
    yield from _set(t("knowledge.change_aliases"), old.names.aliases, new.names.aliases)
    if old.names.model_copy(update={"aliases": []}) != new.names.model_copy(update={"aliases": []}):
        yield t("knowledge.change_sayings")
    yield from _set(t("knowledge.change_evidence"), _sources(old), _sources(new))


def _other(what: str, before: str | None, after: str | None) -> Iterator[str]:
    if before == after:
        return
    if before is None or after is None:
        key = "knowledge.change_added" if before is None else "knowledge.change_removed"
        yield t(key, what=what, text=_brief(before or after))
    else:
        yield t("knowledge.change_other", what=what, before=_around(before, after), after=_around(after, before))


def _set(what: str, before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    for text in before:
        if text not in after:
            yield t("knowledge.change_removed", what=what, text=_brief(text))
    for text in after:
        if text not in before:
            yield t("knowledge.change_added", what=what, text=_brief(text))


def _told(what: str, before: Any, after: Any) -> Iterator[str]:
    """The words of a fact, where it is there before and after; and whether it stands on other sources."""
    if before is None or after is None:
        if not isinstance(before or after, TimeLimit | Fee):
            yield from _other(what, before and before.text, after and after.text)
        return
    yield from _other(t("knowledge.change_words_of", what=what), before.text, after.text)
    if before.text == after.text and before.evidence != after.evidence:
        yield t("knowledge.change_basis_of", what=what)


def _entries(
    what: str, before: Sequence[Strict], after: Sequence[Strict], key: str, name: str,
    inside: Callable[[Any, Any], Iterator[str]] | None,
) -> Iterator[str]:  # fmt: skip
    old = {getattr(entry, key): entry for entry in before}
    new = {getattr(entry, key): entry for entry in after}
    for one, entry in old.items():
        if one not in new:
            yield t("knowledge.change_removed", what=what, text=_brief(getattr(entry, name)))
    for one, entry in new.items():
        if one not in old:
            yield t("knowledge.change_added", what=what, text=_brief(getattr(entry, name)))
        elif entry != old[one]:
            said = list(inside(old[one], entry)) if inside else []
            yield from said or [t("knowledge.change_within", what=what, text=_brief(getattr(entry, name)))]
    if list(new) != list(old) and sorted(new) == sorted(old):
        yield t("knowledge.change_order", what=what)


def _material(old: Guide, new: Guide) -> Callable[[Material, Material], Iterator[str]]:
    def inside(before: Material, after: Material) -> Iterator[str]:
        what = t("knowledge.change_material", name=after.name)
        yield from _other(t("knowledge.change_name_of", what=what), before.name, after.name)
        yield from _other(what, t(f"knowledge.form_{before.form}"), t(f"knowledge.form_{after.form}"))
        yield from _other(what, _required(before), _required(after))
        ways = [t("knowledge.or_separator").join(t(f"knowledge.met_{way}") for way in m.met_by) for m in (before, after)]
        yield from _other(what, *ways)
        yield from _other(t("knowledge.change_when_of", what=what), _when(before.when, old), _when(after.when, new))
        yield from _other(t("knowledge.change_note_of", what=what), before.note, after.note)

    return inside


def _required(material: Material) -> str:
    return t("knowledge.change_must" if material.required else "knowledge.not_required")


def _when(when: Condition | None, guide: Guide) -> str | None:
    return describe(when, guide) if when is not None else None


def _limit(limit: TimeLimit | None) -> str | None:
    return None if limit is None else t("knowledge.change_days", days=limit.days, unit=t(f"knowledge.unit_{limit.unit}"))


def _fee(fee: Fee | None) -> str | None:
    if fee is None:
        return None
    if not fee.charged:
        return t("knowledge.change_free")
    sums = [t("knowledge.change_sum", name=item.name, yuan=item.yuan, per=item.per) for item in fee.items]
    return t("knowledge.list_separator").join(sums) or t("knowledge.change_charged")


def _sources(guide: Guide) -> list[str]:
    return list(dict.fromkeys(_source(evidence) for evidence in guide.evidence.values()))


def _source(evidence: Evidence) -> str:
    mark = "" if evidence.verified else t("knowledge.change_unverified")
    return f"{evidence.title}{evidence.article or ''}{mark}"


def _day(day: Any) -> str | None:
    return None if day is None else t("knowledge.date", year=day.year, month=day.month, day=day.day)


def _brief(text: Any) -> str:
    said = str(text)
    return said if len(said) <= _LONGEST else said[: _LONGEST - 1] + "…"


def _around(text: Any, other: Any) -> str:
    """A text as far as it differs from another: of a long one, what stands around the first difference."""
    said, against = str(text), str(other)
    if len(said) <= _LONGEST:
        return said
    same = next((n for n, (one, two) in enumerate(zip(said, against, strict=False)) if one != two), min(len(said), len(against)))
    start = max(0, same - _LONGEST // 3)
    return ("…" if start else "") + _brief(said[start:])


def _translated(before: str, after: str) -> list[str] | None:
    try:
        old, new = (Translation.model_validate(quickly(text)).texts if text else {} for text in (before, after))
    except (yaml.YAMLError, ValidationError, ValueError):
        return None
    counts = {
        "added": len(new.keys() - old.keys()), "removed": len(old.keys() - new.keys()),
        "other": sum(new[text] != old[text] for text in new.keys() & old.keys()),
    }  # fmt: skip
    return [t("knowledge.change_texts", **counts)] if any(counts.values()) else []
