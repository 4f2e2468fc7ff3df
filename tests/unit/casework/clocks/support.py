"""Cases with a history, for the tests of clocks and progress."""

from __future__ import annotations

from datetime import date, datetime

from assistant.casework.model import Case, CaseStatus, TimelineEntry
from assistant.foundation.clock import SHANGHAI

S = CaseStatus


def at(day: str, hour: int = 10) -> datetime:
    """A moment of a day (ISO)."""
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=SHANGHAI)


def case_of(*lines: tuple[str, CaseStatus, str], deemed: date | None = None, guide: str = "food-permit-new") -> Case:
    """A case with this timeline: (day, status, who). ``me`` is the citizen, any other word an office."""
    entries = [
        TimelineEntry(at=at(day), status=status, who="申请人" if who == "me" else who, text="示例") for day, status, who in lines
    ]
    status = entries[-1].status if entries else S.DRAFT
    return Case(
        case_no="BD20261109ABCDEFGH", guide_code=guide, guide_name="示例事项", guide_version="2026.1", status=status, timeline=entries,
        office_ref="SJ001" if any(entry.who != "申请人" for entry in entries) else None,
        deemed={"": deemed} if deemed else {}, created_at=at("2026-11-09"), updated_at=at("2026-11-09"),
    )  # fmt: skip
