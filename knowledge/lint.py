"""Checking the guides as a whole: what the schema cannot see in one file, or only the Word templates know."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from assistant.foundation.messages import t
from knowledge.audit import audit, whens
from knowledge.catalogue import Catalogue
from knowledge.guide_file import GuideProblem, line_of, read_guide
from knowledge.resolving import COMPONENTS, NATION, REGIONS
from knowledge.satisfiable import leaves, options_of
from knowledge.schema import Condition, Guide, condition_fields
from knowledge.template_tags import PACKAGE_TAGS, TemplateUnreadable, tags_of
from knowledge.text import fold, has_han
from knowledge.translation import ENGLISH, every_text, shown_texts, told_in_full

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
    tags = _Tags(templates_dir)
    for region in (NATION, *sorted({region for region, _ in catalogue.overlays})):
        served = catalogue.for_region(region)
        for guide in (*served.all(), *served.components.values()):
            file = files[guide.code]
            local = region != NATION
            if local and (region, guide.code) not in catalogue.overlays:
                continue
            checks = _Checks(guide, file, trees[guide.code], catalogue, tags)
            found = set(checks.all(today or date.today()))
            if local:
                known = {problem.why for problem in problems if problem.file == file}
                name = f"{REGIONS}/{region}/{guide.code}.yaml"
                found = {GuideProblem(name, 1, p.why, p.remedy) for p in found if p.why not in known}
            problems += found
    problems += _collisions(catalogue, trees)
    return sorted(set(problems), key=lambda problem: (problem.file, problem.line, problem.why))


class _Tags:
    """The tags of templates, each file read once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, set[str] | TemplateUnreadable | None] = {}

    def of(self, template: str) -> set[str] | TemplateUnreadable | None:
        """The tags, what is wrong with the file, or None where there is none."""
        if template not in self._read:
            path = self._folder / template
            try:
                self._read[template] = tags_of(path) if path.is_file() else None
            except TemplateUnreadable as error:
                self._read[template] = error
        return self._read[template]


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
        name = f"{ENGLISH}/{code}.yaml"
        lines = (guides_dir / ENGLISH / f"{code}.yaml").read_text(encoding="utf-8").splitlines()
        known = {text for guide in guides for text in (guide.name, *every_text(guide))}
        for text in translation.texts:
            if text not in known:
                line = next((n for n, written in enumerate(lines, 1) if text[:12] in written), 1)
                why = t("knowledge.translation_stale", text=_brief(text))
                found.append(GuideProblem(name, line, why, t("knowledge.translation_stale_remedy")))
        if any(told_in_full(guide, translation) for guide in guides):
            for text in dict.fromkeys(text for guide in guides for text in shown_texts(guide)):
                if text not in translation.texts and has_han(text):
                    why = t("knowledge.translation_missing", text=_brief(text))
                    found.append(GuideProblem(name, 1, why, t("knowledge.translation_missing_remedy")))
    return found


def _brief(text: str) -> str:
    return text if len(text) <= 30 else text[:29] + "…"


class _Checks:
    """The checks of one guide that passed the schema."""

    def __init__(self, guide: Guide, file: str, tree: Any, catalogue: Catalogue, tags: _Tags) -> None:
        self._guide, self._file, self._tree, self._catalogue, self._tags = guide, file, tree, catalogue, tags

    def all(self, today: date) -> Iterator[GuideProblem]:
        """Every problem of the guide."""
        yield from self.conditions()
        yield from self.documents()
        yield from self.neighbours()
        if not self._guide.outline:
            for finding in audit(self._guide, (guide.name for guide in self._catalogue.all()), today):
                yield self._problem(finding.path, finding.rule, **finding.named)

    def conditions(self) -> Iterator[GuideProblem]:
        """Conditions that compare a field with a value it can never have."""
        for path, condition in self._whens():
            for leaf in leaves(condition):
                field = self._guide.field(leaf.field or "")
                if field is None:
                    continue
                wanted = leaf.in_ if leaf.in_ is not None else [leaf.is_] if "is_" in leaf.model_fields_set else []
                for value in wanted:
                    if (allowed := options_of(field)) and value not in allowed:
                        yield self._problem(path, "value_unknown", field=field.key, value=value,
                                            expected=t("knowledge.list_separator").join(allowed))
                compared = [field] if leaf.over is not None or leaf.under is not None else []
                if leaf.sum_of is not None:
                    compared = [field, *(part for key in leaf.sum_of if (part := self._guide.field(key)))]
                for number in compared:
                    if number.type not in _NUMBERS:
                        yield self._problem(path, "not_a_number_field", field=number.key)

    def documents(self) -> Iterator[GuideProblem]:
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
            if tags is None or isinstance(tags, TemplateUnreadable):
                rule = "template_missing" if tags is None else "template_unreadable"
                yield self._problem(where, rule, template=document.template, detail=tags)
                complete = False
                continue
            used |= {tag.split(".")[1] if tag.startswith("tick.") else tag for tag in tags}
            for tag in sorted(tags):
                if not self._fed(tag):
                    yield self._problem(where, "tag_unfed", template=document.template, tag=tag)
        for number, field in enumerate(self._guide.fields):
            if field.key in PACKAGE_TAGS:
                yield self._problem(("fields", number, "key"), "field_reserved", field=field.key)
            elif complete and field.key not in used:
                yield self._problem(("fields", number, "key"), "field_unused", field=field.key)

    def neighbours(self) -> Iterator[GuideProblem]:
        """Neighbours that are no item of the catalogue."""
        known = {guide.name for guide in self._catalogue.all()}
        for number, neighbour in enumerate(self._guide.names.neighbours):
            if neighbour.name not in known:
                yield self._problem(("names", "neighbours", number, "name"), "neighbour_unknown", name=neighbour.name)

    def _fed(self, tag: str) -> bool:
        if not tag.startswith("tick."):
            return tag in PACKAGE_TAGS or self._guide.field(tag) is not None
        _, key, *option = tag.split(".")
        field = self._guide.field(key)
        return field is not None and bool(options_of(field)) and (not option or option[0] in options_of(field))

    def _whens(self) -> Iterator[tuple[tuple[Any, ...], Condition]]:
        yield from whens(self._guide)
        for number, check in enumerate(self._guide.checks):
            yield ("checks", number, "must"), check.must

    def _problem(self, path: tuple[Any, ...], key: str, **named: Any) -> GuideProblem:
        why, remedy = t(f"knowledge.{key}", **named), t(f"knowledge.{key}_remedy", **named)
        return GuideProblem(self._file, line_of(self._tree, path), why, remedy)


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
