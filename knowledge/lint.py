"""Checking the guides as a whole: what the schema cannot see in one file, or only the Word templates know."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from assistant.foundation.clock import SHANGHAI
from assistant.foundation.messages import t
from knowledge.audit import Finding, audit, whens
from knowledge.catalogue import Catalogue
from knowledge.guide_file import GuideProblem, line_of, read_guide
from knowledge.resolving import COMPONENTS, NATION, REGIONS
from knowledge.satisfiable import leaves, options_of
from knowledge.schema import Column, Condition, Guide, GuideField, condition_fields
from knowledge.template_faults import Fault, faults_of, meant, near
from knowledge.template_tags import PACKAGE_TAGS, TemplateUnreadable, tags_of
from knowledge.text import fold, has_han
from knowledge.translation import ENGLISH, Translation, every_text, shown_texts, told_in_full

_NUMBERS = ("area", "amount", "integer")


def lint(guides_dir: Path, templates_dir: Path, today: date | None = None) -> list[GuideProblem]:
    """Everything wrong with the guides of a folder and the templates they name, by file and line.

    A guide is looked at as it is served in the nation, and in every region that has an overlay of it or of a part of it; what
    only shows in a region is said of the overlay's file.

    Args:
        guides_dir: the guides, with their translations and overlays.
        templates_dir: the Word templates.
        today: the day verification dates are counted from; the real one if None.
    """
    catalogue = Catalogue.load(guides_dir)
    problems = list(catalogue.problems)
    files = catalogue.files | {code: f"{COMPONENTS}/{code}.yaml" for code in catalogue.components}
    trees = {code: read_guide(guides_dir / file).tree for code, file in files.items()}
    tags = Tags(templates_dir)
    for region in (NATION, *sorted({region for region, _ in catalogue.overlays})):
        served = catalogue.for_region(region)
        for guide in (*served.all(), *served.components.values()):
            file = files[guide.code]
            local = region != NATION
            if local and (region, guide.code) not in catalogue.overlays:
                continue
            names = {item.name for item in served.all()}
            findings = checked(guide, names, tags, today or datetime.now(SHANGHAI).date())
            found = {problem_of(finding, file, line_of(trees[guide.code], finding.path)) for finding in findings}
            if local:
                known = {problem.why for problem in problems if problem.file == file}
                name = f"{REGIONS}/{region}/{guide.code}.yaml"
                found = {GuideProblem(name, 1, p.why, p.remedy) for p in found if p.why not in known}
            problems += found
    problems += _collisions(catalogue, trees)
    return sorted(set(problems), key=lambda problem: (problem.file, problem.line, problem.why))


def problem_of(finding: Finding, file: str, line: int) -> GuideProblem:
    """A finding in words."""
    why, remedy = t(f"knowledge.{finding.rule}", **finding.named), t(f"knowledge.{finding.rule}_remedy", **finding.named)
    return GuideProblem(file, line, why, remedy)


class Tags:
    """The tags of templates, each file read once as long as it does not change."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[tuple[str, int], set[str] | TemplateUnreadable | None] = {}
        self._broken: dict[tuple[str, int], list[Fault]] = {}

    def of(self, template: str) -> set[str] | TemplateUnreadable | None:
        """The tags, what is wrong with the file, or None where there is none."""
        path = self._folder / template
        key = (template, path.stat().st_mtime_ns if path.is_file() else 0)
        if key not in self._read:
            try:
                self._read[key] = tags_of(path) if path.is_file() else None
            except TemplateUnreadable as error:
                self._read[key] = error
        return self._read[key]

    def faults(self, template: str) -> list[Fault]:
        """What somebody has broken in the file."""
        path = self._folder / template
        key = (template, path.stat().st_mtime_ns if path.is_file() else 0)
        if key not in self._broken:
            self._broken[key] = faults_of(path)
        return self._broken[key]

    def near(self, template: str, tag: str) -> str:
        """The words beside a tag."""
        return near(self._folder / template, tag)


def translation_warnings(guides_dir: Path) -> list[GuideProblem]:
    """What to mend in the translations of a folder. None of it keeps a guide from being served: Chinese is shown instead.

    Lines of a Chinese text that is in the guide no more; and, where a translation goes beyond name and summary, every
    shown text it does not have. A guide's texts are those it has anywhere: in the nation and in every region of its own.
    """
    catalogue = Catalogue.load(guides_dir)
    found = []
    for code, translation in catalogue.translations.items():
        regions = [NATION, *(region for region, of in catalogue.overlays if of == code)]
        guides = [guide for region in regions if (guide := catalogue.for_region(region).get(code)) is not None]
        text = (guides_dir / ENGLISH / f"{code}.yaml").read_text(encoding="utf-8")
        for finding in untranslated(guides, translation):
            found.append(problem_of(finding, f"{ENGLISH}/{code}.yaml", translated_line(text, finding)))
    return found


def untranslated(guides: Sequence[Guide], translation: Translation) -> Iterator[Finding]:
    """What does not fit between a translation and its guide, as it is in the nation and in every region of its own."""
    known = {text for guide in guides for text in (guide.name, *every_text(guide))}
    for text in translation.texts:
        if text not in known:
            yield Finding(("texts", text), "translation_stale", {"text": _brief(text)})
    if any(told_in_full(guide, translation) for guide in guides):
        for text in dict.fromkeys(text for guide in guides for text in shown_texts(guide)):
            if text not in translation.texts and has_han(text):
                yield Finding(("texts",), "translation_missing", {"text": _brief(text)})


def translated_line(text: str, finding: Finding) -> int:
    """The line of a translation file that a finding is about; the first for what is not in it."""
    said = finding.path[1][:12] if len(finding.path) > 1 else None
    return next((n for n, line in enumerate(text.splitlines(), 1) if said and said in line), 1)


def _brief(text: str) -> str:
    return text if len(text) <= 30 else text[:29] + "…"


def checked(guide: Guide, names: Collection[str], tags: Tags, today: date) -> Iterator[Finding]:
    """Everything wrong with one guide as it is served somewhere.

    Args:
        guide: overlays laid on, parts in it.
        names: the official names of all items there are.
        tags: what the Word templates ask for.
        today: the day verification dates are counted from.
    """
    checks = _Checks(guide, tags)
    yield from checks.conditions()
    yield from checks.documents()
    for number, neighbour in enumerate(guide.names.neighbours):
        if neighbour.name not in names:
            yield Finding(("names", "neighbours", number, "name"), "neighbour_unknown", {"name": neighbour.name})
    if not guide.outline:
        yield from audit(guide, names, today)


class _Checks:
    """The checks of one guide that need no other."""

    def __init__(self, guide: Guide, tags: Tags) -> None:
        self._guide, self._tags = guide, tags

    def conditions(self) -> Iterator[Finding]:
        """Conditions that compare a field with a value it can never have."""
        for path, condition in self._whens():
            for leaf in leaves(condition):
                field = self._guide.field(leaf.field or "") or self._cell(leaf.field or "")
                if field is None:
                    if (base := (leaf.field or "").partition(".")[0]) != leaf.field and not (leaf.field or "").endswith(".rows"):
                        yield self._finding(path, "column_unknown", field=base, column=leaf.field)
                    continue
                wanted = leaf.in_ if leaf.in_ is not None else [leaf.is_] if "is_" in leaf.model_fields_set else []
                for value in wanted:
                    if (allowed := options_of(field)) and value not in allowed:
                        yield self._finding(path, "value_unknown", field=field.key, value=value,
                                            expected=t("knowledge.list_separator").join(allowed))
                compared = [field] if leaf.over is not None or leaf.under is not None else []
                if leaf.sum_of is not None:
                    summed = ((self._guide.field(key) or self._cell(key)) for key in leaf.sum_of)
                    compared = [field, *(part for part in summed if part is not None)]
                for number in compared:
                    if number.type not in _NUMBERS:
                        yield self._finding(path, "not_a_number_field", field=number.key)

    def _cell(self, path: str) -> GuideField | Column | None:
        """What ``f.column`` or ``f.first.column`` of a table is; None for anything else."""
        table = self._guide.field(path.partition(".")[0])
        name = path.rpartition(".")[2]
        return next((c for c in table.columns if c.key == name), None) if table is not None and "." in path else None

    def documents(self) -> Iterator[Finding]:
        """Templates that are missing, or hold a tag nothing feeds; fields nothing uses."""
        if self._guide.outline:
            return
        used = {name for _, condition in self._whens() for name in condition_fields(condition)}
        used |= {rule.field for field in self._guide.fields for rule in field.rules if rule.field}
        used |= {field.key for field in self._guide.fields if field.rules}
        complete = True
        for number, document in enumerate(self._guide.documents):
            where = ("documents", number, "template")
            tags = self._tags.of(document.template)
            faults = self._tags.faults(document.template)
            for fault in faults:
                yield self._finding(where, fault.kind, tag=fault.tag, at=_at(document.template, fault.near))
            if tags is None or isinstance(tags, TemplateUnreadable):
                rule = "template_missing" if tags is None else "template_unreadable"
                if not faults:
                    yield self._finding(where, rule, template=document.template, detail=tags)
                complete = False
                continue
            complete = complete and not faults  # what is torn asks for nothing
            used |= {tag.split(".")[1] if tag.startswith("tick.") else re.split(r"[.\[]", tag)[0] for tag in tags}
            for tag in sorted(tags):
                if not self._fed(tag):
                    yield self._unfed(where, document.template, tag)
        for number, field in enumerate(self._guide.fields):
            if field.key in PACKAGE_TAGS:
                yield self._finding(("fields", number, "key"), "field_reserved", field=field.key)
            elif complete and field.key not in used:
                yield self._finding(("fields", number, "key"), "field_unused", field=field.key)

    def _unfed(self, where: tuple[Any, ...], template: str, tag: str) -> Finding:
        """A tag nothing feeds: the option that is none, the name it was meant to be, or just that there is none such."""
        at = _at(template, self._tags.near(template, tag))
        key = re.split(r"[.\[]", tag.removeprefix("tick."))[0]
        field = self._guide.field(key)
        if tag.startswith("tick.") and field is not None and (options := options_of(field)):
            return self._finding(where, "tag_option", tag=tag, at=at, expected=t("knowledge.list_separator").join(options))
        guess = meant(key, [known.key for known in self._guide.fields] + sorted(PACKAGE_TAGS)) if field is None else None
        if guess is not None:
            return self._finding(where, "tag_meant", tag=tag, at=at, guess=guess)
        return self._finding(where, "tag_unfed", tag=tag, at=at)

    def _finding(self, path: tuple[Any, ...], rule: str, **named: Any) -> Finding:
        return Finding(path, rule, named)

    def _fed(self, tag: str) -> bool:
        if "[]." in tag or ".first." in tag:
            return self._fed_by_table(tag)
        if not tag.startswith("tick."):
            return tag in PACKAGE_TAGS or self._guide.field(tag) is not None
        _, key, *option = tag.split(".")
        field = self._guide.field(key)
        return field is not None and bool(options_of(field)) and (not option or option[0] in options_of(field))

    def _fed_by_table(self, tag: str) -> bool:
        """Whether a tag of a loop (``f[].column``, ``f[].tick.column.option``) or of the first row is fed."""
        key, _, cell = re.sub(r"\[\]|\.first", "", tag, count=1).partition(".")
        table = self._guide.field(key)
        if table is None or table.type != "table":
            return False
        name, *option = cell.removeprefix("tick.").split(".")
        column = next((column for column in table.columns if column.key == name), None)
        if not cell.startswith("tick."):
            return not option and (column is not None or name == "no")
        return column is not None and (not option or option[0] in options_of(column))

    def _whens(self) -> Iterator[tuple[tuple[Any, ...], Condition]]:
        yield from whens(self._guide)
        for number, check in enumerate(self._guide.checks):
            yield ("checks", number, "must"), check.must


def _at(template: str, near: str) -> str:
    return t("knowledge.template_at", template=template, near=near) if near else t("knowledge.template_in", template=template)


def _collisions(catalogue: Catalogue, trees: dict[str, Any]) -> Iterator[GuideProblem]:
    """Names or aliases that two guides share, reported at the later one."""
    holders: dict[str, Guide] = {}
    for guide in catalogue.all():
        holders[fold(guide.name)] = guide
    for guide in catalogue.all():
        for number, alias in enumerate(guide.names.aliases):
            holder = holders.setdefault(fold(alias), guide)
            if holder is not guide:
                line = line_of(trees[guide.code], ("names", "aliases", number))
                why = t("knowledge.alias_taken", alias=alias, name=holder.name, file=catalogue.files[holder.code])
                yield GuideProblem(catalogue.files[guide.code], line, why, t("knowledge.alias_taken_remedy", alias=alias))
