"""The slot at the window: offered once the application is sent, booked with one tap, moved and cancelled by saying so."""

from __future__ import annotations

from datetime import datetime

import pytest

from assistant.casework.bookings.counter import Counter
from assistant.casework.bookings.model import Handing, Place
from assistant.casework.flow import answering, slots, withdrawing
from assistant.casework.flow.talk import Talk
from assistant.casework.model import Case, CaseStatus, MaterialState
from assistant.casework.progress.build import progress
from assistant.foundation.clock import SHANGHAI
from tests.unit.casework.bookings.support import Hall
from tests.unit.casework.flow.support import NOW, Conversation, small_guide
from tests.unit.casework.flow.test_flow import filled, said, take
from tests.unit.casework.flow.test_wanting import PHONE, corrected, go_on

NINE, HALF_NINE, ONE = "hall.20261111.0900", "hall.20261111.0930", "hall.20261111.1330"


def at_window(conv: Conversation | None = None, now: datetime = NOW, way: str = "window") -> tuple[Conversation, Hall, Talk]:
    """A case just sent whose papers go to a window (or by post); the hall, and the turn it was sent in."""
    conv, hall = conv or filled(), Hall(now)
    place = Place(name="示例局", address="示例路1号", postcode="200000") if way == "post" else None
    conv.world.counter = Counter({"HALL": hall})
    conv.world.handing = Handing.model_validate({"way": way, "office": "HALL", "place": place})
    take(conv, "确认")
    assert conv.asking == "submit"
    talk = take(conv, "提交")
    return conv, hall, talk


def options(conv: Conversation) -> list[str]:
    assert conv.state.ask is not None
    return [option.value for option in conv.state.ask.options or []]


def case_of(conv: Conversation) -> Case:
    assert conv.case is not None
    return conv.case


def booked(conv: Conversation) -> str | None:
    held = case_of(conv).parts[0].handing
    return held.booking.slot.code if held is not None and held.booking is not None else None


def tap(conv: Conversation, value: str) -> Talk:
    talk = conv.talk(tapped=[value])
    answering.take(talk)
    return conv.done(talk)


def say(conv: Conversation, text: str) -> Talk:
    talk = conv.talk(text)
    assert slots.wanted(talk)
    slots.serve(talk)
    return conv.done(talk)


def test_it_is_submitted_at_once_and_said_not_to_be_handed_in() -> None:
    conv, _hall, talk = at_window()
    assert talk.status == "submitted" and case_of(conv).status is CaseStatus.SUBMITTED
    assert talk.submit, "the package goes ahead"
    assert "还没有交件" in said(talk) and "已提交" not in said(talk)
    assert conv.asking == "slot" and conv.state.ask is not None and conv.state.ask.kind == "choice"
    # Two of this afternoon: the morning's first free ones and the afternoon's, with other times and none for now.
    assert options(conv) == [
        "hall.20261110.1030", "hall.20261110.1100", "hall.20261110.1330", "hall.20261110.1400", "other_time", "other_day", "later",
    ]  # fmt: skip


def test_one_tap_books_and_the_receipt_says_what_to_bring_where_and_when() -> None:
    conv, hall, _ = at_window()
    tap(conv, "other_day")
    talk = tap(conv, NINE)
    assert hall.booked() == [NINE] == [booked(conv)] and conv.asking is None
    text = said(talk)
    assert "11月11日（周三）上午9:00" in text and "示例路1号" in text and "还没有交件" in text
    card = next(reply for reply in talk.replies if reply.kind == "card")
    assert {row.label for row in card.rows} >= {"时间", "窗口", "地址", "办件编号", "预约号"}
    sheet = next(reply for reply in talk.replies if reply.kind == "file")
    assert sheet.url.endswith("/handing-sheet")
    assert [(slot.booking.slot.code, slot.kept) for slot in talk.slots] == [(NINE, True)]


def test_a_second_tap_books_nothing_more() -> None:
    conv, hall, _ = at_window()
    tap(conv, "other_day")
    before = conv.state.ask
    tap(conv, NINE)
    conv.state.ask = before
    tap(conv, NINE)
    assert hall.booked() == [NINE] and len(hall.keys) == 1


def test_a_turn_that_was_never_saved_books_the_same_again() -> None:
    conv, hall, _ = at_window()
    tap(conv, "other_day")
    state, held = conv.state.model_copy(deep=True), case_of(conv).model_copy(deep=True)
    tap(conv, NINE)
    conv.state, conv.case = state.model_copy(deep=True), held.model_copy(deep=True)
    tap(conv, NINE)
    assert hall.booked() == [NINE] and len(hall.keys) == 1
    conv.state, conv.case = state, held
    tap(conv, HALF_NINE)
    assert hall.booked() == [HALF_NINE], "the one nobody remembers does not stay beside it"


def test_other_times_of_the_day_come_first_then_the_next_day() -> None:
    conv, _, _ = at_window()
    tap(conv, "other_time")
    assert options(conv)[:4] == [f"hall.20261110.{at}" for at in ("1430", "1500", "1530", "1600")]
    tap(conv, "other_time")
    assert options(conv)[:4] == [NINE, HALF_NINE, ONE, "hall.20261111.1400"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("明天上午九点半", HALF_NINE), ("后天下午2点", "hall.20261112.1400"), ("13号10:30", "hall.20261113.1030"),
        ("下周三上午9点", "hall.20261118.0900"), ("周五下午三点", "hall.20261113.1500"), ("tomorrow at 9:30", HALF_NINE),
    ],
)  # fmt: skip
def test_a_time_in_words(text: str, code: str) -> None:
    conv, _, _ = at_window()
    talk = conv.talk(text)
    assert answering.plainly(talk)
    take(conv, text)
    assert booked(conv) == code


def test_a_day_or_half_of_one_is_narrowed_and_a_day_off_says_so() -> None:
    conv, _, _ = at_window()
    take(conv, "下周一下午")
    assert options(conv)[:4] == [f"hall.20261116.{at}" for at in ("1330", "1400", "1430", "1500")]
    talk = take(conv, "星期天")
    assert "没有空位" in said(talk) and options(conv)[0] == "hall.20261116.0900"
    assert take(conv, "看心情").status == "rejected_answer" and conv.asking == "slot"


def test_after_hours_and_over_a_holiday_the_next_working_day_is_offered() -> None:
    conv, _, _ = at_window(now=datetime(2026, 11, 10, 10, 0, tzinfo=SHANGHAI))
    evening = Hall(datetime(2026, 9, 30, 21, 0, tzinfo=SHANGHAI))
    conv.world.counter = Counter({"HALL": evening})
    talk = conv.talk("改预约")
    talk.now = evening.now
    slots.serve(talk)
    conv.done(talk)
    assert options(conv)[0] == "hall.20261008.0900", "the first to the seventh of October are a holiday"


def test_later_leaves_it_open_and_saying_so_books_then() -> None:
    conv, hall, _ = at_window()
    assert "不算收件" in said(take(conv, "以后再约")) and conv.asking is None and hall.booked() == []
    say(conv, "我要预约")
    assert conv.asking == "slot"


def test_it_is_moved_by_saying_so() -> None:
    conv, hall, _ = at_window()
    take(conv, "明天9点")
    talk = say(conv, "改预约")
    assert "11月11日" in said(talk)
    take(conv, "13号下午两点")
    assert hall.booked() == ["hall.20261113.1400"] == [booked(conv)]
    say(conv, "帮我改一下预约时间")
    take(conv, "明天9点")
    assert hall.booked() == [NINE] == [booked(conv)]


def test_what_was_booked_stays_when_the_new_one_is_gone() -> None:
    conv, hall, _ = at_window()
    take(conv, "明天9点")
    say(conv, "改预约")
    tap(conv, "other_day")
    hall.taken.add(HALF_NINE)
    talk = tap(conv, HALF_NINE)
    assert hall.booked() == [NINE] == [booked(conv)]
    assert "原来约的还在" in said(talk) and talk.status == "rejected_answer" and conv.asking == "slot"


def test_a_slot_taken_meanwhile_is_said_and_others_are_offered() -> None:
    conv, hall, _ = at_window()
    tap(conv, "other_day")
    hall.taken.add(NINE)
    talk = tap(conv, NINE)
    assert "被别人约走" in said(talk) and conv.state.ask is not None and conv.state.ask.error is not None
    assert booked(conv) is None and NINE not in options(conv)


def test_it_is_cancelled_by_saying_so() -> None:
    conv, hall, _ = at_window()
    take(conv, "明天9点")
    talk = say(conv, "取消预约")
    assert hall.booked() == [] and booked(conv) is None and "已经取消" in said(talk)
    assert [(slot.kept, slot.told) for slot in talk.slots] == [(False, True)]
    assert case_of(conv).status is CaseStatus.SUBMITTED
    assert "没有预约" in said(say(conv, "取消预约"))


def test_the_booking_being_down_loses_nothing() -> None:
    conv, hall, _ = at_window()
    tap(conv, "other_day")
    hall.down = True
    talk = tap(conv, NINE)
    assert talk.status == "error_far_side" and "不会丢" in said(talk)
    assert conv.asking == "slot" and NINE in options(conv)
    hall.down = False
    tap(conv, NINE)
    assert hall.booked() == [NINE]
    hall.down = True
    talk = say(conv, "取消预约")
    assert "自动退掉" in said(talk) and [(slot.kept, slot.told) for slot in talk.slots] == [(False, False)]


def test_down_from_the_start_it_is_submitted_all_the_same() -> None:
    conv = filled()
    conv.world.counter = Counter({})  # the office is no longer in the file: nobody answers
    conv.world.handing = Handing(way="window", office="HALL")
    take(conv, "确认")
    talk = take(conv, "提交")
    assert talk.status == "submitted" and talk.submit and options(conv) == ["other_day", "later"]
    conv.world.counter = Counter({"HALL": Hall(NOW)})
    take(conv, "再查一次")
    assert options(conv)[0] == "hall.20261110.1030"


def test_an_answer_that_got_lost_is_found_again() -> None:
    conv, hall, _ = at_window()
    tap(conv, "other_day")
    hall.lost = 1
    assert tap(conv, NINE).status == "error_far_side"
    tap(conv, NINE)
    assert hall.booked() == [NINE] == [booked(conv)] and len(hall.keys) == 1


def test_taking_the_case_back_gives_the_slot_back() -> None:
    conv, _, _ = at_window()
    take(conv, "明天9点")
    talk = conv.talk("我要撤回")
    withdrawing.offer(talk)
    conv.done(talk)
    talk = take(conv, "撤回")
    assert [(slot.booking.slot.code, slot.kept, slot.told) for slot in talk.slots] == [(NINE, False, False)]
    assert not slots.wanted(conv.talk("改预约"))


def two_parts() -> tuple[Conversation, Hall]:
    """A case of two parts, both brought to the same windows."""
    conv, hall, _ = at_window()
    [part] = case_of(conv).parts
    case_of(conv).parts.append(part.model_copy(deep=True, update={"item": "second", "name": "第二项"}))
    return conv, hall


def both(conv: Conversation) -> list[str | None]:
    return [part.handing.booking.slot.code if part.handing and part.handing.booking else None for part in case_of(conv).parts]


def test_papers_of_two_parts_for_the_same_windows_are_one_visit() -> None:
    conv, hall = two_parts()
    take(conv, "明天9点")
    assert both(conv) == [NINE, NINE] and conv.asking is None, "she is not asked for a second slot"
    say(conv, "改预约")
    take(conv, "明天9点半")
    assert both(conv) == [HALF_NINE, HALF_NINE] and hall.booked() == [HALF_NINE]
    say(conv, "取消预约")
    assert both(conv) == [None, None] and not hall.held


def test_who_takes_one_of_two_parts_back_still_comes_for_the_other() -> None:
    conv, _ = two_parts()
    take(conv, "明天9点")
    talk, case = conv.talk("我要撤回"), case_of(conv)
    slots.give_back(talk, case, case.parts[0])
    assert both(conv) == [None, NINE] and talk.slots == []
    slots.give_back(talk, case, case.parts[1])
    assert both(conv) == [None, None] and [(one.booking.slot.code, one.kept) for one in talk.slots] == [(NINE, False)]


def test_what_was_corrected_goes_the_same_way_with_a_slot_of_its_own() -> None:
    conv, hall, _ = at_window()
    take(conv, "明天9点")
    [part] = case_of(conv).parts
    assert part.handing is not None
    part.handing.received_at, part.office_ref = NOW, "HALL:SJ1"
    assert not slots.wanted(conv.talk("改预约")), "nothing more is to be brought"
    hall.now = datetime(2026, 11, 12, 10, 0, tzinfo=SHANGHAI)
    corrected(conv, PHONE)
    go_on(conv)
    take(conv, "13900139000")
    take(conv, "确认")
    talk = take(conv, "提交")
    assert talk.status == "submitted" and "还没有交件" in said(talk) and conv.asking == "slot"
    assert case_of(conv).parts[0].handing is not None and booked(conv) is None
    take(conv, "13号9点")
    assert booked(conv) == "hall.20261113.0900" and NINE in hall.booked(), "what is over stays as it was"


def test_by_post_there_is_an_address_and_no_slot() -> None:
    conv, _, talk = at_window(way="post")
    assert conv.asking is None and talk.status == "submitted"
    card = next(reply for reply in talk.replies if reply.kind == "card" and "寄送" in reply.title)
    assert "还没有交件" in card.text and "信封" in card.text and any("200000" in row.value for row in card.rows)


@pytest.mark.parametrize("text", ["改预约", "取消预约", "把我的预约取消了吧", "重新预约", "换个预约时间", "我要预约", "约个时间", "cancel my booking"])
def test_the_words_for_it(text: str) -> None:
    conv, _, _ = at_window()
    take(conv, "以后再约")
    assert slots.wanted(conv.talk(text))
    conv.case = None
    assert not slots.wanted(conv.talk(text)), "only where there is something to be booked"


@pytest.mark.parametrize("text", ["结婚登记要预约吗", "预约挂号怎么办", "取消", "改电话"])
def test_other_words(text: str) -> None:
    conv, _, _ = at_window()
    assert not slots.wanted(conv.talk(text))


def online(*, bring: bool = True) -> tuple[Conversation, Hall, Talk]:
    """A case handed in online, at an office with slots for those who bring originals."""
    conv = filled()
    if bring:
        case_of(conv).materials["lease"] = MaterialState(status="bring")
    return at_window(conv, way="originals")


def test_handed_in_online_originals_get_a_slot_and_hold_up_nothing() -> None:
    conv, hall, talk = online()
    [part] = case_of(conv).parts
    assert talk.status == "submitted" and "已提交" in said(talk) and "还没有交件" not in said(talk)
    assert part.handing is not None and not part.handing.awaited, "its clocks begin as without originals"
    assert conv.asking == "slot" and conv.state.ask is not None and "租赁合同" in conv.state.ask.label
    tap(conv, "other_day")
    talk = tap(conv, NINE)
    assert hall.booked() == [NINE] == [booked(conv)]
    card = next(reply for reply in talk.replies if reply.kind == "card")
    assert ("要带的原件", "租赁合同") in [(row.label, row.value) for row in card.rows] and "不用打印" in card.text
    assert not [reply for reply in talk.replies if reply.kind == "file"], "there is nothing to print"
    assert "11月11日（周三）上午9:00" in progress(case_of(conv), small_guide(), NOW).todo[0]
    part.status = CaseStatus.ACCEPTED
    assert "照常办理" in said(say(conv, "取消预约")) and booked(conv) is None
    assert "预约" in progress(case_of(conv), small_guide(), NOW).todo[0]
    say(conv, "我要预约")
    assert conv.asking == "slot"
    assert "还是要带到窗口" in said(take(conv, "以后再约"))
    part.status = CaseStatus.APPROVED
    assert not slots.wanted(conv.talk("我要预约")), "it is decided"


def test_without_originals_there_is_nothing_to_book() -> None:
    conv, _, talk = online(bring=False)
    assert talk.status == "submitted" and conv.asking != "slot" and case_of(conv).parts[0].handing is None


def test_the_slot_she_has_is_not_offered_as_another() -> None:
    conv, _, _ = at_window()
    tap(conv, first := options(conv)[0])
    say(conv, "改预约")
    assert conv.asking == "slot" and first not in options(conv)


def test_a_slot_that_begins_in_a_few_minutes_is_no_offer() -> None:
    conv, _, _ = at_window(now=datetime(2026, 11, 10, 10, 0, tzinfo=SHANGHAI))
    assert options(conv)[0] == "hall.20261110.1030"
    soon = conv.world.counter.free(Handing(way="window", office="HALL"), datetime(2026, 11, 10, 10, 1, tzinfo=SHANGHAI))
    assert soon[0].code == "hall.20261110.1100"
