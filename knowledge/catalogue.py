"""The catalogue of items: every guide file of a folder, checked one by one.

A file that is malformed, or that claims a code or name another guide has, is refused with the line, the reason and the
remedy; all other guides are served, and the last good version of the refused one stays in service while there is one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from assistant.foundation.messages import t
from knowledge.guide_file import GuideFile, GuideProblem, read_guide
from knowledge.overlay import Overlay
from knowledge.resolving import COMPONENTS, REGIONS, read_overlays, resolved, with_sound_parts
from knowledge.schema import Guide
from knowledge.text import fold
from knowledge.translation import ENGLISH, TranslatedGuide, Translation, read_translation, translated

__all__ = ["Catalogue", "GuideProblem"]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All guides in service. ``problems`` are those of the files refused at the last load; ``files`` maps code to file name.

    ``translations`` holds the English of a guide, by code (``en/<code>.yaml`` in the guides' folder); ``overlays`` what is
    different in a region, by region and code (``regions/<region>/<code>.yaml``); ``components`` the guides that are only ever
    part of a composition and cannot be found by themselves (``components/<code>.yaml``). ``guides`` are as the nation has them
    and compositions without their parts: ``for_region`` gives what a citizen is served.
    """

    guides: dict[str, Guide]
    problems: list[GuideProblem] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    translations: dict[str, Translation] = field(default_factory=dict)
    overlays: dict[tuple[str, str], Overlay] = field(default_factory=dict)
    components: dict[str, Guide] = field(default_factory=dict)
    _regions: dict[str, Catalogue] = field(default_factory=dict, repr=False, compare=False)
    _views: dict[tuple[str, str], TranslatedGuide] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def load(cls, guides_dir: Path, previous: Catalogue | None = None) -> Catalogue:
        """Load every ``*.yaml`` of a folder.

        Args:
            guides_dir: the folder; of its sub-folders ``en`` and ``regions`` are looked into.
            previous: the catalogue served so far; where a file is now refused its last good guide is kept.
        """
        problems: list[GuideProblem] = []
        loaded: dict[str, GuideFile] = {}
        paths = sorted(guides_dir.glob("*.yaml"))
        if not guides_dir.is_dir():
            problems.append(GuideProblem(str(guides_dir), 1, t("knowledge.no_folder"), t("knowledge.no_folder_remedy")))
        for path in paths:
            read = read_guide(path)
            problems += read.problems
            if read.guide is not None:
                loaded[path.name] = read
        kept = _last_good(previous, {path.name for path in paths} - loaded.keys())
        incumbents = {} if previous is None else {file: code for code, file in previous.files.items()}
        # Guides already in service come first, so that a newcomer cannot push one out by claiming its code or name.
        order = sorted([*loaded, *kept], key=lambda name: (incumbents.get(name) is None, name))
        guides: dict[str, Guide] = {}
        files: dict[str, str] = {}
        names: dict[str, str] = {}
        for name in order:
            guide = (name in loaded and loaded[name].guide) or kept[name]
            clash = _clash(guide, guides, files, names)
            if clash is not None:
                line = loaded[name].name_line if name in loaded else 1
                problems.append(GuideProblem(name, line, clash, t("knowledge.clash_remedy")))
                continue
            guides[guide.code] = guide
            files[guide.code] = name
            names[fold(guide.name)] = guide.code
        translations, refused = _translations(guides_dir / ENGLISH, guides, {} if previous is None else previous.translations)
        components, bad = _components(guides_dir / COMPONENTS, guides, {} if previous is None else previous.components)
        every = {**components, **guides}
        overlays, unfit = read_overlays(guides_dir / REGIONS, every, {} if previous is None else previous.overlays)
        guides, broken = with_sound_parts(guides, components, files, previous.guides if previous else {})
        problems = sorted([*problems, *refused, *bad, *unfit, *broken], key=lambda problem: (problem.file, problem.line))
        return cls({code: guides[code] for code in sorted(guides)}, problems, files, translations, overlays, components)

    def for_region(self, region: str) -> Catalogue:
        """The catalogue as a citizen of a region (GB/T 2260, six digits) is served: overlays laid on, compositions put together.

        Items of other regions are not in it.
        """
        if region not in self._regions:
            every = resolved({**self.components, **self.guides}, self.overlays, region)
            served = {code: guide for code, guide in every.items() if code in self.guides}
            components = {code: guide for code, guide in every.items() if code in self.components}
            files = {code: self.files[code] for code in served}
            self._regions[region] = Catalogue(served, self.problems, files, self.translations, {}, components)
        return self._regions[region]

    def get(self, code: str, language: str | None = None) -> Guide | None:
        """The guide with this code, or None; as a speaker of ``language`` reads it."""
        guide = self.guides.get(code)
        return guide if guide is None or language != ENGLISH else self.in_english(guide)

    def in_english(self, guide: Guide) -> TranslatedGuide:
        """A guide, of this catalogue or an older version of one of its guides, with its English laid over it."""
        held = self._views.get((guide.code, guide.version))
        if held is None:
            held = translated(guide, self.translations.get(guide.code), ENGLISH)
            self._views[guide.code, guide.version] = held
        return held

    def by_name(self, name: str) -> Guide | None:
        """The guide of this official name, else of this alias if only one guide has it; None otherwise."""
        wanted = fold(name)
        for guide in self.guides.values():
            if fold(guide.name) == wanted:
                return guide
        called = [guide for guide in self.guides.values() if wanted in {fold(alias) for alias in guide.names.aliases}]
        return called[0] if len(called) == 1 else None

    def all(self) -> list[Guide]:
        """Every guide, by code."""
        return list(self.guides.values())

    def names(self) -> list[str]:
        """Official names and aliases, without repetition, in a fixed order."""
        found: dict[str, None] = {}
        for guide in self.guides.values():
            found.update(dict.fromkeys([guide.name, *guide.names.aliases]))
        return list(found)

    def write_names(self, path: Path) -> None:
        """Write one name or alias a line, for the engine's tokenizer."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{name}\n" for name in self.names()), encoding="utf-8")


def _last_good(previous: Catalogue | None, refused: set[str]) -> dict[str, Guide]:
    if previous is None:
        return {}
    return {file: previous.guides[code] for code, file in previous.files.items() if file in refused and code in previous.guides}


def _translations(folder: Path, guides: dict[str, Guide],
                  previous: dict[str, Translation]) -> tuple[dict[str, Translation], list[GuideProblem]]:
    """The translations in a folder, by code. A faulty one leaves its guide with its last good one, else in Chinese."""
    found: dict[str, Translation] = {}
    problems = []
    for path in sorted(folder.glob("*.yaml")):
        name = f"{folder.name}/{path.name}"
        try:
            translation = read_translation(path)
        except ValueError as error:
            problems.append(GuideProblem(name, 1, t("knowledge.translation_unreadable", detail=error),
                                         t("knowledge.translation_unreadable_remedy")))
            if path.stem in previous:
                found[path.stem] = previous[path.stem]
            continue
        if path.stem in guides:
            found[path.stem] = translation
        else:
            problems.append(GuideProblem(name, 1, t("knowledge.translation_of_nothing", code=path.stem),
                                         t("knowledge.translation_of_nothing_remedy")))
    return found, problems


def _components(
    folder: Path, guides: dict[str, Guide], previous: dict[str, Guide]
) -> tuple[dict[str, Guide], list[GuideProblem]]:
    """The guides that are only parts of others, by code; for one refused the last good one stands in."""
    found: dict[str, Guide] = {}
    problems: list[GuideProblem] = []
    for path in sorted(folder.glob("*.yaml")):
        read, name = read_guide(path), f"{COMPONENTS}/{path.name}"
        problems += [GuideProblem(name, problem.line, problem.why, problem.remedy) for problem in read.problems]
        guide = read.guide or previous.get(path.stem)
        if guide is None:
            continue
        if guide.code in guides or guide.code in found or guide.code != path.stem:
            why = t("knowledge.code_taken", code=guide.code, file=path.name)
            problems.append(GuideProblem(name, 1, why, t("knowledge.clash_remedy")))
        else:
            found[guide.code] = guide
    return found, problems


def _clash(guide: Guide, guides: dict[str, Guide], files: dict[str, str], names: dict[str, str]) -> str | None:
    if guide.code in guides:
        return t("knowledge.code_taken", code=guide.code, file=files[guide.code])
    holder = names.get(fold(guide.name))
    if holder is not None:
        return t("knowledge.name_taken", name=guide.name, file=files[holder])
    return None
