"""The catalogue of items: every guide file of a folder, checked one by one.

A file that is malformed, or that claims a code or name another guide has, is refused with the line, the reason and the
remedy; all other guides are served, and the last good version of the refused one stays in service while there is one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from knowledge.guide_file import GuideProblem
from knowledge.loading import Earlier, Loaded, Waiting, load
from knowledge.overlay import Overlay
from knowledge.resolving import resolved
from knowledge.schema import Guide
from knowledge.sources import Workings
from knowledge.text import fold
from knowledge.translation import ENGLISH, TranslatedGuide, Translation, translated

__all__ = ["Catalogue", "GuideProblem", "Waiting"]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All guides in service. ``problems`` are those of the files refused at the last load; ``files`` maps code to file name.

    ``translations`` holds the English of a guide, by code (``en/<code>.yaml`` in the guides' folder); ``overlays`` what is
    different in a region, by region and code (``regions/<region>/<code>.yaml``); ``components`` the guides that are only ever
    part of a composition and cannot be found by themselves (``components/<code>.yaml``). ``guides`` are as the nation has them
    and compositions without their parts: ``for_region`` gives what a citizen is served. ``waiting`` are files whose version is
    not in force yet.
    """

    guides: dict[str, Guide]
    problems: list[GuideProblem] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    translations: dict[str, Translation] = field(default_factory=dict)
    overlays: dict[tuple[str, str], Overlay] = field(default_factory=dict)
    components: dict[str, Guide] = field(default_factory=dict)
    waiting: list[Waiting] = field(default_factory=list)
    _loaded: Loaded | None = field(default=None, repr=False, compare=False)
    _workings: Workings = field(default_factory=Workings, repr=False, compare=False)
    _regions: dict[str, Catalogue] = field(default_factory=dict, repr=False, compare=False)
    _views: dict[tuple[str, str], TranslatedGuide] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def load(
        cls, guides_dir: Path, previous: Catalogue | None = None, day: date | None = None, earlier: Earlier | None = None
    ) -> Catalogue:
        """Load every ``*.yaml`` of a folder.

        Args:
            guides_dir: the folder; of its sub-folders ``en``, ``regions`` and ``components`` are looked into.
            previous: the catalogue served so far; where a file is now refused its last good guide is kept, and what has not
                changed is not read again.
            day: the day it is served on: what is not in force yet gives way to the version before it, what no longer is goes.
                Without it everything sound is taken, whatever its dates, and translations with gaps too.
            earlier: the archive of what was served before this process: where a guide is looked for that is refused or not in
                force yet, and was not served so far.
        """
        found = load(guides_dir, previous._loaded if previous else None, day, earlier)
        return cls(found.guides, found.problems, found.files, found.translations, found.overlays, found.components,
                   found.waiting, found, found.workings)

    def for_region(self, region: str) -> Catalogue:
        """The catalogue as a citizen of a region (GB/T 2260, six digits) is served: overlays laid on, compositions put together.

        Items of other regions are not in it.
        """
        if region not in self._regions:
            every = resolved({**self.components, **self.guides}, self.overlays, region, self._workings)
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
