"""Which slot at the window: asked once the application is sent, and again whenever she wants another (改预约, 取消预约)."""

from __future__ import annotations

import re

from assistant.casework.bookings import choosing
from assistant.casework.bookings.client import WindowsAway, WindowsRefused
from assistant.casework.bookings.counter import Lost
from assistant.casework.bookings.model import Booking, Slot
from assistant.casework.bookings.words import when
from assistant.casework.fields import options
from assistant.casework.flow import handing
from assistant.casework.flow.asking import ask, reject
from assistant.casework.flow.handing import DAY, FIELD, LATER, OTHER, slot_ask
from assistant.casework.flow.talk import Booked, SlotWish, Talk
from assistant.casework.model import Case, CasePart
from assistant.foundation.messages import t
from knowledge.replies import AskError
from knowledge.schema import Option as GuideOption

_LEAD = r"(?:那|我|请|麻烦|帮我|帮忙|能不能|可以|想|要|需要|把|给我|[，, ])*"
_MINE = r"(?:我的|这个|那个|窗口的?|的)*"
_TAIL = r"(?:了|吧|吗|一下|时间|号|[，, ])*[。.！!？?]*"
_TOPIC = r"(?:预约|约号|约的(?:号|时间)|窗口预约)"
_CANCEL = re.compile(
    rf"{_LEAD}(?:取消|退掉?|撤销|不要){_MINE}{_TOPIC}{_TAIL}|{_LEAD}{_MINE}{_TOPIC}(?:取消|退掉?|不要){_TAIL}|"
    r"(?:please )?cancel (?:my |the )?(?:booking|appointment|slot)[.! ]*",
    re.I,
)
_MOVE = re.compile(
    rf"{_LEAD}(?:改|换|更改|修改|调整|变更|重新|改约|推迟|提前)(?:一下|个)?{_MINE}(?:{_TOPIC}){_TAIL}|"
    rf"{_LEAD}{_MINE}{_TOPIC}(?:改|换)(?:一下|个)?{_TAIL}|{_LEAD}改约{_TAIL}|"
    r"(?:please )?(?:change|move|reschedule) (?:my |the )?(?:booking|appointment|slot)[.! ]*",
    re.I,
)
_BOOK = re.compile(
    rf"{_LEAD}(?:预约|约)(?:一下|个|一个)?(?:窗口|时间|号|时段|交材料)*{_TAIL}|"
    r"(?:please )?book (?:a |the )?(?:slot|appointment)[.! ]*",
    re.I,
)
_LATER = re.compile(
    r"(?:先|暂时)?(?:不约|不预约|以后再?(?:约|说)|等[下会]再?约|算了|跳过|取消|不用)(?:了|吧)*[。.！! ]*|later[. ]*", re.I
)


def wanted(talk: Talk) -> bool:
    """Whether she wants a slot, another one, or none: in words that say nothing else, and where one is to be had."""
    if talk.tapped is not None or talk.attachments or (talk.asking is not None and talk.asking != FIELD):
        return False
    said = talk.text.strip()
    return any(words.fullmatch(said) for words in (_CANCEL, _MOVE, _BOOK)) and _which(talk) is not None


def serve(talk: Talk) -> None:
    """Do what ``wanted`` has seen."""
    found = _which(talk)
    assert found is not None
    case, part = found
    if case is not talk.case:
        talk.other_cases = [other for other in [talk.case, *talk.other_cases] if other is not None and other is not case]
        talk.case = case
    talk.status = "answered"
    if _CANCEL.fullmatch(talk.text.strip()):
        _cancel(talk, case, part)
    else:
        _offer(talk, part)


def first(talk: Talk) -> None:
    """Ask for a slot for the first part that wants one and has none."""
    case = talk.case
    part = next((part for part in case.parts if handing.wants_slot(part)), None) if case is not None else None
    if part is not None:
        _offer(talk, part)


def take(talk: Talk) -> None:
    """Read the turn as the slot she wants."""
    wish, case = talk.state.slot, talk.case
    part = _part(talk)
    if wish is None or case is None or part is None:
        ask(talk, None)
        talk.say(t("bookings.over"))
        talk.status = "answered"
        return
    picked = talk.tapped[0] if talk.tapped else _picked(talk)
    slot = next((slot for slot in wish.offered if slot.code == picked), None)
    if picked == LATER:
        leave(talk)
    elif slot is not None:
        _book(talk, case, part, slot)
    elif picked in (OTHER, DAY):
        _offer(talk, part, picked)
    else:
        _by_words(talk, case, part)


def plainly(talk: Talk) -> bool:
    """Whether the words are about a time and nothing else."""
    said = talk.text.strip()
    picked = options.ordinal(said, len((talk.state.ask.options if talk.state.ask else None) or []))
    return picked is not None or bool(_LATER.fullmatch(said)) or choosing.plainly(said, talk.now)


def _offer(talk: Talk, part: CasePart, more: str = "") -> None:
    """Put slots to her; ``more`` are others than those offered."""
    case, held = talk.case, part.handing
    assert case is not None and held is not None
    before = talk.state.slot if more else None
    try:
        free = talk.services.counter.free(held, talk.now)
    except WindowsAway:
        talk.state.slot = before or SlotWish(case_no=case.case_no, part=part.item)
        _away(talk)
        return
    if held.booking is not None:  # what she has is no other time
        free = [slot for slot in free if slot.code != held.booking.slot.code]
    offered = choosing.next_ones(free, before.offered, before.shown, other_day=more == DAY) if before else choosing.spread(free)
    if not offered and before is not None:
        talk.say(t("bookings.no_more"))
        offered = choosing.spread(free)
    _put(talk, part, offered, before if more == OTHER else None)


def _put(talk: Talk, part: CasePart, offered: list[Slot], before: SlotWish | None = None) -> None:
    case = talk.case
    assert case is not None
    talk.state.slot = SlotWish(
        case_no=case.case_no, part=part.item, offered=offered,
        shown=[*(before.shown if before else []), *(slot.code for slot in offered)],
    )  # fmt: skip
    if not offered:
        ask(talk, None)
        talk.notice("warning", t("bookings.none_free"))
        return
    held = part.handing
    ask(talk, slot_ask(offered, held.booking if held is not None else None, handing.brought(talk, part)))


def _by_words(talk: Talk, case: Case, part: CasePart) -> None:
    """下周三上午, 明天九点: the slot that is, or those to choose from."""
    assert part.handing is not None
    said = choosing.read(talk.text, talk.now)
    if said is None:
        reject(talk, "choice_unknown", t("bookings.how"))
        return
    try:
        free = talk.services.counter.free(part.handing, talk.now)
    except WindowsAway:
        _away(talk)
        return
    fitting = choosing.fitting(free, said)
    if said.exact and len(fitting) == 1:
        _book(talk, case, part, fitting[0])
        return
    if not fitting:
        talk.say(t("bookings.none_then"))
        fitting = choosing.nearest(free, said)
    _put(talk, part, choosing.spread(fitting))
    talk.status = "answered"


def _book(talk: Talk, case: Case, part: CasePart, slot: Slot) -> None:
    held = part.handing
    assert held is not None
    before = held.booking
    try:
        booking = talk.services.counter.book(case.case_no, part.item, held, slot)
    except WindowsAway:
        _away(talk)
        return
    except WindowsRefused:
        _taken(talk, part, "taken" if before is None else "taken_kept")
        return
    except Lost:
        if before is not None:
            talk.slots.append(Booked(case.case_no, held.office, part.item, before, kept=False, told=True))
        _holds(case, part, None)
        talk.note("case.slot_lost", part=part.item)
        _taken(talk, part, "taken_lost")
        return
    _holds(case, part, booking)
    held.booked += 1
    talk.slots.append(Booked(case.case_no, held.office, part.item, booking))
    talk.note("case.slot_booked", part=part.item, slot=booking.slot.code)
    if booking.slot.code != slot.code:
        _taken(talk, part, "taken_kept")
        return
    talk.state.slot = None
    ask(talk, None)
    talk.status = "answered"
    talk.say(t("bookings.booked", time=when(booking.slot), place=booking.place.name, address=booking.place.address))
    handing.tell(talk, case, part)
    first(talk)


def _taken(talk: Talk, part: CasePart, key: str) -> None:
    """Somebody was quicker: say what holds now, and offer what is left."""
    message = t(f"bookings.{key}")
    talk.notice("warning", message)
    _offer(talk, part)
    if talk.state.ask is not None and talk.state.ask.field == FIELD:
        talk.state.ask = talk.state.ask.model_copy(update={"error": AskError(code="slot_taken", message=message)})
    talk.status = "rejected_answer"


def _away(talk: Talk) -> None:
    """The office's booking is down: nothing is lost, the question stays."""
    wish = talk.state.slot
    message = t("bookings.away")
    talk.notice("error", message)
    part = _part(talk)
    booking = part.handing.booking if part is not None and part.handing is not None else None
    question = slot_ask(wish.offered if wish else [], booking, handing.brought(talk, part))
    ask(talk, question.model_copy(update={"error": AskError(code="office_away", message=message)}))
    talk.status = "submitted" if talk.submit else "error_far_side"


def _cancel(talk: Talk, case: Case, part: CasePart) -> None:
    held = part.handing
    assert held is not None
    ask(talk, None)
    talk.state.slot = None
    booking = held.booking
    if booking is None:
        talk.say(t("bookings.nothing_booked"))
        return
    told = True
    try:
        talk.services.counter.cancel(held)
    except WindowsAway:
        told = False
    except WindowsRefused:
        talk.say(t("bookings.too_late"))
        return
    talk.slots.append(Booked(case.case_no, held.office, part.item, booking, kept=False, told=told))
    talk.note("case.slot_cancelled", part=part.item, slot=booking.slot.code)
    _holds(case, part, None)
    if held.way == "originals":
        key = "cancelled_originals" if told else "cancelled_later_originals"
    else:
        key = "cancelled" if told else "cancelled_later"
    talk.say(t(f"bookings.{key}", time=when(booking.slot)))


def give_back(talk: Talk, case: Case, part: CasePart) -> None:
    """The slot is not wanted for this part: the office is told after the turn, unless she comes for another all the same."""
    held = part.handing
    if held is None or held.booking is None:
        return
    booking, held.booking = held.booking, None
    if not any(booking == other.handing.booking for other in _same_visit(case, part) if other.handing is not None):
        talk.slots.append(Booked(case.case_no, held.office, part.item, booking, kept=False, told=False))
        talk.note("case.slot_cancelled", part=part.item, slot=booking.slot.code)


def _holds(case: Case, part: CasePart, booking: Booking | None) -> None:
    """What is booked for a part from now on, and for every other whose papers she brings to the same windows: she comes once."""
    for one in (part, *_same_visit(case, part)):
        if one.handing is not None:
            one.handing.booking = booking


def _same_visit(case: Case, part: CasePart) -> list[CasePart]:
    """The other parts whose papers go where this one's go. An office has one slot at a window for a case."""
    held = part.handing
    return [
        other for other in case.parts
        if other is not part and held is not None and other.handing is not None and handing.by_slot(other)
        and (other.handing.way, other.handing.office, other.handing.department) == (held.way, held.office, held.department)
    ]  # fmt: skip


def leave(talk: Talk) -> None:
    """Not now: she may say 预约 at any time."""
    part = _part(talk)
    ask(talk, None)
    talk.state.slot = None
    talk.status = "answered"
    kept: Booking | None = part.handing.booking if part is not None and part.handing is not None else None
    not_yet = "not_yet_originals" if handing.brought(talk, part) else "not_yet"
    talk.say(t("bookings.kept", time=when(kept.slot)) if kept else t(f"bookings.{not_yet}"))


def _picked(talk: Talk) -> str | None:
    said = talk.text.strip()
    if _LATER.fullmatch(said):
        return LATER
    if choosing.plainly(said, talk.now):
        return None  # 13号 is a day, and no number of an option
    pending = talk.state.ask
    choices = [GuideOption(value=o.value, label=o.label) for o in (pending.options or [])] if pending else []
    found = options.match_option(said, choices)
    return found.value if found is not None else None


def _which(talk: Talk) -> tuple[Case, CasePart] | None:
    """The case and part she means: the one in hand, else the latest whose papers are awaited."""
    cases = [case for case in [talk.case, *talk.other_cases] if case is not None]
    waiting = [(case, part) for case in cases for part in case.parts if handing.by_slot(part)]
    if _BOOK.fullmatch(talk.text.strip()):  # one more is wanted, not another for what is booked
        waiting.sort(key=lambda pair: not handing.wants_slot(pair[1]))
    asked = [pair for pair in waiting if talk.state.slot is not None and pair[1].item == talk.state.slot.part]
    return next(iter(asked or waiting), None)


def _part(talk: Talk) -> CasePart | None:
    wish, case = talk.state.slot, talk.case
    if wish is None or case is None or case.case_no != wish.case_no:
        return None
    return next((part for part in case.parts if part.item == wish.part and handing.by_slot(part)), None)
