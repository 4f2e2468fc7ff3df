"""What the packet says of time: the office's limits once something is handed in, and what the applicant still owes."""

from __future__ import annotations

from datetime import date

from assistant.casework.model import MaterialState
from assistant.conversation.deadlines import Deadline, deadlines
from knowledge.schema import Guide
from tests.unit.casework.clocks.support import S, at, case_of
from tests.unit.casework.flow.support import small_guide

PERMIT = small_guide().model_copy(update={"task_type": "行政许可"})
SENT = (("2026-11-09", S.SUBMITTED, "me"), ("2026-11-09", S.SUBMITTED, "office"))
ACCEPTED = (*SENT, ("2026-11-10", S.ACCEPTED, "office"))


def nobody(_code: str) -> Guide | None:
    return None


def of(*lines: tuple[str, S, str], day: str = "2026-11-11", papers: bool = False) -> list[Deadline]:
    case = case_of(*lines)
    if papers:
        code = PERMIT.materials[0].code
        case.materials[code] = MaterialState(status="tolerated", due=date(2026, 11, 12))
    return deadlines(case, PERMIT, nobody, at(day))


def test_the_soonest_first_the_offices_and_hers() -> None:
    found = of(*ACCEPTED, papers=True)
    assert [one.date for one in found] == sorted(one.date for one in found)
    assert found[0].kind == "material" and "2026年11月12日" in found[0].text and found[0].level == "normal"
    assert "legal" in {one.kind for one in found}
    assert of(*ACCEPTED, day="2026-11-13", papers=True)[0].level == "overdue"


def test_an_application_waits_for_acceptance_and_a_draft_for_nobody() -> None:
    assert [one.kind for one in of(*SENT)] == ["acceptance"]
    assert of(("2026-11-09", S.DRAFT, "me")) == []
    assert of(*ACCEPTED, ("2026-11-11", S.DENIED, "office")) == []
