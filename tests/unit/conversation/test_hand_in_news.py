"""A part that waited for others is sent while nobody is talking: what is to be brought or posted is at hand in one tap then."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assistant.casework import repository
from assistant.casework.bookings.model import Booking, Handing, Place, Slot
from assistant.casework.flow import handing, slots
from assistant.casework.model import Case, CasePart, CaseStatus
from assistant.conversation import repository as conversations
from assistant.conversation.far_side import CaseSink
from tests.unit.casework.flow.support import Conversation
from tests.unit.casework.submission import support
from tests.unit.casework.submission.support import NOW

PLACE = Place(name="示例局收件处", address="示例路2号", postcode="200000")
SLOT = Slot(code="hall.1", window="hall", starts=NOW, ends=NOW)


def parted(way: str, after: list[str]) -> Case:
    """A 一件事 whose second part goes to the office now; the first has a slot of its own."""
    there = Handing(way="window", office="HALL", booking=Booking(booking_no="Y1", slot=SLOT, place=PLACE))
    wanted = Handing.model_validate({"way": way, "office": "HALL", "place": PLACE if way == "post" else None})
    first = CasePart(item="premises", name="场地", status=CaseStatus.SUBMITTED, handing=there, office_ref="SJ1")
    second = CasePart(item="licence", name="许可", status=CaseStatus.SUBMITTED, after=after, handing=wanted)
    case = Case(case_no="BD-PARTED", guide_code="address", guide_name="示例一件事", guide_version="1", created_at=NOW, updated_at=NOW)
    case.status, case.parts = CaseStatus.SUBMITTED, [first, second]
    return case


def said(folder: Path, case: Case, locale: str = "zh-CN") -> list[dict[str, Any]]:
    """The messages in the conversation once the office knows of the second part."""
    db = support.open_database(folder)
    support.add_case(db, "BD-HOLDER")
    with db.write() as conn:
        repository.save(conn, case, "c-BD-HOLDER", NOW)
        conn.exec_driver_sql(f"UPDATE conversation SET locale = '{locale}'")
    CaseSink(db, support.clock()).sent(case.case_no, "licence", 1, "SJ2", NOW, lambda _conn: True)
    with db.read() as conn:
        found = [event.data for event in conversations.events_after(conn, "c-BD-HOLDER", 0) if event.kind == "message"]
    db.dispose()
    return found


@pytest.mark.parametrize(("locale", "words"), [("zh-CN", "“许可”轮到了"), ("en", "It is the turn of")])
def test_a_slot_is_one_tap_away(tmp_path: Path, locale: str, words: str) -> None:
    (message,) = said(tmp_path, parted("window", ["premises"]), locale)
    (card,) = message["replies"]
    assert words in card["text"]
    conv = Conversation(case=parted("window", ["premises"]))
    talk = conv.talk(card["actions"][0]["message"])
    assert slots.wanted(talk)
    slots.serve(talk)
    assert talk.state.slot is not None and talk.state.slot.part == "licence", "not the one that is booked"


def test_originals_of_what_goes_online_get_a_slot_with_one_tap(tmp_path: Path) -> None:
    (message,) = said(tmp_path, parted("originals", ["premises"]))
    (card,) = message["replies"]
    assert "已经在网上交了" in card["text"] and card["actions"][0]["message"] == "预约"


def test_by_post_it_says_where_to(tmp_path: Path) -> None:
    (message,) = said(tmp_path, parted("post", ["premises"]))
    card, sheet = message["replies"]
    assert "示例路2号 200000" in [row["value"] for row in card["rows"]] and sheet["url"].endswith("handing-sheet?part=licence")


def test_what_was_sent_in_her_own_turn_was_asked_there(tmp_path: Path) -> None:
    case = parted("window", [])
    assert said(tmp_path, case) == [] and handing.wants_slot(case.parts[1])
