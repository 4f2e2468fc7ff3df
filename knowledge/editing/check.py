"""What is wrong with one file as it is being written, looked at against everything else that is served, without saving it.

Hard findings are those a guide must not be published with; the others are advice. Nothing is read from disk but the Word
templates the guide names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml
from pydantic import ValidationError

from assistant.foundation.messages import t
from knowledge.audit import Finding as Rule
from knowledge.catalogue import Catalogue
from knowledge.editing.places import MAIN, Place
from knowledge.editing.skeleton import unwritten
from knowledge.editing.trial import Trial, trial
from knowledge.guide_file import GuideProblem, explain, guide_of, line_of, said_by_schema, tree_of
from knowledge.lint import Tags, checked, problem_of, translated_line, untranslated
from knowledge.overlay import KEYED, Overlay
from knowledge.regions import region_name
from knowledge.resolving import COMPONENTS, NATION
from knowledge.schema import Guide
from knowledge.text import fold
from knowledge.translation import ENGLISH, Translation

#: What a guide may be published with all the same: it is not wrong, only less than it could be, or not this file's doing.
ADVICE = frozenset(
    {
        "audit_missing", "audit_few_faqs", "audit_stale", "audit_address", "audit_phone", "audit_no_consult", "audit_no_complain",
        "audit_same_phone", "audit_fee_items", "audit_steps", "audit_followup", "neighbour_unknown", "field_unused",
        "translation_stale", "translation_missing",
    }
)  # fmt: skip


_OWN = frozenset({"version", "effective", "checked", "evidence", "history", "region"})
"""What every file of a guide has for itself."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """What is wrong at a line (from 1), why, and what to do; ``hard`` if it must not be published so."""

    line: int
    why: str
    remedy: str
    hard: bool


def check(place: Place, text: str, served: Catalogue, tags: Tags, today: date, before: str | None = None) -> list[Finding]:
    """Everything to put right in a text, by line.

    Args:
        place: the file it is to be.
        served: the guides as the nation has them, overlays and translations beside them.
        tags: what the Word templates ask for.
        today: the day verification dates are counted from.
        before: the text of the file now; None for a new one.
    """
    if place.place == ENGLISH:
        found = _translation(place, text, served)
    elif place.region is not None:
        found = _overlay(place, text, served, tags, today)
    else:
        found = _guide(place, text, served, tags, today, before)
    left = [_said(line, "edit_unwritten") for line in unwritten(text)]
    return sorted({*found, *left})


def _hard(problem: GuideProblem) -> Finding:
    return Finding(problem.line, problem.why, problem.remedy, True)


def _said(line: int, key: str, *, hard: bool = True, **named: Any) -> Finding:
    return Finding(line, t(f"knowledge.{key}", **named), t(f"knowledge.{key}_remedy", **named), hard)


def _of_rule(rule: Rule, line: int) -> Finding:
    problem = problem_of(rule, "", line)
    return Finding(line, problem.why, problem.remedy, rule.rule not in ADVICE)


def _guide(place: Place, text: str, served: Catalogue, tags: Tags, today: date, before: str | None) -> Iterator[Finding]:
    read = guide_of(text, f"{place.code}.yaml")
    yield from map(_hard, read.problems)
    guide = read.guide
    if guide is None:
        return
    tree = read.tree
    if guide.code != place.code:
        yield _said(line_of(tree, ("code",)), "edit_code", code=guide.code, wanted=place.code)
        return
    yield from _names(place, guide, tree, served)
    if before is not None:
        yield from _version(guide, tree, guide_of(before, f"{place.code}.yaml").guide)
    tried = trial(served, guide=guide, component=place.place == COMPONENTS)
    for error in tried.unfit:
        yield _hard(said_by_schema(f"{place.code}.yaml", tree, error))
    if tried.unfit:
        return
    if before is not None:
        yield from _said_elsewhere(guide, tree, guide_of(before, "").guide, served)
    for name in tried.broken:
        yield _said(1, "edit_breaks", hard=False, name=name)
    yield from _as_served(tried, guide, tree, tags, today)
    translation = served.translations.get(place.code)
    if translation is not None:
        stale = [rule for rule in untranslated(tried.everywhere(place.code), translation) if rule.rule == "translation_stale"]
        if stale:
            yield _said(1, "edit_translation", hard=False, count=len(stale), text=stale[0].named["text"])


def _as_served(tried: Trial, guide: Guide, tree: Any, tags: Tags, today: date) -> Iterator[Finding]:
    known: set[str] = set()
    for region in tried.regions:
        local = tried.served(region, guide.code)
        if local is None:
            continue
        for rule in checked(local, tried.names, tags, today):
            found = _of_rule(rule, line_of(tree, rule.path))
            if region == NATION:
                known.add(found.why)
                yield found
            elif found.why not in known:
                why = t("knowledge.edit_in_region", region=region_name(region), why=found.why)
                yield Finding(found.line, why, found.remedy, False)


def _names(place: Place, guide: Guide, tree: Any, served: Catalogue) -> Iterator[Finding]:
    others = [other for other in served.all() if other.code != place.code]
    if place.place == MAIN and guide.code in served.components:
        yield _said(line_of(tree, ("code",)), "code_taken_by", code=guide.code, file=f"{COMPONENTS}/{guide.code}.yaml")
    if place.place == COMPONENTS and guide.code in served.guides:
        yield _said(line_of(tree, ("code",)), "code_taken_by", code=guide.code, file=served.files[guide.code])
    if place.place != MAIN:
        return
    names = {fold(other.name): other for other in others}
    aliases = {fold(alias): other for other in others for alias in other.names.aliases}
    if (holder := names.get(fold(guide.name)) or aliases.get(fold(guide.name))) is not None:
        line = line_of(tree, ("name",))
        yield _said(line, "name_taken_by", name=guide.name, holder=holder.name, file=served.files[holder.code])
    for number, alias in enumerate(guide.names.aliases):
        holder = names.get(fold(alias)) or aliases.get(fold(alias))
        if holder is not None:
            line, file = line_of(tree, ("names", "aliases", number)), served.files[holder.code]
            yield _said(line, "alias_taken", alias=alias, name=holder.name, file=file)


def _version(guide: Guide, tree: Any, before: Guide | None) -> Iterator[Finding]:
    """Cases keep the version they were started on, so the same number must never mean another text."""
    if before is None or before == guide:
        return
    line = line_of(tree, ("version",))
    if guide.version == before.version:
        yield _said(line, "edit_same_version", version=guide.version)
    elif numbered(guide.version) < numbered(before.version):
        yield _said(line, "edit_older_version", version=guide.version, before=before.version)


def numbered(version: str) -> tuple[int, int]:
    """A version as numbers: 2026.10 comes after 2026.9."""
    year, _, count = version.partition("+")[0].partition(".")
    return int(year), int(count)


def _said_elsewhere(guide: Guide, tree: Any, before: Guide | None, served: Catalogue) -> Iterator[Finding]:
    """Parts changed here that a region says in its own way: there, nothing changes."""
    if before is None:
        return
    for part in type(guide).model_fields:
        if part in _OWN or getattr(guide, part) == getattr(before, part):
            continue
        held = [region for (region, code), overlay in served.overlays.items()
                if code == guide.code and part in overlay.model_fields_set and part not in KEYED]
        if held:
            regions = t("knowledge.list_separator").join(map(region_name, sorted(held)))
            yield _said(line_of(tree, (part,)), "edit_region_says", hard=False, regions=regions)


def _parsed(text: str) -> tuple[Any, list[Finding]]:
    """A file's tree, or what is wrong with it as YAML."""
    try:
        tree = tree_of(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None, [_hard(problem) for problem in guide_of(text, "").problems]
    return (tree, []) if isinstance(tree, Mapping) else (None, [_said(1, "not_mapping")])


def _overlay(place: Place, text: str, served: Catalogue, tags: Tags, today: date) -> Iterator[Finding]:
    tree, wrong = _parsed(text)
    if wrong:
        yield from wrong
        return
    try:
        overlay = Overlay.model_validate(tree)
    except ValidationError as error:
        yield from (_hard(problem) for item in error.errors() for problem in explain("", tree, item))
        return
    base = served.guides.get(place.code) or served.components.get(place.code)
    if overlay.region != place.region:
        yield _said(line_of(tree, ("region",)), "edit_region", region=overlay.region, wanted=place.region)
    if base is None:
        yield _said(1, "edit_no_guide", code=place.code)
    if base is None or overlay.region != place.region:
        return
    tried = trial(served, overlay=(place.code, overlay))
    for said in tried.unfit:
        yield _hard(said_by_schema("", tree, said))
    if tried.unfit:
        return
    known = {problem_of(rule, "", 1).why for rule in checked(_whole(served, base), tried.names, tags, today)}
    local = tried.served(overlay.region, place.code)
    for rule in checked(local, tried.names, tags, today) if local is not None else ():
        found = _of_rule(rule, 1)
        if found.why not in known and local is not None:
            yield Finding(_overlay_line(tree, local, rule.path), found.why, found.remedy, found.hard)


def _whole(served: Catalogue, base: Guide) -> Guide:
    return trial(served, guide=base, component=base.code in served.components).served(NATION, base.code) or base


def _overlay_line(tree: Any, local: Guide, path: Sequence[Any]) -> int:
    """The line of an overlay's file for a place in the guide it makes: entries of its lists stand elsewhere in there."""
    if not path or path[0] not in tree:
        return 1
    key = KEYED.get(str(path[0]))
    if key is None or len(path) < 2 or not isinstance(path[1], int):
        return line_of(tree, path)
    wanted = getattr(getattr(local, path[0])[path[1]], key)
    places = [number for number, entry in enumerate(tree[path[0]]) if entry.get(key) == wanted]
    return line_of(tree, (path[0], places[0], *path[2:])) if places else 1


def _translation(place: Place, text: str, served: Catalogue) -> Iterator[Finding]:
    tree, wrong = _parsed(text)
    if wrong:
        yield from wrong
        return
    try:
        translation = Translation.model_validate(tree)
    except ValidationError as error:
        yield from (_hard(problem) for item in error.errors() for problem in explain("", tree, item))
        return
    base = served.guides.get(place.code)
    if base is None:
        yield _said(1, "edit_no_guide", code=place.code)
        return
    tried = trial(served, guide=base)
    for rule in untranslated(tried.everywhere(place.code), translation):
        yield _of_rule(rule, translated_line(text, rule))
