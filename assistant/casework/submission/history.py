"""An office's history as it is read: every line once, in order, and what is already settled told from what is new.

Values in, values out. An office repeats lines, sends them in another order, is behind (a second machine of it), or says what
is not true; what it said first and we believed stays.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from assistant.casework.submission.office import HistoryLine

GAP_PATIENCE = timedelta(minutes=10)
"""How old a line is before it no longer waits for those whose numbers come before its own."""


class Judged(StrEnum):
    """What a line is: news, settled before, not to be taken yet, or (``late``, ``contradicts``) not to be believed."""

    NEW = "new"
    KNOWN = "known"
    WAITS = "waits"
    LATE = "late"
    CONTRADICTS = "contradicts"


def key(line: HistoryLine) -> str:
    """The name of a line: the office's number for it, if it gives one, and what it says."""
    said = "\0".join((line.status, line.at.astimezone(UTC).isoformat(), line.text))
    return f"{'' if line.seq is None else line.seq}:{hashlib.sha256(said.encode('utf-8', 'surrogatepass')).hexdigest()[:40]}"


def ordered(lines: Sequence[HistoryLine]) -> list[HistoryLine]:
    """Every line once: by the office's numbers if it gives them, else by time.

    Lines of the same moment stay as they came, or, where the latest is on top, the other way round.
    """
    once = list({key(line): line for line in lines}.values())
    if all(line.seq is not None for line in once):
        return sorted(once, key=lambda line: line.seq or 0)
    moments = [line.at for line in once]
    if moments and moments[0] > moments[-1] and moments == sorted(moments, reverse=True):
        once.reverse()
    return sorted(once, key=lambda line: line.at)


class Known:
    """The lines of a part that are settled: believed (with the office's word) or doubted."""

    def __init__(self, settled: Iterable[tuple[str, str, bool]] = ()) -> None:
        self._believed: set[str] = set()
        self._digests: set[str] = set()
        self._unnumbered: set[str] = set()
        self._status: dict[int, str] = {}
        self._last = 0
        self.doubted: set[str] = set()
        for name, status, believed in settled:
            self.add(name, status, believed=believed)

    def add(self, name: str, status: str, *, believed: bool) -> None:
        """A line named ``key`` is settled."""
        number, _, digest = name.partition(":")
        if number:
            self._last = max(self._last, int(number))
        if not believed:
            self.doubted.add(name)
            return
        self.doubted.discard(name)
        self._believed.add(name)
        self._digests.add(digest)
        if number:
            self._status[int(number)] = status
        else:
            self._unnumbered.add(digest)

    @property
    def present(self) -> str | None:
        """The office's word with the highest number that is believed; None where it gives none."""
        return self._status[max(self._status)] if self._status else None

    def believes(self, line: HistoryLine) -> bool:
        """Whether this line, or the one with its number, is among the believed."""
        name = key(line)
        digest = name.partition(":")[2]
        if line.seq is None:
            return digest in self._digests
        return name in self._believed or self._status.get(line.seq) == line.status or digest in self._unnumbered

    def again(self, line: HistoryLine) -> bool:
        """Whether a line that was not believed may be looked at again: what it had to follow can have come since."""
        if key(line) not in self.doubted:
            return False
        return line.seq is None or line.seq > max(self._status, default=0)

    def judge(self, line: HistoryLine, now: datetime) -> Judged:
        """What this line is, at this moment."""
        if self.believes(line) or key(line) in self.doubted:
            return Judged.KNOWN
        if line.seq is None:
            return Judged.NEW
        if line.seq in self._status:
            return Judged.CONTRADICTS
        if self._status and line.seq < max(self._status):
            return Judged.LATE
        if line.seq > self._last + 1 and now - line.at < GAP_PATIENCE and not self._unnumbered:
            return Judged.WAITS
        return Judged.NEW
