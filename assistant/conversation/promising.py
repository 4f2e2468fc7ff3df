"""Calls and appointments with staff, agreed on in the conversation: the number, the time, her consent; the desk keeps them."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from sqlalchemy import Connection

from assistant.casework.bookings import choosing
from assistant.casework.bookings.model import Slot
from assistant.casework.bookings.words import when
from assistant.casework.fields import options
from assistant.casework.fields.identifiers import parse_phone
from assistant.casework.fields.result import Accepted, Rejected
from assistant.casework.flow.asking import ask, reject, repeat_question
from assistant.casework.flow.talk import AuditNote, PersonWish, Talk
from assistant.conversation import language, promise_words, repository
from assistant.conversation.needs import Promise, Promises
from assistant.foundation.clock import SHANGHAI
from assistant.foundation.masking import mask_value
from assistant.foundation.messages import t
from knowledge.replies import Ask, AskError, Option
from knowledge.schema import Option as GuideOption

if TYPE_CHECKING:
    from assistant.conversation.turn import Turn, TurnRunner

NUMBER, SLOT = "callback_number", "staff_slot"
KNOWN, OTHER, DAY, LEAVE = "known", "other_time", "other_day", "leave"
_DIGITS = re.compile(r"[\d零一二三四五六七八九幺]")
_A_NUMBER = 5
"""So many digits are meant as a telephone number, right or wrong."""


@dataclass(frozen=True)
class Agreed:
    """What this turn agrees on with the desk: a call (``number``), an appointment, or that there is to be none."""

    kind: Literal["callback", "slot", "cancel"]
    at: datetime | None = None
    number: str | None = None


def keep(conn: Connection, promises: Promises, turn: Turn) -> None:
    """Have the desk keep it, in the transaction that saves the turn.

    Raises:
        Conflict: somebody else took the appointment meanwhile, or the time is another by now: the turn is thought again.
    """
    agreed, item = turn.promise, _item(turn.talk)
    assert agreed is not None
    if agreed.kind == "cancel":
        promises.cancel(conn, turn.conversation_id, turn.now)
    elif agreed.kind == "slot":
        assert agreed.at is not None
        if not promises.book(conn, turn.conversation_id, agreed.at, turn.now, item=item):
            raise repository.Conflict(turn.conversation_id)
    else:
        assert agreed.number is not None
        kept = promises.callback(conn, turn.conversation_id, agreed.number, turn.now, wanted=agreed.at, item=item)
        if kept != agreed.at:
            raise repository.Conflict(turn.conversation_id)


async def heard(runner: TurnRunner, turn: Turn) -> bool:
    """Settle the turn if it is about a call or an appointment with staff and nothing else; whether it was."""
    talk = turn.talk
    if talk.state.person is not None and talk.asking in (NUMBER, SLOT):
        if await (_number(runner, turn) if talk.asking == NUMBER else _slot(runner, turn)):
            return _answered(talk)
        _drop(talk)  # something else was said; what was asked before is asked again
        return False
    if talk.tapped is not None or talk.attachments:
        return False
    what = promise_words.read(talk.text, waiting=talk.owner == "queue")
    if what is None:
        return False
    promise = await asyncio.to_thread(_standing, runner, turn)
    if what in ("cancel", "when", "number", "time") and promise is None:
        talk.say(t("handing.promise_none"))
        repeat_question(talk)
    elif what == "cancel":
        turn.promise = Agreed("cancel")
        talk.audit.append(AuditNote("desk.promise_cancelled", turn.conversation_id, {}))
        talk.say(t("handing.promise_cancelled"))
        repeat_question(talk)
    elif what == "when" and promise is not None:
        talk.say(t(f"handing.promise_{promise.kind}", time=language.moment(promise.at.astimezone(SHANGHAI))))
        repeat_question(talk)
    elif what == "slot" or (what == "time" and promise is not None and promise.kind == "slot"):
        await _offer(runner, turn)
    else:
        same = promise.at if what == "number" and promise is not None else None
        talk.state.person = PersonWish(kind="callback", kept=talk.state.ask, wanted=same or _time(talk))
        if not await _number(runner, turn):
            _ask_number(talk)
    return _answered(talk)


def _answered(talk: Talk) -> bool:
    talk.intent, talk.confidence = "provide", 1.0
    talk.status = talk.status or ("collecting" if talk.asking in (NUMBER, SLOT) else "answered")
    return True


async def _number(runner: TurnRunner, turn: Turn) -> bool:
    """Take the turn as the number to call; False where it says none."""
    talk = turn.talk
    picked = talk.tapped[0] if talk.tapped else None
    if picked == LEAVE or (talk.asking == NUMBER and promise_words.never_mind(talk.text)):
        return _leave(talk)
    known = _known(talk)
    if known is not None and (picked == KNOWN or (talk.asking == NUMBER and options.yes_or_no(talk.text) is True)):
        number: str = known
    elif picked is not None:
        return False
    else:
        read = parse_phone(talk.text)
        if isinstance(read, Rejected):
            if talk.asking == NUMBER and len(_DIGITS.findall(talk.text)) >= _A_NUMBER:
                reject(talk, read.code, read.message)
                return True
            return False
        number = str(read.value)
    wish = talk.state.person
    assert wish is not None
    at = await asyncio.to_thread(_callable_at, runner, turn, wish.wanted)
    turn.promise = Agreed("callback", at, number)
    _agree(turn)
    talk.audit.append(AuditNote("desk.callback_promised", turn.conversation_id, {"consent": True, "at": at.isoformat()}))
    shown = mask_value("phone", number)
    talk.say(t("handing.callback_promised", time=language.moment(at.astimezone(SHANGHAI)), number=shown))
    repeat_question(talk)
    return True


def _ask_number(talk: Talk) -> None:
    known = _known(talk)
    choices = [Option(value=LEAVE, label=t("handing.not_now"))]
    if known is not None:
        choices.insert(0, Option(value=KNOWN, label=t("handing.number_known", number=mask_value("phone", known))))
    why = t("handing.number_question")
    ask(talk, Ask(field=NUMBER, label=t("handing.number_label"), kind="choice" if known else "text", options=choices, why=why))
    talk.choices(why, choices)
    talk.question_said = True


async def _offer(runner: TurnRunner, turn: Turn, more: str = "", said: choosing.Said | None = None) -> None:
    """Put appointments to her; ``more`` are others than those offered, ``said`` the time she named."""
    talk = turn.talk
    free = await asyncio.to_thread(_free, runner, turn)
    wish = talk.state.person or PersonWish(kind="slot", kept=talk.state.ask)
    text = t("handing.slot_question")
    if more:
        offered = choosing.next_ones(free, wish.offered, wish.shown, other_day=more == DAY) or choosing.spread(free)
    elif said is not None:
        fitting = choosing.fitting(free, said)
        text = text if fitting else t("handing.slots_none_then")
        offered = choosing.spread(fitting or choosing.nearest(free, said)) if free else []
    else:
        offered = choosing.spread(free) if free else []
    if not offered:
        _drop(talk)
        talk.say(t("handing.slots_none"))
        repeat_question(talk)
        return
    shown = [*(wish.shown if more == OTHER else []), *(slot.code for slot in offered)]
    talk.state.person = wish.model_copy(update={"kind": "slot", "offered": offered, "shown": shown})
    choices = [Option(value=slot.code, label=when(slot)) for slot in offered]
    choices += [Option(value=OTHER, label=t("bookings.other_time")), Option(value=DAY, label=t("bookings.other_day"))]
    choices.append(Option(value=LEAVE, label=t("handing.not_now")))
    ask(talk, Ask(field=SLOT, label=t("handing.slot_label"), kind="choice", options=choices))
    talk.choices(text, choices)
    talk.question_said = True


async def _slot(runner: TurnRunner, turn: Turn) -> bool:
    """Take the turn as the appointment she wants; False where it says none."""
    talk, wish = turn.talk, turn.talk.state.person
    assert wish is not None
    picked = talk.tapped[0] if talk.tapped else _picked(talk)
    if picked == LEAVE:
        return _leave(talk)
    if picked in (OTHER, DAY):
        await _offer(runner, turn, picked)
        return True
    said = choosing.read(talk.text, turn.now) if picked is None and choosing.plainly(talk.text, turn.now) else None
    free = await asyncio.to_thread(_free, runner, turn)
    fitting = choosing.fitting(free, said) if said is not None and said.exact else []
    code = picked or (fitting[0].code if len(fitting) == 1 else None)
    if code is None and said is None:
        return False
    slot = next((one for one in free if one.code == code), None)
    if slot is None:
        await _offer(runner, turn, said=said)
        if picked is not None and talk.state.ask is not None and talk.asking == SLOT:
            message = t("handing.slot_gone")
            talk.notice("warning", message)
            talk.state.ask = talk.state.ask.model_copy(update={"error": AskError(code="slot_taken", message=message)})
            talk.status = "rejected_answer"
        return True
    turn.promise = Agreed("slot", slot.starts)
    _agree(turn)
    talk.audit.append(AuditNote("desk.slot_promised", turn.conversation_id, {"at": slot.code}))
    talk.say(t("handing.slot_promised", time=when(slot)))
    repeat_question(talk)
    return True


def _picked(talk: Talk) -> str | None:
    if promise_words.never_mind(talk.text):
        return LEAVE
    if choosing.plainly(talk.text, talk.now):
        return None  # 13号 is a day, and no number of an option
    pending = talk.state.ask
    listed = [GuideOption(value=o.value, label=o.label) for o in (pending.options or [])] if pending else []
    found = options.match_option(talk.text.strip(), listed)
    return found.value if found is not None else None


def _agree(turn: Turn) -> None:
    """What is promised ends the waiting: the bot goes on meanwhile, and the desk comes at its time."""
    _drop(turn.talk)
    turn.talk.owner = "bot"


def _drop(talk: Talk) -> None:
    wish, talk.state.person = talk.state.person, None
    if wish is not None and talk.asking in (NUMBER, SLOT, None):
        ask(talk, wish.kept if wish.kept is None or wish.kept.field not in (NUMBER, SLOT) else None)


def _leave(talk: Talk) -> bool:
    _drop(talk)
    talk.say(t("handing.dropped"))
    repeat_question(talk)
    return True


def _time(talk: Talk) -> datetime | None:
    """The moment she named for the call: 明天下午三点给我回电话."""
    said = choosing.read(talk.text, talk.now)
    if said is None or said.at is None:
        return None
    at = said.at.replace(hour=said.at.hour + 12) if said.half == "pm" and said.at.hour < 12 else said.at
    return datetime.combine(said.day or talk.now.astimezone(SHANGHAI).date(), at, SHANGHAI)


def _known(talk: Talk) -> str | None:
    """A number she has given already: signing in, or for the case in hand."""
    if talk.state.identity is not None and talk.state.identity.phone:
        return talk.state.identity.phone
    fields = talk.official.fields if talk.official is not None else []
    held = [talk.case.answers.get(field.key) for field in fields if field.type == "phone"] if talk.case is not None else []
    numbers = [parse_phone(str(answer.value)) for answer in held if answer is not None and not answer.skipped]
    return next((str(number.value) for number in numbers if isinstance(number, Accepted)), None)


def _item(talk: Talk) -> str | None:
    return talk.case.guide_code if talk.case else talk.state.context_guide


def _standing(runner: TurnRunner, turn: Turn) -> Promise | None:
    with runner.db.read() as conn:
        return runner.desk.promises.of(conn, turn.conversation_id)


def _callable_at(runner: TurnRunner, turn: Turn, wanted: datetime | None) -> datetime:
    with runner.db.read() as conn:
        return runner.desk.promises.when(conn, turn.conversation_id, turn.now, wanted=wanted, item=_item(turn.talk))


def _free(runner: TurnRunner, turn: Turn) -> list[Slot]:
    with runner.db.read() as conn:
        moments = runner.desk.promises.slots(conn, turn.conversation_id, turn.now, item=_item(turn.talk))
    return [Slot(code=at.isoformat(), window="", starts=at, ends=at) for at in moments]
