"""One share's place in words: who has it, what is being waited for, what comes next, what she has to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.casework.bookings.words import when
from assistant.casework.clocks.standing import OVER, Standing
from assistant.casework.clocks.statutes import ACCEPTANCE
from assistant.casework.fields.dates import said
from assistant.casework.model import Case, CasePart, CaseStatus, Correction, Wanting
from assistant.casework.progress.view import VerdictView
from assistant.foundation.messages import language, render, t
from knowledge.schema import Guide

_S = CaseStatus
_BY_HAND = ("hand_window", "hand_post")
HERS = frozenset({_S.DRAFT, _S.READY, _S.CORRECTION_NEEDED})
"""Where the citizen has it."""

_NEXT = {"resubmitted": "in_review", "deemed": "accepted", "refused": "denied", "delivered": "over", "closed": "over",
         "withdrawn": "begin_again", "expired": "begin_again", "stuck": "sending",
         "hand_window": "sending", "hand_post": "sending"}  # fmt: skip


@dataclass(frozen=True)
class Told:
    """A share that is told of. ``after`` are the names of the parts that have to be through first, ``guide`` is the item's."""

    stands: Standing
    department: str
    part: CasePart | None
    correction: Correction | None
    after: Sequence[str]
    guide: Guide

    @property
    def waits(self) -> bool:
        """Whether it waits for other parts of a 一件事 that was sent."""
        return bool(self.stands.part) and self.stands.status is _S.READY

    @property
    def step(self) -> str:
        """The present step as messages name it: one status may hold several."""
        stands, part = self.stands, self.part
        if self.waits:
            return "waiting" if self.after else "sending"
        if part is not None and stands.status not in OVER:
            if part.withdrawing:
                return "withdrawing"
            if part.stuck and stands.received is None:
                return "stuck"
        match stands.status:
            case _S.DRAFT | _S.READY:
                return "draft"
            case _S.SUBMITTED if stands.accepted is not None:
                return "resubmitted"
            case _S.SUBMITTED if part is not None and part.handing is not None and part.handing.awaited:
                return f"hand_{part.handing.way}"
            case _S.SUBMITTED if stands.received is None:
                return "sending"
            case _S.ACCEPTED if stands.deemed:
                return "deemed"
        return stands.status.value

    @property
    def by_hand(self) -> bool:
        """Whether her papers are still to be brought or posted."""
        return self.step in _BY_HAND

    @property
    def _originals(self) -> bool:
        """Whether it is handed in online and only originals are to be brought."""
        part = self.part
        return part is not None and part.handing is not None and part.handing.way == "originals" and not part.withdrawing

    def who(self) -> str:
        """Who has it."""
        if self.step == "waiting":
            return t("progress.who_others")
        if self.step in ("sending", "stuck"):
            return t("progress.who_us")
        if self.stands.status in HERS or self.by_hand:
            return t("progress.who_citizen")
        return t("progress.who_nobody") if self.stands.status in OVER else self.department

    def now(self) -> str:
        """What is being waited for."""
        stands = self.stands
        if stands.status is _S.REFUSED and stands.deemed and stands.accepted is not None:
            day = said(stands.accepted)
            return t("progress.now_refused_after_law", department=self.department, article=str(ACCEPTANCE), day=day)
        names = t("fields.list_separator").join(self.after)
        return t(f"progress.now_{self.step}", department=self.department, names=names)

    def next(self) -> str:
        """What comes then."""
        step = "hand" if self.by_hand else _NEXT.get(self.step, self.step)
        return t(f"progress.next_{step}", department=self.department)

    def todo(self) -> list[str]:
        """What she has to do for this share."""
        match self.stands.status:
            case _S.CORRECTION_NEEDED:
                return self._corrections()
            case _S.SUBMITTED if self.by_hand:
                return [self._bring()]
            case _S.SUBMITTED | _S.ACCEPTED | _S.IN_REVIEW if self._originals:
                return [self._bring()]
            case _S.DRAFT:
                return [t("progress.todo_finish")]
            case _S.READY if not self.stands.part:
                return [t("progress.todo_submit")]
        return []

    def verdict(self, case: Case) -> VerdictView | None:
        """Why it was refused or denied, as the office says it, and what can be done against it; None where it was not."""
        if self.stands.status not in (_S.REFUSED, _S.DENIED):
            return None
        given = self.part.verdict if self.part else None
        remedy = _theirs(given.remedy) if given is not None and given.remedy else t("casework.remedies")
        if given is not None and given.reason:
            return VerdictView(reason=_theirs(given.reason), basis=_theirs(given.basis), remedy=remedy)
        said_by = [
            entry.text for entry in case.timeline if entry.status is self.stands.status and entry.part in ("", self.stands.part)
        ]
        reason = _theirs(said_by[-1]).removesuffix(remedy).strip() if said_by else ""
        return VerdictView(reason=reason, basis=_theirs(given.basis) if given is not None else "", remedy=remedy)

    def _bring(self) -> str:
        """Where her papers go, and by when."""
        held = self.part.handing if self.part is not None else None
        booking, place = (held.booking, held.place) if held is not None else (None, None)
        if booking is not None:
            place = booking.place
            way = "originals" if self._originals else "hand_window"
            return t(f"progress.todo_{way}", time=when(booking.slot), place=place.name, address=place.address)
        if place is not None:
            return t("progress.todo_hand_post", place=place.name, address=f"{place.address} {place.postcode}".strip())
        return t("progress.todo_originals_book" if self._originals else "progress.todo_hand_book")

    def _corrections(self) -> list[str]:
        given = self.correction
        if given is None or not (given.text.strip() or given.wanting):
            return [t("progress.todo_correct_unknown")]
        wanted = [self._wanted(want) for want in given.wanting if want.text or called(self.guide, want)]
        return wanted or [t("progress.todo_correct", text=_theirs(given.text.strip()))]

    def _wanted(self, want: Wanting) -> str:
        """看不清 alone does not say what: the question or the paper is named with the office's reason."""
        name, text = called(self.guide, want), _theirs(want.text).strip()
        if not name or name in text:
            return t("progress.todo_correct", text=text)
        return t("progress.todo_correct_named", name=name, text=text) if text else t("progress.todo_correct", text=name)


def called(guide: Guide, want: Wanting) -> str:
    """What the citizen knows the wanting answer or paper as; nothing where the office's words are all there is."""
    if want.kind == "field":
        return next((field.label for field in guide.fields if field.key == want.code), "")
    if want.kind == "material":
        return next((material.name for material in guide.materials if material.code == want.code), "")
    return ""


def _theirs(text: str) -> str:
    """The office's words; what of them is a message of ours, in the reader's language."""
    return render(text, language())
