"""收件 → 受理 → 审核 → 办结 → 送达: how far one share has come, and who had it when."""

from __future__ import annotations

from datetime import date

from assistant.casework.clocks.standing import OVER, Standing
from assistant.casework.model import CaseStatus
from assistant.casework.progress.view import StageCode, StageView
from assistant.foundation.messages import t

_S = CaseStatus
ORDER: tuple[StageCode, ...] = ("receive", "accept", "review", "decide", "deliver")
#: Which stage is under way in each status; that many are done before it.
_AT = {
    _S.DRAFT: 0, _S.READY: 0, _S.SUBMITTED: 1, _S.REFUSED: 1, _S.ACCEPTED: 2, _S.IN_REVIEW: 2, _S.DENIED: 3, _S.APPROVED: 4,
    _S.DELIVERED: 5,
}  # fmt: skip
_HALTS = frozenset({_S.REFUSED, _S.DENIED, _S.WITHDRAWN, _S.EXPIRED, _S.CORRECTION_NEEDED})


def stages(stands: Standing, department: str, who: str) -> list[StageView]:
    """The five stages. One the office passed over in silence counts as done once a later one has begun."""
    at = _reached(stands)
    begun: dict[StageCode, date | None] = {
        "receive": stands.received or stands.sent,
        "accept": stands.accepted or stands.received,
        "review": stands.accepted,
        "decide": stands.decided,
        "deliver": stands.delivered or stands.decided,
    }
    found = []
    for index, code in enumerate(ORDER):
        halted = index == at and stands.status in _HALTS
        going_on = index == at and stands.sent is not None and stands.status not in OVER
        state = "halt" if halted else "done" if index < at else "now" if going_on else "ahead"
        since = begun[code] if state != "ahead" else None
        found.append(
            StageView(
                code=code,
                title=t(f"progress.stage_{code}"),
                state=state,
                text=t(f"progress.state_{state}"),
                who=None if state == "ahead" else department if state == "done" else who,
                since=since.isoformat() if since else None,
            )
        )
    return found


def _reached(stands: Standing) -> int:
    """How many stages are done."""
    if stands.status in (_S.WITHDRAWN, _S.EXPIRED, _S.CORRECTION_NEEDED, _S.SUBMITTED, _S.CLOSED):
        done = (stands.received, stands.accepted, stands.decided)
        return 5 if stands.delivered else 4 if done[2] else 2 if done[1] else 1 if done[0] else 0
    return _AT[stands.status]
