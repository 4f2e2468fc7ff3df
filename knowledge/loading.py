"""Reading the guides' folder: what is sound and in force is served, what is not is named, and its last good version stays.

Nothing here is decided by the order in which files happen to be looked at: a file that goes on as it was comes before one
that has changed its name, and that before a newcomer, so none can push another out by claiming its code or name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from assistant.foundation.messages import t
from knowledge.guide_file import GuideFile, GuideProblem, read_guide
from knowledge.overlay import Overlay
from knowledge.resolving import COMPONENTS, REGIONS, fitting, lays, read_overlay, unfit, with_sound_parts
from knowledge.schema import Guide
from knowledge.sources import Sources, Workings
from knowledge.text import fold, has_han
from knowledge.translation import ENGLISH, Translation, read_translation, shown_texts, told_in_full

Earlier = Callable[[str, date], Guide | None]
"""The last guide of this code in force on a day that was ever served, from the archive."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file whose version is not in force yet. ``code`` is the guide's."""

    file: str
    code: str
    version: str
    effective: date


@dataclass(frozen=True, slots=True)
class Loaded:
    """A folder as read, as ``Catalogue`` has it. ``last`` holds, by code, the last good text of everything ever served."""

    guides: dict[str, Guide] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    components: dict[str, Guide] = field(default_factory=dict)
    translations: dict[str, Translation] = field(default_factory=dict)
    overlays: dict[tuple[str, str], Overlay] = field(default_factory=dict)
    problems: list[GuideProblem] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    last: dict[str, Guide] = field(default_factory=dict)
    sources: Sources = field(default_factory=Sources)
    workings: Workings = field(default_factory=Workings)


def load(folder: Path, previous: Loaded | None = None, day: date | None = None, earlier: Earlier | None = None) -> Loaded:
    """Read a folder; only what has changed since ``previous`` is parsed and put together again.

    Args:
        folder: ``*.yaml``, and of the sub-folders ``en``, ``regions`` and ``components``.
        previous: what was served so far.
        day: the day it is to be served on; None: everything sound is taken, whatever its dates, translations with gaps too.
        earlier: where to look for a guide that is refused or not in force yet, and was not served by this process.
    """
    return _Reading(folder, previous or Loaded(), day, earlier).done()


class _Reading:
    """One load."""

    def __init__(self, folder: Path, previous: Loaded, day: date | None, earlier: Earlier | None) -> None:
        self._folder, self._previous, self._day, self._earlier = folder, previous, day, earlier
        self._sources, self._workings = Sources(previous.sources), Workings(previous.workings)
        self._problems: list[GuideProblem] = []
        self._waiting: list[Waiting] = []
        self._known: set[str] = set()  # every code a file is about, served or not

    def done(self) -> Loaded:
        """What is to be served."""
        previous = self._previous
        if not self._folder.is_dir():
            self._problems.append(GuideProblem(str(self._folder), 1, t("knowledge.no_folder"), t("knowledge.no_folder_remedy")))
        guides, files = self._guides()
        components = self._components(guides)
        guides, broken = with_sound_parts(guides, components, files, previous.guides, self._workings)
        self._problems += broken
        overlays = self._overlays({**components, **guides})
        translations = self._translations(guides)
        problems = sorted(self._problems, key=lambda problem: (problem.file, problem.line))
        guides = {code: guides[code] for code in sorted(guides)}
        return Loaded(guides, files, components, translations, overlays, problems, self._waiting,
                      {**previous.last, **components, **guides}, self._sources, self._workings)

    # the guides themselves

    def _guides(self) -> tuple[dict[str, Guide], dict[str, str]]:
        served_by = {file: code for code, file in self._previous.files.items()}
        read: dict[str, GuideFile] = {}
        standing: dict[str, Guide] = {}
        for path in sorted(self._folder.glob("*.yaml")):
            read[path.name] = self._sources.of(path, read_guide)
            guide = self._standing(read[path.name], path.name, served_by.get(path.name, path.stem))
            if guide is not None:
                standing[path.name] = guide

        held_back: dict[str, str] = {}
        while (again := self._placed(read, standing, served_by, held_back)) is None:
            pass
        guides, files, problems = again
        self._problems += problems
        return guides, files

    def _placed(
        self, read: Mapping[str, GuideFile], standing: Mapping[str, Guide], served_by: Mapping[str, str],
        held_back: dict[str, str],
    ) -> tuple[dict[str, Guide], dict[str, str], list[GuideProblem]] | None:  # fmt: skip
        """Every code and name given to one file.

        Args:
            held_back: files that go on with their last good version, and why: another, refused, needs the name it goes on with.

        Returns:
            Guides, files and problems; None where one more file had to be held back.
        """
        guides: dict[str, Guide] = {}
        files: dict[str, str] = {}
        names: dict[str, str] = {}
        problems: list[GuideProblem] = []

        def settled(name: str) -> tuple[int, str]:
            before = self._previous.guides.get(served_by.get(name, ""))
            if before is None:
                return 3, name
            guide = standing[name]
            return 2 if guide.code != before.code else int(name not in held_back and guide.name != before.name), name

        for name in sorted(standing, key=settled):
            guide = standing[name]
            clash = held_back.get(name) or _clash(guide, guides, files, names)
            if clash is not None:
                line = read[name].name_line if read[name].guide is guide else 1
                problems.append(GuideProblem(name, line, clash, t("knowledge.clash_remedy")))
                before = self._previous.last.get(served_by.get(name, ""))
                if before is None or not self._holds(before):
                    continue
                if _clash(before, guides, files, names) is not None:
                    holder = files[before.code if before.code in guides else names[fold(before.name)]]
                    if holder in served_by and holder not in held_back:
                        held_back[holder] = t("knowledge.name_taken", name=before.name, file=name)
                        return None
                    continue
                guide = before
            guides[guide.code] = guide
            files[guide.code] = name
            names[fold(guide.name)] = guide.code
        return guides, files, problems

    def _standing(self, read: GuideFile, name: str, code: str) -> Guide | None:
        """What a file stands for today: its guide, or where that is refused or not in force yet, the one before it.

        Args:
            code: of the guide the file has stood for.
        """
        self._problems += [GuideProblem(name, problem.line, problem.why, problem.remedy) for problem in read.problems]
        guide = read.guide
        if guide is None:
            self._known.add(code)
            return self._before(code)
        self._known.add(guide.code)
        if self._holds(guide):
            return guide
        day = self._day
        if day is not None and guide.effective > day:
            self._waiting.append(Waiting(name, guide.code, guide.version, guide.effective))
            before = self._before(guide.code)
            if before is None:
                self._problems.append(_dated(name, read, "effective", "not_in_force", guide.effective))
            return before
        if guide.expires is not None:
            self._problems.append(_dated(name, read, "expires", "out_of_force", guide.expires))
        return None

    def _before(self, code: str) -> Guide | None:
        """The last good guide of a code that is in force."""
        held = self._previous.guides.get(code) or self._previous.components.get(code) or self._previous.last.get(code)
        if held is not None and self._holds(held):
            return held
        return self._earlier(code, self._day) if self._earlier is not None and self._day is not None else None

    def _holds(self, part: Guide | Overlay) -> bool:
        return in_force(part, self._day)

    # what stands beside them

    def _components(self, guides: Mapping[str, Guide]) -> dict[str, Guide]:
        """The guides that are only parts of others, by code; for one refused the last good one stands in."""
        found: dict[str, Guide] = {}
        for path in sorted((self._folder / COMPONENTS).glob("*.yaml")):
            name = f"{COMPONENTS}/{path.name}"
            guide = self._standing(self._sources.of(path, read_guide), name, path.stem)
            if guide is None:
                continue
            if guide.code in guides or guide.code in found or guide.code != path.stem:
                why = t("knowledge.code_taken", code=guide.code, file=path.name)
                self._problems.append(GuideProblem(name, 1, why, t("knowledge.clash_remedy")))
            else:
                found[guide.code] = guide
        return found

    def _overlays(self, guides: Mapping[str, Guide]) -> dict[tuple[str, str], Overlay]:
        """Every overlay that fits its guide and is in force, those of wider regions first; the last good one stands in."""
        found: dict[tuple[str, str], Overlay] = {}
        paths = (self._folder / REGIONS).glob("*/*.yaml")
        for path in sorted(paths, key=lambda path: (path.parent.name != f"{path.parent.name[:2]}0000", path)):
            key, name = (path.parent.name, path.stem), f"{REGIONS}/{path.parent.name}/{path.name}"
            overlay = self._overlay(path, name, key, guides, found)
            if overlay is None:
                before = self._previous.overlays.get(key)
                guide = guides.get(path.stem)
                if before is not None and guide is not None and self._holds(before) and lays(guide, before, self._workings):
                    overlay = before
            if overlay is not None:
                found[key] = overlay
        return found

    def _overlay(self, path: Path, name: str, key: tuple[str, str], guides: Mapping[str, Guide],
                 found: Mapping[tuple[str, str], Overlay]) -> Overlay | None:
        try:
            overlay = self._sources.of(path, read_overlay)
            if path.stem not in guides and path.stem not in self._known:
                raise ValueError(t("knowledge.unfit_of_nothing", code=path.stem))
        except ValueError as error:
            self._problems.append(unfit(name, error))
            return None
        if self._day is not None and overlay.effective > self._day:
            self._waiting.append(Waiting(name, path.stem, overlay.version, overlay.effective))
            return None
        problem = fitting(name, overlay, key, guides.get(path.stem), found, self._workings)
        if problem is None and not self._holds(overlay) and overlay.expires is not None:
            why = t("knowledge.out_of_force", day=overlay.expires.isoformat())
            problem = GuideProblem(name, 1, why, t("knowledge.out_of_force_remedy"))
        if problem is not None:
            self._problems.append(problem)
        return overlay if problem is None else None

    def _translations(self, guides: Mapping[str, Guide]) -> dict[str, Translation]:
        """The translations, by code. For a faulty one its last good one stands in, else what of it can stand alone."""
        found: dict[str, Translation] = {}
        for path in sorted((self._folder / ENGLISH).glob("*.yaml")):
            name, code = f"{ENGLISH}/{path.name}", path.stem
            try:
                translation = self._sources.of(path, read_translation)
            except ValueError as error:
                self._refuse(name, t("knowledge.translation_unreadable", detail=error), "translation_unreadable")
                if code in self._previous.translations:
                    found[code] = self._previous.translations[code]
                continue
            guide = guides.get(code)
            if guide is None and code not in self._known:
                self._refuse(name, t("knowledge.translation_of_nothing", code=code), "translation_of_nothing")
                continue
            found[code] = translation
            missing = untranslated(guide, translation) if guide is not None and self._day is not None else []
            if guide is not None and missing:
                why = t("knowledge.half_translated", count=len(missing), text=missing[0][:30])
                self._refuse(name, why, "half_translated")
                found[code] = self._previous.translations.get(code) or _in_outline(guide, translation)
        return found

    def _refuse(self, name: str, why: str, key: str) -> None:
        self._problems.append(GuideProblem(name, 1, why, t(f"knowledge.{key}_remedy")))


def in_force(part: Guide | Overlay, day: date | None) -> bool:
    """Whether a guide or overlay is in force on a day; any is where no day is given."""
    return day is None or (part.effective <= day and (part.expires is None or day <= part.expires))


def untranslated(guide: Guide, translation: Translation) -> list[str]:
    """What a translation that goes beyond name and summary leaves out of what its guide shows, in the guide's order."""
    if not told_in_full(guide, translation):
        return []
    return list(dict.fromkeys(_left_out(guide, translation)))


def _left_out(guide: Guide, translation: Translation) -> Iterator[str]:
    return (text for text in shown_texts(guide) if text not in translation.texts and has_han(text))


def _in_outline(guide: Guide, translation: Translation) -> Translation:
    """A translation's names, samples, title and summary: what can be told in English though the rest cannot."""
    kept = {text: translation.texts[text] for text in (guide.name, guide.summary or "") if text in translation.texts}
    return translation.model_copy(update={"texts": kept})


def _dated(name: str, read: GuideFile, key: str, message: str, day: date) -> GuideProblem:
    lines = read.text.splitlines()
    line = next((number for number, text in enumerate(lines, 1) if text.startswith(f"{key}:")), 1)
    return GuideProblem(name, line, t(f"knowledge.{message}", day=day.isoformat()), t(f"knowledge.{message}_remedy"))


def _clash(guide: Guide, guides: Mapping[str, Guide], files: Mapping[str, str], names: Mapping[str, str]) -> str | None:
    if guide.code in guides:
        return t("knowledge.code_taken", code=guide.code, file=files[guide.code])
    holder = names.get(fold(guide.name))
    if holder is not None:
        return t("knowledge.name_taken", name=guide.name, file=files[holder])
    return None
