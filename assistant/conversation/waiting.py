"""Waiting for a person: she is told her place and how long it may take, may go on talking with the bot, and keeps her place."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from assistant.casework.flow import answering
from assistant.casework.flow import asking as flow_asking
from assistant.conversation import handing_off, language
from assistant.conversation.hearing import asking_hint
from assistant.conversation.needs import Outlook
from assistant.conversation.understanding import QUESTIONS
from assistant.foundation.messages import t
from knowledge.replies import Action, Card, Row

if TYPE_CHECKING:
    from assistant.conversation.turn import Turn, TurnRunner

PATIENCE_TURNS = 2
#: Turns that did not help: not understood, refused, or something broke; so many in a row and a person is offered.
FAILED = frozenset(
    {"clarify", "rejected_answer", "unanswerable_unknown", "unanswerable_not_ours", "error_document", "error_far_side"}
)
#: What the bot answers while she waits, and her place is kept.
MEANWHILE = QUESTIONS | {"check_progress", "help", "why", "out_of_scope", "review", "repeat"}
_ANSWERS = frozenset({"provide", "choose", "affirm", "deny", "skip"})
_RANGES = ((120, 1), (600, 2), (1800, 5), (7200, 15))
"""Up to so many seconds a wait is told to so many minutes."""
_HALF_HOUR = 30


async def meanwhile(runner: TurnRunner, turn: Turn) -> None:
    """What a message of somebody who waits means: an answer or ``cancel`` brings the bot back, a question is answered."""
    talk = turn.talk
    intent = await _intent(runner, turn)
    if goes_on(turn) and intent not in ("cancel", "complaint"):
        if talk.asking == "submit" and intent not in MEANWHILE and talk.state.handed == "guide_rule":
            await _tell_place(runner, turn)
        return  # the interview goes on and her place is kept; only what a person has to judge is not sent off before
    if intent in _ANSWERS and talk.asking:
        talk.owner, turn.desk_change = "bot", "leave"
        talk.notice("info", t("conversation.back_from_queue"))
    elif intent == "cancel":
        talk.owner, turn.desk_change, turn.done = "bot", "leave", True
        talk.say(t("conversation.left_queue"))
        flow_asking.say_question(talk)
        talk.status = "answered"
    elif intent == "complaint":
        talk.say(t("conversation.complaint"))
        talk.wants_person = "complaint"
        await _tell_place(runner, turn)
    elif intent not in MEANWHILE:
        await _tell_place(runner, turn)


def goes_on(turn: Turn) -> bool:
    """Whether she may go on answering without leaving the queue: it was not she who wanted a person, and not this question."""
    return turn.conv.owner == "queue" and turn.talk.state.handed in ("guide_rule", "correction") and turn.talk.asking is not None


async def settle(runner: TurnRunner, turn: Turn) -> None:
    """Whether a person takes over after this turn; if so, or if she waits already, what she is told of it."""
    talk, conv = turn.talk, turn.conv
    talk.status = talk.status or ("collecting" if talk.asking else "clarify")
    if not talk.replies and talk.owner == "bot" and talk.wants_person is None:
        talk.say(t("conversation.not_understood"))
        talk.status = "clarify"
    if talk.owner == "staff":
        return
    if talk.owner == "queue" and conv.owner == "queue":
        await _still_waiting(runner, turn)
        return
    failed = talk.status in FAILED and talk.asking != "switch"
    talk.state.failures = talk.state.failures + 1 if failed else 0
    handing_off.count(talk, thought=turn.thought)
    why = handing_off.reason(talk) if talk.owner == "bot" else "kept"
    if why is None:
        if talk.state.failures >= PATIENCE_TURNS:
            _offer_person(runner, turn)
        return
    handing_off.settle(talk, why)
    talk.owner, talk.wants_person, turn.desk_change = "queue", why, "enqueue"
    outlook = await _outlook(runner, turn)
    talk.say(t(f"handing.why_{why}" if why in handing_off.UNASKED else "conversation.handed_off"))
    talk.replies.append(_card(outlook))


async def _still_waiting(runner: TurnRunner, turn: Turn) -> None:
    """She waits on: what makes it more urgent is noted; where the bot answered her, she is told that she keeps her place."""
    talk = turn.talk
    if talk.wants_person is None and handing_off.to_judge(talk):
        talk.wants_person = "guide_rule"
        handing_off.settle(talk, "guide_rule")
    if talk.wants_person not in (None, "to_human"):
        turn.desk_change = "enqueue"
    if turn.thought and talk.status in handing_off.LOST and not (goes_on(turn) and talk.status == "rejected_answer"):
        # it was nothing for the bot, so it is for whoever comes
        talk.replies.clear()
        talk.state.ask = turn.asked
        await _tell_place(runner, turn)
    elif talk.status != "queued":
        outlook = await _outlook(runner, turn)
        talk.notice("info", t("handing.kept_place", place=outlook.place) if not outlook.opens_at else t("handing.kept"))


async def _tell_place(runner: TurnRunner, turn: Turn) -> None:
    turn.talk.say(place_words(await _outlook(runner, turn)))
    turn.talk.status, turn.done = "queued", True


async def _outlook(runner: TurnRunner, turn: Turn) -> Outlook:
    return await asyncio.to_thread(_read_outlook, runner, turn)


def _read_outlook(runner: TurnRunner, turn: Turn) -> Outlook:
    talk = turn.talk
    with runner.db.read() as conn:
        return runner.desk.outlook.of(
            conn, turn.conversation_id, turn.now, reason=talk.wants_person or "to_human",
            item=talk.case.guide_code if talk.case else None,
        )  # fmt: skip


async def _intent(runner: TurnRunner, turn: Turn) -> str:
    talk = turn.talk
    if turn.message.attachments or (turn.message.choice is not None and talk.asking) or answering.plainly(talk):
        return "provide"
    parse = await runner.engine.parse(language.for_engine(talk.text), asking_hint(talk))
    talk.intent, talk.confidence = parse.intent, parse.confidence
    return str(parse.intent)


def place_words(outlook: Outlook) -> str:
    """Her place and the wait, or when people come."""
    if outlook.opens_at is not None:
        return t("conversation.queue_closed", time=language.moment(outlook.opens_at))
    return t("conversation.queue_place", place=outlook.place, wait=wait_words(outlook.wait))


def wait_words(seconds: int | None) -> str:
    """How long it may take, as a range: nobody knows it to the minute. None is not known, and said so.

    >>> from assistant.foundation.messages import use_language
    >>> with use_language("en"): wait_words(700)
    'about 10 to 20 minutes'
    """
    if seconds is None:
        return t("handing.wait_unknown")
    step = next((minutes for most, minutes in _RANGES if seconds <= most), _HALF_HOUR)
    least = int(0.75 * seconds / 60 / step) * step
    most = -int(-1.5 * seconds / 60 // step) * step
    if least < 1:
        return t("handing.wait_within", most=max(most, 1))
    return t("handing.wait_range", least=least, most=max(most, least + step))


def _card(outlook: Outlook) -> Card:
    """What can be done meanwhile, each with one tap."""
    if outlook.opens_at is not None:
        rows = [Row(label=t("handing.row_open"), value=language.moment(outlook.opens_at))]
    else:
        rows = [
            Row(label=t("handing.row_place"), value=t("handing.place", place=outlook.place)),
            Row(label=t("handing.row_wait"), value=wait_words(outlook.wait)),
        ]
    actions = [Action(label=t(f"handing.do_{what}"), message=t(f"handing.do_{what}")) for what in ("callback", "slot", "leave")]
    return Card(title=t("handing.card_title"), text=place_words(outlook), rows=rows, actions=actions)


def _offer_person(runner: TurnRunner, turn: Turn) -> None:
    """One tap brings a person; what is asked stays asked, and she need not take it."""
    opens = runner.desk.opens_at(turn.now)
    when = t("conversation.person_later", time=language.moment(opens)) if opens else t("conversation.person_now")
    label = t("conversation.start_person")
    if any(isinstance(reply, Card) and any(a.message == label for a in reply.actions or []) for reply in turn.talk.replies):
        return  # a card of this turn offers it already
    turn.talk.replies.append(
        Card(
            title=t("conversation.person_title"),
            text=t("conversation.offer_person") + when,
            actions=[Action(label=label, message=label)],
        )
    )
