"""Which clocks run follows from what has happened to a case."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from assistant.casework.clocks import standing
from assistant.casework.clocks.limits import Limit, Limits, limits_of
from assistant.casework.clocks.reckoning import Level
from assistant.casework.clocks.running import ClockKind, RunningClock, clocks_of, deemed_from
from assistant.casework.clocks.stops import Stop, StopKind
from assistant.casework.model import Case, CasePart, OfficeExtension, OfficeStop
from assistant.foundation.settings import ROOT
from knowledge.catalogue import Catalogue
from tests.unit.casework.clocks.support import S, at, case_of

TWENTY = Limit(20, "working_day", "20个工作日", True)
TEN = Limit(10, "working_day", "10个工作日", False)
PERMIT = Limits(TWENTY, TEN, licence=True)
SERVICE = Limits(TWENTY, None, licence=False)
CATALOGUE = Catalogue.load(ROOT / "knowledge" / "guides")


def clocks(case: Case, limits: Limits, today: date) -> dict[ClockKind, RunningClock]:
    return {clock.kind: clock for clock in clocks_of(standing.of_case(case)[0], limits, today)}


def day(number: int) -> date:
    return date(2026, 11, number)


def test_nothing_runs_before_the_office_has_it() -> None:
    assert clocks(case_of(("2026-11-09", S.SUBMITTED, "me")), PERMIT, day(30)) == {}


def test_five_days_for_acceptance_from_receipt_and_only_for_licences() -> None:
    received = case_of(("2026-11-09", S.SUBMITTED, "me"), ("2026-11-10", S.SUBMITTED, "office"))
    held = clocks(received, PERMIT, day(11))
    assert set(held) == {ClockKind.ACCEPTANCE}
    assert (held[ClockKind.ACCEPTANCE].reckoned.due, held[ClockKind.ACCEPTANCE].running) == (day(17), True)
    assert clocks(received, SERVICE, day(11)) == {}


def test_silence_is_acceptance_from_the_day_of_receipt() -> None:
    received = standing.of_case(case_of(("2026-11-09", S.SUBMITTED, "me"), ("2026-11-10", S.SUBMITTED, "office")))[0]
    assert deemed_from(received, PERMIT, day(17)) is None
    assert deemed_from(received, PERMIT, day(18)) == day(10)
    assert deemed_from(received, SERVICE, day(30)) is None


def test_an_answer_in_time_ends_the_five_days() -> None:
    asked = case_of(
        ("2026-11-09", S.SUBMITTED, "me"), ("2026-11-09", S.SUBMITTED, "office"), ("2026-11-12", S.CORRECTION_NEEDED, "office")
    )  # fmt: skip
    stands = standing.of_case(asked)[0]
    assert stands.asked == day(12)
    assert deemed_from(stands, PERMIT, day(30)) is None
    held = clocks(asked, PERMIT, day(30))[ClockKind.ACCEPTANCE]
    assert (held.running, held.reckoned.level) == (False, Level.NORMAL)


def test_a_corrected_application_is_received_anew() -> None:
    again = case_of(
        ("2026-11-09", S.SUBMITTED, "me"), ("2026-11-09", S.SUBMITTED, "office"), ("2026-11-12", S.CORRECTION_NEEDED, "office"),
        ("2026-11-16", S.SUBMITTED, "me"), ("2026-11-17", S.SUBMITTED, "office"),
    )  # fmt: skip
    assert clocks(again, PERMIT, day(18))[ClockKind.ACCEPTANCE].reckoned.due == day(24)
    assert standing.of_case(again)[0].stops == []


def test_the_decision_is_counted_from_acceptance_and_stands_while_she_corrects() -> None:
    review = case_of(
        ("2026-11-02", S.SUBMITTED, "me"), ("2026-11-02", S.SUBMITTED, "office"), ("2026-11-03", S.ACCEPTED, "office"),
        ("2026-11-05", S.CORRECTION_NEEDED, "office"), ("2026-11-10", S.SUBMITTED, "me"), ("2026-11-10", S.ACCEPTED, "office"),
    )  # fmt: skip
    held = clocks(review, PERMIT, day(11))
    assert set(held) == {ClockKind.PROMISED, ClockKind.LEGAL}
    assert held[ClockKind.LEGAL].start == day(3)
    assert held[ClockKind.LEGAL].reckoned.due == date(2026, 12, 4)  # 1 December without the three working days it stood still
    assert held[ClockKind.LEGAL].reckoned.stopped_days == 3


def test_while_she_corrects_after_acceptance_the_decision_waits_for_her() -> None:
    asked = case_of(
        ("2026-11-02", S.SUBMITTED, "me"), ("2026-11-03", S.ACCEPTED, "office"), ("2026-11-05", S.CORRECTION_NEEDED, "office")
    )  # fmt: skip
    held = clocks(asked, PERMIT, date(2026, 12, 28))[ClockKind.LEGAL]
    assert held.reckoned.stopped == Stop(day(5), None, StopKind.CORRECTION)
    assert (held.reckoned.used, held.reckoned.level) == (2, Level.NORMAL)


def test_a_visit_stops_what_was_promised_and_not_what_the_law_allows() -> None:
    review = standing.of_case(case_of(("2026-11-02", S.SUBMITTED, "me"), ("2026-11-03", S.ACCEPTED, "office")))[0]
    visited = standing.Standing(**{**vars(review), "stops": [Stop(day(5), day(12), StopKind.SITE_VISIT)]})
    plain, seen = (
        {clock.kind: clock.reckoned for clock in clocks_of(held, PERMIT, day(13))} for held in (review, visited)
    )
    assert seen[ClockKind.LEGAL] == plain[ClockKind.LEGAL]
    assert (seen[ClockKind.PROMISED].due, seen[ClockKind.PROMISED].stopped_days) == (day(24), 5)


def test_what_the_office_added_counts_as_far_as_the_limits_own_law_goes() -> None:
    review = standing.of_case(case_of(("2026-11-02", S.SUBMITTED, "me"), ("2026-11-03", S.ACCEPTED, "office")))[0]
    added = replace(review, extension=OfficeExtension(days=12, reason="须外地协查", at=at("2026-11-20")))
    for code, days, due in (("food-permit-change", 10, "2026-12-15"), ("company-founding", 3, "2026-11-11"), ("passport", 0, None)):
        limits = limits_of(CATALOGUE.guides[code], {})
        assert limits.legal is not None and limits.legal.extension == days
        held = {clock.kind: clock for clock in clocks_of(added, limits, day(4))}
        assert held[ClockKind.LEGAL].extended == days
        if due is not None:
            assert held[ClockKind.LEGAL].reckoned.due.isoformat() == due
        plain = {clock.kind: clock for clock in clocks_of(review, limits, day(4))}
        assert held.get(ClockKind.PROMISED) == plain.get(ClockKind.PROMISED)


def test_some_laws_count_from_the_day_the_application_was_received() -> None:
    received = (("2026-11-09", S.SUBMITTED, "me"), ("2026-11-10", S.SUBMITTED, "office"))
    passport = limits_of(CATALOGUE.guides["passport"], {})
    assert passport.legal is not None and passport.legal.from_receipt
    for lines in (received, (*received, ("2026-11-12", S.ACCEPTED, "office"))):
        legal = clocks(case_of(*lines), passport, day(12))[ClockKind.LEGAL]
        assert (legal.start, legal.reckoned.due) == (day(10), day(25))
    asked = (*received, ("2026-11-12", S.CORRECTION_NEEDED, "office"))
    assert ClockKind.LEGAL not in clocks(case_of(*asked), passport, day(20))
    again = (*asked, ("2026-11-16", S.SUBMITTED, "me"), ("2026-11-17", S.SUBMITTED, "office"))
    assert clocks(case_of(*again), passport, day(18))[ClockKind.LEGAL].start == day(17)
    wrong = (*received, ("2026-11-12", S.REFUSED, "office"))
    assert not clocks(case_of(*wrong), passport, day(18))[ClockKind.LEGAL].running
    from_receipt = {code for code, guide in CATALOGUE.guides.items() if (legal := limits_of(guide, {}).legal) and legal.from_receipt}
    assert from_receipt == {
        "passport", "id-card-renewal", "id-card-reissue", "construction-permit", "flexible-worker-insurance", "maternity-allowance",
        "retirement", "unemployment-benefit", "minimum-living",
    }  # fmt: skip


def test_together_the_law_allows_fifteen_days_more() -> None:
    limits = limits_of(CATALOGUE.guides["restaurant-opening"], {})
    assert limits.legal is not None and (limits.legal.days, limits.legal.extension) == (45, 15)


def test_what_the_law_accepted_is_decided_from_receipt() -> None:
    case = case_of(
        ("2026-11-09", S.SUBMITTED, "me"), ("2026-11-09", S.SUBMITTED, "office"), ("2026-11-17", S.ACCEPTED, "law"), deemed=day(9)
    )  # fmt: skip
    held = clocks(case, PERMIT, day(17))
    assert held[ClockKind.LEGAL].start == day(9)
    assert held[ClockKind.ACCEPTANCE].running is False
    assert held[ClockKind.ACCEPTANCE].reckoned.level is Level.OVERDUE


def test_a_licence_granted_is_handed_over_within_ten_working_days() -> None:
    granted = case_of(("2026-11-02", S.SUBMITTED, "me"), ("2026-11-03", S.ACCEPTED, "office"), ("2026-11-09", S.APPROVED, "office"))
    held = clocks(granted, PERMIT, day(10))
    assert held[ClockKind.DELIVERY].reckoned.due == day(23)
    assert not held[ClockKind.LEGAL].running
    assert ClockKind.DELIVERY not in clocks(granted, SERVICE, day(10))


def test_a_guide_says_what_is_a_licence_and_what_is_checked() -> None:
    permit = limits_of(CATALOGUE.guides["food-permit-renewal"], {})
    assert permit.licence
    assert permit.legal is not None
    assert (permit.legal.days, permit.legal.verified) == (20, True)
    assert permit.promised is not None
    assert not permit.promised.verified
    fund = limits_of(CATALOGUE.guides["fund-rent"], {})
    assert not fund.licence
    assert fund.legal is not None
    assert (fund.legal.days, fund.legal.unit) == (3, "calendar_day")


def test_the_situation_decides_which_limit_holds() -> None:
    guide = CATALOGUE.guides["fire-safety-check"]
    inspected, committed = limits_of(guide, {}), limits_of(guide, {"fire_route": "commitment"})
    assert inspected.legal is not None
    assert committed.legal is not None
    assert (inspected.legal.days, committed.legal.days) == (13, 1)


def test_what_the_office_leaves_out_is_counted_as_far_as_there_is_a_ground_for_it() -> None:
    case = case_of(("2026-11-02", S.SUBMITTED, "me"), ("2026-11-03", S.ACCEPTED, "office"))
    reviewed = OfficeStop(start=at("2026-11-05"), until=at("2026-11-12"), why="组织专家评审")
    idle = OfficeStop(start=at("2026-11-05"), until=at("2026-11-12"), why="经办人出差")
    for stops, due in (([], date(2026, 12, 1)), ([idle], date(2026, 12, 1)), ([reviewed], date(2026, 12, 8)), ([reviewed, reviewed], date(2026, 12, 8))):
        case.parts = [CasePart(status=S.ACCEPTED, received_at=at("2026-11-02"), stops=stops)]
        assert clocks(case, PERMIT, day(13))[ClockKind.LEGAL].reckoned.due == due


def test_a_citizen_who_submitted_in_english_is_the_same_citizen() -> None:
    case = case_of(("2026-11-09", S.SUBMITTED, "Applicant"), ("2026-11-10", S.SUBMITTED, "office"))
    stands = standing.of_case(case)[0]
    assert (stands.sent, stands.received) == (day(9), day(10))
