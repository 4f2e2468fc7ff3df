"""Reminders: once each, in good time, made up for after a standstill, and only of what is still so."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from assistant.casework.model import CaseStatus
from assistant.casework.notices.reminders import Booking, Reminders, nearness
from assistant.casework.notices.watching import LicenceSource, PolicySource
from assistant.casework.notices.wishes import NoticeWishes
from assistant.casework.prefill.records import Enterprise, FarSideUnavailable, Licence, Person
from assistant.foundation.clock import SHANGHAI
from knowledge import policy
from tests.unit.casework.notices.support import CASE_NO, MAIL, NOW, PHONE, World

USCC = "91310115MA1K3TL06A"
NAMES = {"food-permit-renewal": "食品经营许可延续", "maternity-allowance": "生育津贴申领"}


class Register:
    """Licences in memory."""

    def __init__(self) -> None:
        self.held: list[Licence] = []
        self.asked: list[str] = []
        self.down = False

    def licences(self, *, holder: str) -> list[Licence]:
        self.asked.append(holder)
        if self.down:
            raise FarSideUnavailable("timeout")
        return self.held

    def enterprise(self, *, uscc: str | None = None, name: str | None = None) -> Enterprise | None:
        raise AssertionError("nobody is looked up anew")

    def person(self, *, id_number: str, name: str) -> Person | None:
        raise AssertionError("nobody is looked up anew")

    def conduct(self, **_asked: Any) -> Any:
        raise AssertionError("nobody is looked up anew")


def days(world: World, reminders: Reminders, count: int) -> None:
    """So many days, looked into every six hours."""
    for _ in range(count * 4):
        reminders.run()
        world.rounds()
        world.clock.advance(timedelta(hours=6))


def told(world: World) -> list[str]:
    return [str(one["text"]) for one in world.said()]


def correction(due: date) -> dict[str, Any]:
    asked = {"text": "缺一页", "due": due, "asked_at": NOW - timedelta(days=1)}
    return {"status": CaseStatus.CORRECTION_NEEDED, "parts": [{"status": "correction_needed", "correction": asked}]}


@pytest.mark.parametrize(
    ("today", "due", "near"),
    [
        (date(2025, 11, 21), date(2025, 11, 28), None),  # Friday: five working days left
        (date(2025, 11, 25), date(2025, 11, 28), 3),
        (date(2025, 11, 27), date(2025, 11, 28), 1),
        (date(2025, 11, 28), date(2025, 11, 28), 1),
        (date(2025, 11, 29), date(2025, 11, 28), None),
        (date(2025, 9, 30), date(2025, 10, 9), 1),  # the holidays between are no working days
    ],
)
def test_how_near_it_is_counts_in_working_days(today: date, due: date, near: int | None) -> None:
    assert nearness(today, due) == near


def test_a_correction_is_reminded_of_twice_and_once_when_its_day_has_passed(world: World) -> None:
    world.case(**correction(date(2025, 11, 28)))
    days(world, Reminders(world.db, world.planner, world.clock), 8)
    assert len(told(world)) == 2 and all("2025年11月28日前补正" in text for text in told(world))
    days(world, Reminders(world.db, world.planner, world.clock), 10)
    *_, late = told(world)
    assert len(told(world)) == 3 and "这一天已经过了" in late and "由受理部门决定" in late
    assert len(world.sms.arrived) == len(world.mail.arrived) == 3
    assert all("示例变更登记" not in text for text in world.sms.texts())


def test_after_a_standstill_the_nearer_one_is_told_alone(world: World) -> None:
    world.case(**correction(date(2025, 11, 28)))
    world.clock.advance(timedelta(days=6))
    days(world, Reminders(world.db, world.planner, world.clock), 2)
    assert len(told(world)) == 1


def test_what_has_been_corrected_is_not_reminded_of(world: World) -> None:
    world.case(**correction(date(2025, 11, 26)))
    reminders = Reminders(world.db, world.planner, world.clock)
    reminders.run()  # planned at nine, not yet sent
    world.change(lambda case: case.move(CaseStatus.SUBMITTED))
    world.rounds()
    assert not told(world) and not world.sms.arrived


def test_a_promised_paper_that_is_due(world: World) -> None:
    promised = {"lease": {"status": "tolerated", "due": date(2025, 11, 26)}, "photo": {"status": "uploaded"}}
    world.case(status=CaseStatus.APPROVED, materials=promised)
    days(world, Reminders(world.db, world.planner, world.clock), 5)
    assert len(told(world)) == 2 and "2025年11月26日前交" in told(world)[0]


def test_nothing_is_planned_before_eight(world: World) -> None:
    world.case(**correction(date(2025, 11, 25)))
    world.clock.advance(timedelta(hours=-9) + timedelta(days=1))  # midnight
    assert Reminders(world.db, world.planner, world.clock).run() == 0
    world.clock.advance(timedelta(hours=8))
    assert Reminders(world.db, world.planner, world.clock).run() == 1


def test_tomorrows_slot(world: World) -> None:
    world.case()
    starts = datetime(2025, 11, 22, 9, 30, tzinfo=SHANGHAI)

    def bookings(day: date) -> list[Booking]:
        return [Booking(CASE_NO, starts, "示例窗口"), Booking("BD-UNKNOWN", starts, "示例窗口")] if day == starts.date() else []

    days(world, Reminders(world.db, world.planner, world.clock, bookings=bookings), 2)
    assert told(world) == ["提醒：2025年11月22日 09:30，您约了示例窗口。请带上要交的材料和要带的原件，有交件单的放在最上面。要改时间说“改预约”，去不了说“取消预约”。"]
    assert "09:30" in world.sms.texts()[0]


def watched(world: World, **wishes: Any) -> None:
    agreed = NoticeWishes(channels=["sms"], addresses={"sms": PHONE, "email": MAIL}, at=NOW, **wishes)
    world.case(wishes=agreed, consent={"given": True, "at": NOW, "confirmed": [USCC]})


def licence(expires: date, **more: Any) -> Licence:
    given = {"kind": "food_permit", "name": "食品经营许可证", "number": "JY13101150000001", "holder": USCC, "expires": expires}
    return Licence.model_validate(given | more)


def looking(world: World, register: Register) -> Reminders:
    source = LicenceSource(register, policy.load().renewals, NAMES.get)
    return Reminders(world.db, world.planner, world.clock, [source])


def test_a_licence_that_ends_is_told_at_90_30_and_7_days_with_its_renewal_one_tap_away(world: World) -> None:
    watched(world, watch=True)
    register = Register()
    register.held = [licence(NOW.date() + timedelta(days=95)), licence(date(2030, 1, 1), number="other")]
    days(world, looking(world, register), 100)
    cards = [one["replies"][0] for one in world.said()]
    assert len(cards) == 3 and all("食品经营许可证2026年2月24日到期" in card["text"] for card in cards)
    assert cards[0]["actions"] == [{"label": "现在续办", "message": "我要办食品经营许可延续"}]
    assert len(world.sms.arrived) == 3
    assert all("食品" not in text and "JY1310" not in text and USCC not in text for text in world.sms.texts())


def test_of_two_cases_about_the_same_licence_one_reminds(world: World) -> None:
    watched(world, watch=True)
    agreed = NoticeWishes(watch=True, at=NOW)
    world.case("BD20251121ABCD9999", wishes=agreed, consent={"given": True, "at": NOW, "confirmed": [USCC]})
    register = Register()
    register.held = [licence(NOW.date() + timedelta(days=20))]
    days(world, looking(world, register), 2)
    assert len(world.said()) == 1


@pytest.mark.parametrize("agreed", [{"watch": False}, {"watch": False, "policies": True}])
def test_nobody_is_looked_up_without_her_consent(world: World, agreed: dict[str, bool]) -> None:
    watched(world, **agreed)
    register = Register()
    days(world, looking(world, register), 2)
    assert register.asked == []


def test_consent_taken_back_in_the_case_ends_it_too(world: World) -> None:
    watched(world, watch=True)
    world.change(lambda case: setattr(case.consent, "given", False))
    register = Register()
    days(world, looking(world, register), 2)
    assert register.asked == []


def test_a_register_that_is_away_stops_nothing_else(world: World) -> None:
    watched(world, watch=True)
    register = Register()
    register.down, register.held = True, [licence(NOW.date() + timedelta(days=20))]
    starts = datetime(2025, 11, 22, 9, 30, tzinfo=SHANGHAI)
    reminders = looking(world, register)
    reminders.bookings = lambda day: [Booking(CASE_NO, starts, "示例窗口")] if day == starts.date() else []
    days(world, reminders, 1)
    assert len(told(world)) == 1 and "示例窗口" in told(world)[0]
    register.down = False
    days(world, reminders, 1)
    assert len(world.said()) == 2, "the licence is told the next day"


def test_a_licence_that_is_over_or_lost_is_no_longer_expiring(world: World) -> None:
    watched(world, watch=True)
    register = Register()
    register.held = [licence(NOW.date() - timedelta(days=1)), licence(NOW.date() + timedelta(days=5), status="lost")]
    days(world, looking(world, register), 2)
    assert not world.said()


def test_a_policy_that_fits_is_told_once_with_its_source(world: World) -> None:
    world.case(wishes=NoticeWishes(policies=True, at=NOW), guide_code="newborn")
    world.case("BD20251121ABCD9999", wishes=NoticeWishes(policies=True, at=NOW), guide_code="passport")
    reminders = Reminders(world.db, world.planner, world.clock, [PolicySource(world.db, policy.load().policies, NAMES.get)])
    days(world, reminders, 5)
    (card,) = [one["replies"][0] for one in world.said()]
    assert "社会保险法第五十四条、第五十六条" in card["text"] and card["actions"][0]["message"] == "我要办生育津贴申领"


def test_a_policy_waits_for_what_it_needs_and_can_be_refused_for_good(world: World) -> None:
    world.case(wishes=NoticeWishes(policies=True, at=NOW), guide_code="residence-permit")
    reminders = Reminders(world.db, world.planner, world.clock, [PolicySource(world.db, policy.load().policies, NAMES.get)])
    days(world, reminders, 2)
    assert not world.said(), "not granted yet"
    world.change(lambda case: setattr(case, "status", CaseStatus.DELIVERED))
    world.change(lambda case: setattr(case, "notices", NoticeWishes(at=NOW)))
    days(world, reminders, 2)
    assert not world.said(), "she wants none"
    world.change(lambda case: setattr(case, "notices", NoticeWishes(policies=True, at=NOW)))
    days(world, reminders, 2)
    assert len(world.said()) == 1 and "义务教育" in str(world.said()[0]["text"])
