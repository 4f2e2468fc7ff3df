"""One turn: a readable list of steps from what the citizen sent to what she gets back.

The whole turn is one transaction. It is loaded, worked out in memory (the engine's actions included) and saved at once,
so a crash at any moment leaves either all of it or nothing, and the client may safely send the message again.
"""

from __future__ import annotations

import asyncio
import time
import weakref
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

import orjson
from sqlalchemy import Connection

from assistant.casework import repository as cases
from assistant.casework.flow import asking as flow_asking
from assistant.casework.flow import besides, heeding, materials, proving
from assistant.casework.flow.reporting import told as progress_told
from assistant.casework.flow.summary import case_view
from assistant.casework.flow.talk import Services, Talk
from assistant.conversation import (
    acting,
    facts,
    guard,
    handing_off,
    language,
    on_behalf,
    promising,
    rated,
    repository,
    sending,
    taking_up,
    waiting,
)
from assistant.conversation.cards import Card
from assistant.conversation.hearing import asking_hint, hear, understood, words_of
from assistant.conversation.hub import Hub
from assistant.conversation.model import Conversation, Message
from assistant.conversation.needs import ActionFailed, DeskGate, Engine, Outbox, TurnRefused
from assistant.conversation.ownership import Ownership
from assistant.conversation.replying import rendered
from assistant.conversation.review_list import ReviewList
from assistant.conversation.understanding import Understanding
from assistant.engine.gateway import EngineDown
from assistant.foundation import audit, metrics
from assistant.foundation.clock import Clock
from assistant.foundation.database import Database
from assistant.foundation.logging import get_logger
from assistant.foundation.messages import t, use_language
from knowledge.replies import Ask

log = get_logger(__name__)

@dataclass
class Turn:
    """What the steps pass along."""

    conversation_id: str
    message: Message
    now: datetime
    started: float
    conv: Conversation
    talk: Talk
    asked: Ask | None = None
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    understanding: Understanding | None = None
    response: bytes | None = None
    done: bool = False
    desk_change: str | None = None
    failure: Exception | None = None
    taken_up: taking_up.Verdict | None = None
    language_only: bool = False
    thought: bool = False
    promise: promising.Agreed | None = None
    card: Card | None = None


@dataclass
class TurnRunner:
    """The turn pipeline with everything it works with. One per process."""

    db: Database
    engine: Engine
    services: Services
    desk: DeskGate
    outbox: Outbox
    hub: Hub
    clock: Clock
    owners: Ownership = field(default_factory=Ownership)
    review: ReviewList | None = None
    # What a turn works with where the guides may change while it does; the services themselves where not given.
    pinned: Callable[[], Services] | None = None
    running: dict[str, Turn] = field(default_factory=dict)
    TRIES: ClassVar[int] = 3
    PATIENCE: ClassVar[float] = 6.0
    _locks: weakref.WeakValueDictionary[str, asyncio.Lock] = field(default_factory=weakref.WeakValueDictionary)

    @property
    def steps(self) -> list[Callable[[Turn], Awaitable[None]]]:
        """A turn, in order. A step that finishes the turn sets ``done``; composing and saving happen always."""
        return [
            self.hear, self.take_card, self.heed_wishes, self.keep_safe, self.promise, self.take_up, self.tell_progress,
            self.let_people_talk, self.think,
        ]  # fmt: skip

    async def run(self, conversation_id: str, message: Message) -> bytes:
        """Take one message and return the turn as the JSON that was stored.

        Raises:
            TurnRefused: unknown conversation, or the same message id with another content.
            EngineDown: the engine is away; the message may be sent again unchanged.
        """
        lock = self._locks.setdefault(conversation_id, asyncio.Lock())
        async with lock:
            tries, until = 1, time.monotonic() + self.PATIENCE
            while True:
                try:
                    return await self._once(conversation_id, message)
                except (repository.Conflict, cases.CaseConflict):
                    # staff or the office changed something meanwhile: think again on what is true now
                    if (tries := tries + 1) > self.TRIES:
                        raise
                except EngineDown as down:
                    # it is probably being restarted; every try begins from the database, so none leaves half a turn behind
                    if isinstance(down, ActionFailed) or time.monotonic() > until:
                        raise
                    await asyncio.sleep(0.25)

    async def _once(self, conversation_id: str, message: Message) -> bytes:
        loaded = await asyncio.to_thread(self._load, conversation_id, message)
        if isinstance(loaded, bytes):
            return loaded
        self.running[conversation_id] = loaded
        try:
            loaded.language_only = language.settle(loaded.conv, loaded.talk, message.text, message.spoken)
            with use_language(loaded.talk.language):
                if message.card is not None:
                    await asyncio.to_thread(acting.serve, loaded)
                else:
                    for step in self.steps:
                        if not loaded.done:
                            await step(loaded)
                    on_behalf.settle(loaded.talk, loaded.conv)
                    await waiting.settle(self, loaded)
                self._compose(loaded)
            await asyncio.to_thread(self._save, loaded)
        finally:
            del self.running[conversation_id]
        self._announce(loaded)
        assert loaded.response is not None
        return loaded.response

    def current(self, conversation_id: str) -> Turn:
        """The turn being worked out for a conversation; the engine's actions find theirs here.

        Raises:
            KeyError: none is.
        """
        return self.running[conversation_id]

    def _load(self, conversation_id: str, message: Message) -> Turn | bytes:
        now = self.clock.now()
        with self.db.read() as conn:
            stored = repository.stored_turn(conn, conversation_id, message.client_message_id)
            if stored is not None:
                if stored[0] != message.request_hash:
                    raise TurnRefused("conflict")
                return stored[1].encode()
            conv = repository.load(conn, conversation_id)
            if conv is None:
                raise TurnRefused("not_found")
            held = cases.cases_of(conn, conversation_id)
            kept = conv.owner == "closed" and self.desk.keeper(conn, conversation_id, now)
            if conv.state.unjudged:
                handing_off.seen_by(conv.state, self.desk.served_at(conn, conversation_id, now))
            active = next((c for c in held if c.case_no == conv.active_case), None)
            card = acting.load(conn, conv, message.card, active) if message.card else None
        speaks = on_behalf.owner(conv, message.by)
        pending = conv.state.ask
        with use_language(conv.locale):
            words = words_of(message, pending)
        talk = Talk(
            conversation_id=conversation_id,
            turn=conv.turn_count + 1,
            now=now,
            text=words,
            state=conv.state,
            services=self.pinned() if self.pinned else self.services,
            case=active,
            other_cases=[c for c in held if c is not active],
            region=conv.region,
            tapped=message.choice,
            attachments=list(message.attachments),
            # a closed conversation begins again with the bot, unless staff asked to have it back
            owner=speaks or (conv.owner if conv.owner != "closed" else "queue" if kept else "bot"),
            by=message.by,
        )
        if message.card is not None:
            talk.owner = conv.owner  # a card changes the case, and never who speaks
        return Turn(conversation_id, message, now, time.perf_counter(), conv, talk, pending, card=card)

    async def hear(self, turn: Turn) -> None:
        """Note what was said; what holds nothing to read is answered at once."""
        said: dict[str, Any] = {
            **on_behalf.speaker(turn.message.by),
            "text": turn.talk.text[: guard.LONGEST],
            "turn": turn.talk.turn,
            "client_message_id": turn.message.client_message_id,
            "at": turn.now.isoformat(),
        }
        if turn.message.attachments:
            said["attachments"] = [upload.upload_id for upload in turn.message.attachments]
        turn.events.append(("message", said))
        text = turn.message.text or ""
        if len(text) > guard.LONGEST:
            turn.talk.notice("warning", t("conversation.too_long", most=guard.LONGEST, count=len(text)))
            turn.talk.status, turn.done = "refused_too_long", True
        elif not (turn.talk.owner == "staff" or turn.message.choice or turn.message.attachments or guard.readable(text)):
            turn.talk.notice("info", t("conversation.nothing_to_read"))
            turn.talk.status, turn.done = "clarify", True

    async def take_card(self, turn: Turn) -> None:
        """An identity card on a kiosk's reader answers what is asked; while people talk it is only said that she laid one."""
        if turn.message.identity_card is not None and turn.talk.owner == "bot":
            await asyncio.to_thread(proving.take, turn.talk, turn.message.identity_card)  # registers may be asked next
            flow_asking.say_question(turn.talk)
            turn.talk.intent, turn.talk.confidence, turn.done = "provide", 1.0, True

    async def heed_wishes(self, turn: Turn) -> None:
        """English please, 不要给我发短信了: how she wants to be spoken to and told of her cases; nothing else was wanted then."""
        turn.done = turn.language_only or (turn.talk.owner == "bot" and heeding.heard(turn.talk))

    async def keep_safe(self, turn: Turn) -> None:
        """Danger to life, crime, other people's data, manipulation and abuse come before all else; staff see to theirs."""
        if turn.message.choice is not None or not turn.message.text or turn.talk.owner == "staff":
            return
        verdict = guard.judge(turn.message.text)
        if verdict is not None:
            turn.talk.wants_person = guard.alarm(turn.message.text)
            turn.talk.say(t(f"conversation.{verdict}"))
            turn.talk.status, turn.done = verdict, True
            turn.talk.intent, turn.talk.confidence = "out_of_scope", 1.0

    async def promise(self, turn: Turn) -> None:
        """A call or an appointment with staff is agreed on, changed and called off in words and taps."""
        if turn.talk.owner in ("bot", "queue") and turn.conv.owner != "closed":
            turn.done = await promising.heard(self, turn)

    async def take_up(self, turn: Turn) -> None:
        """A draft begun elsewhere is gone on with by its number and its proof, in words; nothing else is read then."""
        asked = taking_up.wanted(turn.talk) if turn.talk.owner == "bot" and turn.talk.by is None else None
        if asked is not None:
            turn.taken_up = await asyncio.to_thread(taking_up.by_words, self.db, self.services, turn.talk, asked)
            turn.done = True

    async def tell_progress(self, turn: Turn) -> None:
        """A case asked about by its number, and 催办, are answered as they are."""
        if turn.talk.owner in ("bot", "queue") and progress_told(turn.talk):
            flow_asking.say_question(turn.talk)
            turn.done = True

    async def let_people_talk(self, turn: Turn) -> None:
        """While staff own it the bot is silent; while it waits, only an answer or ``cancel`` brings the bot back."""
        talk = turn.talk
        if talk.owner == "staff" or (talk.owner == "queue" and turn.conv.owner == "closed"):
            talk.status, turn.done = "handed_off", True
        elif talk.owner == "queue":
            await waiting.meanwhile(self, turn)

    async def think(self, turn: Turn) -> None:
        """Let the engine read the message, predict, and call our actions, which do the work on the turn's ``Talk``."""
        talk, turn.thought = turn.talk, True
        if talk.attachments and talk.asking is None:
            materials.take(talk)
            flow_asking.say_question(talk)
            talk.intent, talk.confidence = "provide", 1.0
            return
        heard = await hear(talk, turn.message, self.engine)
        parse = await self.engine.turn(
            turn.conversation_id,
            heard.words,
            asking_hint(talk),
            {
                "conversation_id": turn.conversation_id,
                "case_no": talk.case.case_no if talk.case else None,
                "guide_code": talk.case.guide_code if talk.case else None,
            },
        )
        if turn.failure is not None:
            log.error("turn.action_failed", conversation_id=turn.conversation_id, exc_info=turn.failure)
            raise ActionFailed from turn.failure
        # an action may have settled on another intent than the engine's first
        talk.intent, talk.confidence = talk.intent or parse.intent, heard.confidence or parse.confidence
        for request in heard.further:
            besides.serve(talk, request.intent, request.item, request.text, request.unclear)
        besides.ask_what_is_unclear(talk)
        talk.more = False
        flow_asking.say_question(talk)

    def _compose(self, turn: Turn) -> None:
        """Turn what was worked out into the turn the API promises."""
        talk, conv = turn.talk, turn.conv
        turn.understanding = turn.understanding or understood(talk)
        body = {
            "turn": talk.turn,
            "owner": talk.owner,
            "status": talk.status,
            "understanding": turn.understanding.model_dump(),
            "replies": [r.model_dump(mode="json") for r in talk.replies],
            "ask": talk.state.ask.model_dump(mode="json") if talk.state.ask else None,
            "case": case_view(talk.guide, talk.case) if talk.case and talk.guide else None,
        }
        body = rendered(body, conv.locale)
        turn.response = orjson.dumps(body)
        turn.events.append(("turn", body))

    def _save(self, turn: Turn) -> None:
        """Everything the turn changed, in one transaction."""
        talk, conv, now = turn.talk, turn.conv, turn.now
        assert turn.response is not None
        changed = [c for c in [talk.case, *talk.other_cases] if c is not None]
        conv.turn_count, conv.active_case = talk.turn, talk.case.case_no if talk.case else None
        misread = self.review.look(self.db, turn) if self.review else []
        with self.db.write() as conn:
            for case in changed:
                if case is talk.case or any(note.subject == case.case_no for note in talk.audit):
                    cases.save(conn, case, conv.id, now)
            if turn.taken_up is not None:
                taking_up.keep(conn, turn.taken_up, conv.id, conv.channel, now)
            repository.append_events(conn, conv.id, turn.events, now)
            repository.save(conn, conv, now)
            repository.save_turn(
                conn, conv.id, talk.turn, turn.message.client_message_id, turn.message.request_hash, turn.response.decode(), now
            )
            facts.note(conn, turn)
            self._hand_on(conn, turn)
            if turn.message.card is not None:
                acting.keep(conn, self.desk, turn)
            if self.review:
                self.review.keep(conn, misread, now)
            for note in talk.audit:
                audit.append(conn, at=now, actor=talk.actor, action=note.action, subject=note.subject, detail=note.detail)
            rated.note(conn, talk, now)
            sending.note(conn, self.outbox, talk)

    def _hand_on(self, conn: Connection, turn: Turn) -> None:
        """What the turn means for the desk, and who speaks from now on."""
        talk, conv, now = turn.talk, turn.conv, turn.now
        if turn.desk_change == "enqueue":
            assert talk.wants_person is not None
            item = talk.case.guide_code if talk.case else talk.state.context_guide
            self.desk.enqueue(conn, conv.id, talk.wants_person, now, item=item, note=talk.person_note)
        elif turn.desk_change == "leave":
            self.desk.leave(conn, conv.id, now)
        elif turn.promise is not None:
            promising.keep(conn, self.desk.promises, turn)
        elif talk.owner == "staff" and talk.by is None:
            self.desk.heard(conn, conv.id, now)
        if talk.owner != conv.owner:
            with use_language(talk.language):
                text = t(f"conversation.owner_{talk.owner}")
            self.owners.in_turn(conn, conv.id, conv.owner, talk.owner, now, text)

    def _announce(self, turn: Turn) -> None:
        self.hub.ring(turn.conversation_id)
        if sending.sends(turn.talk):
            self.outbox.kick()
        rated.count(turn.talk)
        if turn.desk_change == "enqueue":
            metrics.desk_handed_over_total.labels(reason=turn.talk.wants_person).inc()
        metrics.turns_total.labels(status=turn.talk.status or "").inc()
        metrics.turn_seconds.labels(channel=turn.conv.channel).observe(time.perf_counter() - turn.started)
