"""The guides in service, kept in step with their folder while the product runs.

A guide is changed by putting its file in the folder: whoever does that (an editor, the staff console, ``git pull``) needs to
tell nobody. The folder is looked at a few times a second; what has changed is read, checked and indexed beside what is being
served, and takes its place in one step, catalogue and search together. What is refused leaves its last good version in service.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from assistant.foundation import metrics
from assistant.foundation.clock import Clock
from assistant.foundation.logging import get_logger
from assistant.foundation.messages import t
from knowledge.catalogue import Catalogue, Waiting
from knowledge.guide_file import GuideProblem
from knowledge.search import Search

log = get_logger(__name__)
LOOK_SECONDS = 0.2
"""How often the folder is looked at."""
SETTLE_SECONDS = 0.07
"""For how long nothing in it may have changed before it is read: what is half written is left to be finished."""
_UNSETTLED = 20
_RETRY_SECONDS = 10.0
# A folder of many thousand files takes long to look at; looking at it must not become all that is done.
_RESTING = 20
Signature = frozenset[tuple[str, int, int, int]]
"""Name, size, time of change (ns) and inode of every guide file."""


@dataclass(frozen=True, slots=True)
class InService:
    """One state of the guides: the catalogue and the search over it belong together. ``kept``: regions put in the archive."""

    catalogue: Catalogue
    search: Search
    loaded_at: datetime
    kept: set[str] = field(default_factory=set, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Refused:
    """Something that keeps a file of the guides' folder from being served, and since when it has been known.

    ``file`` is relative to the folder (``en/…``, ``regions/…``, ``components/…``); ``why`` and ``remedy`` are Chinese.
    """

    file: str
    line: int
    why: str
    remedy: str
    since: datetime


class LivingGuides:
    """See the module's docstring. Thread-safe: readers take ``current`` and never wait for a change."""

    def __init__(
        self,
        folder: Path,
        load: Callable[[Catalogue | None, date], Catalogue],
        index: Callable[[Catalogue, Search | None], Search],
        clock: Clock,
        *,
        prepare: Callable[[InService], None] = lambda _: None,
        changed: Callable[[InService], None] = lambda _: None,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """Load the folder and index it.

        Args:
            load: reads the folder as it is in force on a day, given what has been served so far.
            index: the search over a catalogue, given the one so far.
            prepare: told of every state before it is served, the first one included; where it fails, the state is not served.
            changed: told of every state but the first once it is served.
            seconds: of a clock that only goes forward.
        """
        self._folder, self._load, self._index, self._clock, self._seconds = folder, load, index, clock, seconds
        self._prepare, self._changed = prepare, changed
        self._writing = threading.Lock()
        self._stopping = threading.Event()
        self._watcher: threading.Thread | None = None
        self._trouble: GuideProblem | None = None
        self._failed: tuple[Signature, float] | None = None
        self._unsettled = 0
        self._looked = 0.0
        self._refused: list[Refused] = []
        self._seen = self._loaded = signature(folder) or frozenset()
        now = clock.now()
        self._day = now.date()
        catalogue = load(None, self._day)
        self._current = InService(catalogue, index(catalogue, None), now)
        prepare(self._current)
        self._tell(self._current)

    @property
    def current(self) -> InService:
        """What is served now. Hold on to it where two looks must see the same."""
        return self._current

    @property
    def catalogue(self) -> Catalogue:
        """The guides served now, as the nation has them."""
        return self._current.catalogue

    @property
    def search(self) -> Search:
        """The search over them."""
        return self._current.search

    @property
    def loaded_at(self) -> datetime:
        """When what is served now was read: the last load that went through."""
        return self._current.loaded_at

    @property
    def waiting(self) -> list[Waiting]:
        """Files whose version is not in force yet; the version before is served until the day comes."""
        return list(self._current.catalogue.waiting)

    @property
    def refused(self) -> list[Refused]:
        """What is wrong with files of the folder now, the folder itself first, then by file and line; empty when all is well."""
        return list(self._refused)

    def start(self) -> None:
        """Begin to watch the folder, in a thread of its own."""
        if self._watcher is None:
            self._stopping.clear()
            self._watcher = threading.Thread(target=self._watch, name="guides", daemon=True)
            self._watcher.start()

    def stop(self) -> None:
        """End watching; waits for a change that is being taken up."""
        self._stopping.set()
        if self._watcher is not None:
            self._watcher.join()
            self._watcher = None

    def poll(self) -> bool:
        """Look at the folder once, and take up what has changed and come to rest since the last look.

        Returns:
            Whether something has changed that is not taken up yet: look again soon.
        """
        with self._writing:
            began = time.thread_time()  # what it costs, not how long a busy machine lets it wait
            seen = signature(self._folder)
            self._looked = time.thread_time() - began
            if seen is None or (not seen and self._current.catalogue.guides):
                self._folder_gone()
                return False
            before, self._seen = self._seen, seen
            if seen == self._loaded and self._clock.now().date() == self._day:
                self._unsettled = 0
                if self._trouble is not None:
                    self._trouble = None
                    self._tell(self._current)
                return False
            if seen != before and self._unsettled < _UNSETTLED:
                self._unsettled += 1
                return True
            if self._failed is not None and self._failed[0] == seen and self._seconds() < self._failed[1]:
                return False
            self._take_up(seen)
            return False

    def _take_up(self, seen: Signature) -> None:
        started, now = time.perf_counter(), self._clock.now()
        old = self._current
        try:
            catalogue = self._load(old.catalogue, now.date())
            new = InService(catalogue, self._index(catalogue, old.search), now)
            self._prepare(new)
        except Exception as error:  # whatever it is, what is served goes on, and the folder is tried again
            log.error("guides.reload_failed", error=type(error).__name__, exc_info=error)
            self._failed = seen, self._seconds() + _RETRY_SECONDS
            why = t("knowledge.reload_failed", error=type(error).__name__)
            self._trouble = GuideProblem(str(self._folder), 1, why, t("knowledge.reload_failed_remedy"))
            self._tell(old)
            return
        self._loaded, self._day, self._failed, self._trouble, self._unsettled = seen, now.date(), None, None, 0
        self._current = new
        self._tell(new)
        log.info("guides.taken_up", code=_changed(old.catalogue, catalogue), seconds=round(time.perf_counter() - started, 3))
        self._changed(new)

    def _folder_gone(self) -> None:
        if self._trouble is None:
            self._trouble = GuideProblem(str(self._folder), 1, t("knowledge.no_folder"), t("knowledge.no_folder_remedy"))
            self._tell(self._current)

    def _tell(self, state: InService) -> None:
        """Bring metrics and the list of what is refused up to date, and log what is new in it."""
        problems = [*([self._trouble] if self._trouble else []), *state.catalogue.problems]
        known = {(entry.file, entry.why): entry.since for entry in self._refused}
        now = self._clock.now()
        found = [Refused(p.file, p.line, p.why, p.remedy, known.get((p.file, p.why), now)) for p in problems]
        for entry in found:
            if (entry.file, entry.why) not in known:
                # The log shows no Chinese: of the reason it keeps names and figures, all of it is in the console and in lint.
                log.warning("guides.refused", file=entry.file, line=entry.line, reason=entry.why, remedy="./bandao guides lint")
        for file in sorted({entry.file for entry in self._refused} - {entry.file for entry in found}):
            log.info("guides.mended", file=file)
        self._refused = found
        metrics.guides_loaded.set(len(state.catalogue.guides))
        metrics.guide_problems.set(len({entry.file for entry in found}))

    def _watch(self) -> None:
        soon = False
        while not self._stopping.wait(max(SETTLE_SECONDS if soon else LOOK_SECONDS, _RESTING * self._looked)):
            try:
                soon = self.poll()
            except Exception as error:  # a watcher that ends is a guide that never changes again
                soon = False
                log.error("guides.watch_failed", error=type(error).__name__, exc_info=error)


def signature(folder: Path) -> Signature | None:
    """What tells one state of the guides' folder from another without reading a file; None where it cannot be looked at."""
    found = []
    try:
        if not folder.is_dir():
            return None
        for path in (*folder.glob("*.yaml"), *folder.glob("*/*.yaml"), *folder.glob("regions/*/*.yaml")):
            try:
                state = path.stat()
            except FileNotFoundError:  # replaced at this very moment; the next look sees what by
                continue
            found.append((path.relative_to(folder).as_posix(), state.st_size, state.st_mtime_ns, state.st_ino))
    except OSError:
        return None
    return frozenset(found)


def _changed(old: Catalogue, new: Catalogue) -> list[str]:
    """The codes of guides that came, went, or read otherwise than before."""
    return sorted(
        code for code in old.guides.keys() | new.guides.keys()
        if old.guides.get(code) != new.guides.get(code) or old.translations.get(code) != new.translations.get(code)
    )  # fmt: skip
