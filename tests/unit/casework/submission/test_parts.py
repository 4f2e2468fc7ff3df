"""A case in parts: what goes out when, what the case's own status is, and that no order of events leads astray."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.casework.model import (
    TRANSITIONS,
    Case,
    CasePart,
    CaseStatus,
    Correction,
    IllegalTransition,
    PackageRef,
    PartPackage,
)
from assistant.casework.submission import parts
from tests.unit.casework.submission.support import CASE, NOW

C = CaseStatus
#: Of 开餐馆一件事 in the small: the premises and the firm at once, the licence after both, the sign after the licence.
AFTER: dict[str, list[str]] = {"premises": [], "firm": [], "licence": ["premises", "firm"], "sign": ["licence"]}
END = (C.REFUSED, C.DENIED, C.WITHDRAWN, C.DELIVERED)


def package(version: int = 1) -> PackageRef:
    return PackageRef(version=version, sha256="0" * 64, blob_id=f"whole-{version}", built_at=NOW)


def pack(case: Case, version: int, after: dict[str, list[str]] | None = None) -> None:
    """A package is made, as the flow does it."""
    case.package, case.package_version = package(version), version
    case.packages = [
        PartPackage(
            version=version, sha256="0" * 64, blob_id=f"{item}-{version}", built_at=NOW, item=item, name=f"{item} permit",
            department=f"{item} office", after=before,
        )
        for item, before in (after or {}).items()
    ]  # fmt: skip
    parts.mark_met(case, version)


def ready(after: dict[str, list[str]] | None = None) -> Case:
    case = Case(case_no=CASE, guide_code="x", guide_name="x", guide_version="1", created_at=NOW, updated_at=NOW)
    case.status = C.READY
    pack(case, 1, after)
    return case


def submitted(after: dict[str, list[str]] | None = None) -> Case:
    case = ready(after)
    parts.submit(case, NOW)
    return case


def statuses(case: Case) -> dict[str, CaseStatus]:
    return {part.item: part.status for part in case.parts}


# sending


def test_a_plain_case_is_one_part() -> None:
    case = submitted()
    assert (case.status, statuses(case), parts.to_send(case)) == (C.SUBMITTED, {"": C.SUBMITTED}, [("", False)])
    assert case.take_moved() == [("", C.SUBMITTED, NOW)]


def test_what_waits_for_nothing_is_sent_at_once_and_the_rest_when_it_may() -> None:
    case = submitted(AFTER)
    assert parts.to_send(case) == [("premises", False), ("firm", False), ("licence", True), ("sign", True)]
    assert [part.package.blob_id for part in case.parts if part.package] == ["premises-1", "firm-1", "licence-1", "sign-1"]
    assert parts.move(case, "premises", C.APPROVED, NOW) == []
    released = parts.move(case, "firm", C.APPROVED, NOW)
    assert [part.item for part in released] == ["licence"]
    assert statuses(case) == {"premises": C.APPROVED, "firm": C.APPROVED, "licence": C.SUBMITTED, "sign": C.READY}


def test_a_correction_goes_to_the_department_that_asked_and_to_nobody_else() -> None:
    case = submitted(AFTER)
    case.take_moved()
    parts.move(case, "premises", C.ACCEPTED, NOW)
    parts.move(case, "firm", C.CORRECTION_NEEDED, NOW, correction=Correction(text="章程少一页"))
    assert case.status is C.CORRECTION_NEEDED and case.correction is not None and case.correction.text == "章程少一页"
    parts.move(case, "premises", C.IN_REVIEW, NOW)  # it goes on meanwhile
    assert case.status is C.CORRECTION_NEEDED
    pack(case, 2, AFTER)
    parts.submit(case, NOW)
    # Those that were not sent yet will bring the latest; the one in review keeps what it has.
    assert parts.to_send(case) == [("firm", False), ("licence", True), ("sign", True)]
    premises = parts.named(case, "premises")
    assert premises is not None and premises.package is not None and premises.package.version == 1
    assert case.status is C.SUBMITTED and case.correction is None


def test_what_was_asked_after_the_package_was_made_is_not_sent_with_it() -> None:
    case = submitted(AFTER)
    parts.move(case, "firm", C.CORRECTION_NEEDED, NOW, correction=Correction(text="a"))
    pack(case, 2, AFTER)
    parts.move(case, "premises", C.CORRECTION_NEEDED, NOW, correction=Correction(text="b"))
    parts.submit(case, NOW)
    assert statuses(case)["firm"] is C.SUBMITTED and statuses(case)["premises"] is C.CORRECTION_NEEDED
    assert case.status is C.CORRECTION_NEEDED and case.correction is not None and case.correction.text == "b"


def test_without_a_package_nothing_is_sent() -> None:
    case = ready()
    case.package = None
    with pytest.raises(IllegalTransition):
        parts.submit(case, NOW)


# the case's own status


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("submitted submitted", C.SUBMITTED),
        ("submitted approved", C.SUBMITTED),
        ("accepted in_review", C.ACCEPTED),
        ("in_review approved", C.IN_REVIEW),
        ("in_review correction_needed", C.CORRECTION_NEEDED),
        ("denied correction_needed", C.CORRECTION_NEEDED),
        ("approved approved", C.APPROVED),
        ("approved delivered", C.APPROVED),
        ("delivered delivered", C.DELIVERED),
        ("denied in_review", C.IN_REVIEW),
        ("denied approved", C.APPROVED),
        ("denied delivered", C.DELIVERED),
        ("withdrawn delivered", C.DELIVERED),
        ("denied refused", C.DENIED),
        ("refused refused", C.REFUSED),
        ("withdrawn refused", C.WITHDRAWN),
        ("withdrawn withdrawn", C.WITHDRAWN),
        ("denied withdrawn", C.DENIED),
    ],
)
def test_the_status_of_the_whole(given: str, expected: CaseStatus) -> None:
    made = [CasePart(item=str(number), status=C(status)) for number, status in enumerate(given.split())]
    assert parts.derive(made) is expected
    assert parts.derive(made[::-1]) is expected


def test_what_waits_counts_until_it_can_no_longer_come() -> None:
    case = submitted(AFTER)
    parts.move(case, "premises", C.APPROVED, NOW)
    assert case.status is C.SUBMITTED and parts.blocked(case.parts) == set()
    parts.move(case, "firm", C.DENIED, NOW)
    assert parts.blocked(case.parts) == {"licence", "sign"}
    assert case.status is C.APPROVED
    assert parts.to_send(case) == []


def test_a_case_saved_before_there_were_parts_gets_its_one() -> None:
    old = {"case_no": CASE, "guide_code": "x", "guide_name": "x", "guide_version": "1", "status": "correction_needed",
           "office_ref": "SJ1", "correction": "请补充租赁合同", "created_at": NOW, "updated_at": NOW}  # fmt: skip
    case = Case.model_validate(old)
    assert case.correction is not None and case.correction.text == "请补充租赁合同"
    assert [(part.item, part.status, part.office_ref) for part in parts.held(case)] == [("", C.CORRECTION_NEEDED, "SJ1")]
    parts.move(case, "", C.APPROVED, NOW)
    parts.move(case, "", C.DELIVERED, NOW)
    assert case.status is C.DELIVERED


def test_a_part_there_is_not_and_a_status_that_cannot_follow_are_refused() -> None:
    case = submitted(AFTER)
    for item, status in (("nobody", C.ACCEPTED), ("premises", C.CLOSED), ("licence", C.ACCEPTED)):
        before = case.model_dump()
        with pytest.raises(IllegalTransition):
            parts.move(case, item, status, NOW)
        assert case.model_dump() == before


# any order of events

OFFICE_SAYS = st.sampled_from([C.SUBMITTED, C.ACCEPTED, C.CORRECTION_NEEDED, C.REFUSED, C.IN_REVIEW, C.APPROVED, C.DENIED, C.DELIVERED,
                               C.WITHDRAWN, C.CLOSED, C.DRAFT])  # fmt: skip
_DECIDED = {C.APPROVED, C.DENIED, C.REFUSED}
#: Written out by hand, not derived: what an office may say next of a part, acceptance and review being left out at will.
MAY_SAY = {
    C.READY: {C.WITHDRAWN},
    C.SUBMITTED: {C.ACCEPTED, C.IN_REVIEW, C.CORRECTION_NEEDED, C.WITHDRAWN, *_DECIDED},
    C.ACCEPTED: {C.IN_REVIEW, C.CORRECTION_NEEDED, C.WITHDRAWN, *_DECIDED},
    C.CORRECTION_NEEDED: {C.ACCEPTED, C.IN_REVIEW, C.WITHDRAWN, *_DECIDED},
    C.IN_REVIEW: {C.CORRECTION_NEEDED, C.APPROVED, C.DENIED, C.WITHDRAWN},
    C.APPROVED: {C.DELIVERED},
}
EVENTS = st.lists(st.tuples(st.sampled_from(list(AFTER)), OFFICE_SAYS), max_size=40)


def tell(case: Case, item: str, status: CaseStatus) -> bool:
    """News for a part, and where it asks for a correction the citizen corrects at once; whether it was taken."""
    try:
        parts.move(case, item, status, NOW)
    except IllegalTransition:
        return False
    return True


@settings(max_examples=400, deadline=None)
@given(EVENTS, st.booleans())
def test_no_order_of_events_leads_astray(events: list[tuple[str, CaseStatus]], corrects: bool) -> None:
    case, version = submitted(AFTER), 1
    told: dict[str, list[CaseStatus]] = {item: [] for item in AFTER}
    case.take_moved()
    last: dict[str, CaseStatus] = {**statuses(case), "": case.status}
    for item, status in events:
        before = statuses(case)
        possible = status in MAY_SAY.get(before[item], set()) and item not in parts.blocked(case.parts)
        taken = tell(case, item, status)
        # What can follow is taken, and only that: duplicates change nothing, nonsense is refused, final news is never lost.
        assert taken == (status is before[item] or possible)
        if taken:
            assert statuses(case)[item] is status
            told[item].append(status)
        if corrects and case.status is C.CORRECTION_NEEDED:
            version += 1
            pack(case, version, AFTER)
            parts.submit(case, NOW)
        for part, reached, _ in case.take_moved():
            assert reached in TRANSITIONS[last[part]], f"{part}: {last[part]} → {reached}"
            last[part] = reached
        assert last == {**statuses(case), "": case.status}
        assert case.status is parts.derive(case.parts)
        assert all(statuses(case)[item] is before[item] for item in before if before[item] in END)


@settings(max_examples=200, deadline=None)
@given(st.fixed_dictionaries({item: st.lists(OFFICE_SAYS, max_size=8) for item in AFTER}), st.randoms(use_true_random=False))
def test_the_order_between_parts_does_not_matter(news: dict[str, list[CaseStatus]], chance: random.Random) -> None:
    """Each office's lines come in their order, and none before its part was sent; how they mix makes no difference in the end."""

    def run(pick: random.Random | None) -> Case:
        case, left = submitted(AFTER), {item: list(lines) for item, lines in news.items()}
        while True:
            able = [item for item, lines in left.items() if lines and statuses(case)[item] is not C.READY]
            if not able:
                return case
            item = pick.choice(able) if pick else able[0]
            tell(case, item, left[item].pop(0))

    one, other = run(None), run(chance)
    assert (one.status, statuses(one)) == (other.status, statuses(other))
    assert parts.blocked(one.parts) == parts.blocked(other.parts)


def test_a_receipt_belongs_to_its_part() -> None:
    case = submitted(AFTER)
    parts.received(case, "firm", "SJ7", NOW + timedelta(minutes=1))
    firm = parts.named(case, "firm")
    assert firm is not None and (firm.office_ref, firm.received_at) == ("SJ7", NOW + timedelta(minutes=1))
    assert case.office_ref is None
    plain = submitted()
    parts.received(plain, "", "SJ8", NOW)
    assert plain.office_ref == "SJ8"
