"""What the submission tells the rest of the product, and what it needs from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from sqlalchemy import Connection

from assistant.casework.model import CaseStatus, OfficeExtension, OfficeStop, Verdict, Wanting

Once = Callable[[Connection], bool]
"""Records, inside the caller's own write transaction, that this news has been applied. False: it had been before, so
change nothing. Calling it in the transaction that changes the case is what makes the news count exactly once."""

LoadPackage = Callable[[str, int, str], bytes]
"""(case number, package version, part) → the zip's bytes, as confirmed by the citizen."""


@dataclass(frozen=True)
class OfficeNews:
    """One line of the office's history. ``history_index`` counts from 0 within the part, over all its versions.

    ``office_status`` is the office's word, ``status`` the case status it means (see ``statuses.way`` for offices that skip
    some); ``text`` are the office's words to the citizen: what to correct, or why. ``wanting`` and ``due`` are what a request
    to correct names, ``verdict`` the reasons of a refusal, where the office gives them apart; ``stops`` is all it does not count,
    ``extension`` the days it added to its time.
    """

    history_index: int
    at: datetime
    office_status: str
    status: CaseStatus
    text: str
    by: str
    wanting: Sequence[Wanting] = ()
    due: date | None = None
    verdict: Verdict | None = None
    stops: Sequence[OfficeStop] = ()
    extension: OfficeExtension | None = None


class SubmissionSink(Protocol):
    """Applies news to a part of a case. Called from worker threads, never from the event loop; may block.

    Each method is called again until it has returned without raising; ``once`` tells a repeat. One that returns without
    having called ``once`` has it called for it, in a transaction of its own.
    """

    def sent(self, case_no: str, part: str, version: int, office_ref: str, at: datetime, once: Once) -> None:
        """The office has received this version under number ``office_ref`` at ``at``."""

    def withdrawn(self, case_no: str, part: str, once: Once) -> None:
        """The office has let go of what the citizen took back, or never had it."""

    def status(self, case_no: str, part: str, entry: OfficeNews, once: Once) -> None:
        """The office's file moved on. Lines come in order; 已收件 is left out, ``sent`` has said it.

        Raises:
            IllegalTransition: the case cannot get there from where it is; the line is logged and passed over.
        """

    def stuck(self, case_no: str, part: str, version: int, code: str, error: str, once: Once) -> None:
        """A person is needed: ``error`` says in Chinese, for staff, what happened. Nothing is discarded.

        ``code`` is ``already-decided`` where she wanted it back and it is too late: it is followed on.
        """

    def doubted(self, case_no: str, part: str, code: str, said: str, once: Once) -> None:
        """The office said what cannot be true: it is noted for staff and changes nothing.

        ``code``: ``cannot_follow``, ``contradicts`` (another line had this number), ``late`` (behind what is known already),
        ``unknown_status``, ``another_case``, ``gone`` (it does not know its own number). ``said`` is its status word if it is
        one of those we know, else empty.
        """
