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

from assistant.casework import repository as cases
from assistant.casework.flow import answering, besides, materials, notifying
from assistant.casework.flow import asking as flow_asking
from assistant.casework.flow.reporting import told as progress_told
from assistant.casework.flow.summary import case_view
from assistant.casework.flow.talk import Services, Talk
from assistant.conversation import guard, language, rated, repository, sending, taking_up
from assistant.conversation.hearing import asking_hint, hear, understood, words_of
from assistant.conversation.hub import Hub
from assistant.conversation.model import Conversation, Message
from assistant.conversation.needs import ActionFailed, DeskGate, Engine, Outbox, TurnRefused
from assistant.conversation.replying import rendered
from assistant.conversation.review_list import ReviewList
from assistant.conversation.understanding import Understanding
from assistant.engine.gateway import EngineDown
from assistant.foundation import audit, metrics
from assistant.foundation.clock import Clock
from assistant.foundation.database import Database
from assistant.foundation.logging import get_logger
from assistant.foundation.messages import t, use_language
from knowledge.replies import Action, Ask, Card

log = get_logger(__name__)
#: Turns that did not help: not understood, refused, or something broke; so many in a row and a person is offered.
FAILED = frozenset(
    {"clarify", "rejected_answer", "unanswerable_unknown", "unanswerable_not_ours", "error_document", "error_far_side"}
)
PATIENCE_TURNS = 2
#: What a waiting citizen may say without leaving the queue is everything but these.
LEAVES_QUEUE = frozenset({"cancel"})


@dataclass
class Turn:
    """What the steps pass along."""

    conversation_id: str
    message: Message
    now: datetime
    started: float
    conv: Conversation
    talk: Talk
    place: int = 0
    asked: Ask | None = None
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    understanding: Understanding | None = None
    response: bytes | None = None
    done: bool = False
    desk_change: str | None = None
    failure: Exception | None = None
    taken_up: taking_up.Verdict | None = None
    language_only: bool = False


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
            self.hear, self.heed_wishes, self.keep_safe, self.take_up, self.tell_progress, self.let_people_talk, self.think,
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
            loaded.language_only = language.settle(loaded.conv, loaded.talk, message.text)
            with use_language(loaded.talk.language):
                for step in self.steps:
                    if not loaded.done:
                        await step(loaded)
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
            place = self.desk.place(conn, conversation_id)
        active = next((c for c in held if c.case_no == conv.active_case), None)
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
            owner=conv.owner,
        )
        return Turn(conversation_id, message, now, time.perf_counter(), conv, talk, place, pending)

    async def hear(self, turn: Turn) -> None:
        """Note what was said; what holds nothing to read is answered at once."""
        said: dict[str, Any] = {
            "from": "citizen",
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
        elif turn.message.choice is None and not turn.message.attachments and not guard.readable(text):
            turn.talk.notice("info", t("conversation.nothing_to_read"))
            turn.talk.status, turn.done = "clarify", True

    async def heed_wishes(self, turn: Turn) -> None:
        """English please, 不要给我发短信了: how she wants to be spoken to and told of her cases; nothing else was wanted then."""
        turn.done = turn.language_only or (turn.talk.owner == "bot" and notifying.heard(turn.talk))

    async def keep_safe(self, turn: Turn) -> None:
        """Danger to life, crime, other people's data, manipulation and abuse are answered before anything else."""
        if turn.message.choice is not None or not turn.message.text:
            return
        verdict = guard.judge(turn.message.text)
        if verdict is not None and not (verdict == "refused_abuse" and turn.talk.owner == "staff"):
            turn.talk.say(t(f"conversation.{verdict}"))
            turn.talk.status, turn.done = verdict, True
            turn.talk.intent, turn.talk.confidence = "out_of_scope", 1.0

    async def take_up(self, turn: Turn) -> None:
        """A draft begun elsewhere is gone on with by its number and its proof, in words; nothing else is read then."""
        asked = taking_up.wanted(turn.talk) if turn.talk.owner == "bot" else None
        if asked is not None:
            turn.taken_up = await asyncio.to_thread(taking_up.by_words, self.db, self.services, turn.talk, asked)
            turn.done = True

    async def tell_progress(self, turn: Turn) -> None:
        """A case asked about by its number, and 催办, are answered as they are."""
        if turn.talk.owner == "bot" and progress_told(turn.talk):
            flow_asking.say_question(turn.talk)
            turn.done = True

    async def let_people_talk(self, turn: Turn) -> None:
        """While staff own it the bot is silent; while it waits, only an answer or ``cancel`` brings the bot back."""
        talk = turn.talk
        if talk.owner == "staff":
            talk.status, turn.done = "handed_off", True
        elif talk.owner == "queue":
            intent = await self._waiting_intent(turn)
            if intent is None:
                talk.say(self._place_words(turn))
                talk.status, turn.done = "queued", True
                return
            talk.owner, turn.desk_change = "bot", "leave"
            if intent in LEAVES_QUEUE:
                talk.say(t("conversation.left_queue"))
                talk.intent = intent
                flow_asking.say_question(talk)
                talk.status, turn.done = "answered", True
            else:
                talk.notice("info", t("conversation.back_from_queue"))

    async def think(self, turn: Turn) -> None:
        """Let the engine read the message, predict, and call our actions, which do the work on the turn's ``Talk``."""
        talk = turn.talk
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

    async def _waiting_intent(self, turn: Turn) -> str | None:
        """The intent that ends the wait, or None to go on waiting."""
        talk = turn.talk
        if turn.message.attachments or (turn.message.choice is not None and talk.asking):
            return "provide"
        if answering.plainly(talk):
            return "provide"
        parse = await self.engine.parse(language.for_engine(talk.text), asking_hint(talk))
        talk.intent, talk.confidence = parse.intent, parse.confidence
        if parse.intent in LEAVES_QUEUE:
            return str(parse.intent)
        return "provide" if talk.asking and parse.intent in ("provide", "choose", "affirm", "deny", "skip") else None

    def _offer_person(self, turn: Turn) -> None:
        """One tap brings a person; what is asked stays asked, and she need not take it."""
        opens = self.desk.opens_at(turn.now)
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

    def _place_words(self, turn: Turn) -> str:
        opens = self.desk.opens_at(turn.now)
        if opens is not None:
            return t("conversation.queue_closed", time=language.moment(opens))
        return t("conversation.queue_place", place=max(turn.place, 1))

    def _compose(self, turn: Turn) -> None:
        """Turn what was worked out into the turn the API promises."""
        talk, conv = turn.talk, turn.conv
        talk.status = talk.status or ("collecting" if talk.asking else "clarify")
        if not talk.replies and talk.owner == "bot":
            talk.say(t("conversation.not_understood"))
            talk.status = "clarify"
        talk.state.failures = talk.state.failures + 1 if _failed(talk) else 0
        if talk.state.failures >= PATIENCE_TURNS and talk.owner == "bot":
            self._offer_person(turn)
        if talk.owner == "queue" and conv.owner != "queue":
            turn.desk_change = "enqueue"
            turn.place += 1
            talk.say(t("conversation.handed_off"))
            talk.say(self._place_words(turn))
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
        if talk.owner != conv.owner:
            turn.events.append(
                ("owner", {"owner": talk.owner, "at": turn.now.isoformat(), "text": t(f"conversation.owner_{talk.owner}")})
            )

    def _save(self, turn: Turn) -> None:
        """Everything the turn changed, in one transaction."""
        talk, conv, now = turn.talk, turn.conv, turn.now
        assert turn.response is not None
        changed = [c for c in [talk.case, *talk.other_cases] if c is not None]
        before = conv.owner
        conv.owner, conv.turn_count = talk.owner, talk.turn
        conv.active_case = talk.case.case_no if talk.case else None
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
            if turn.desk_change == "enqueue":
                self.desk.enqueue(conn, conv.id, talk.intent or "to_human", now)
            elif turn.desk_change == "leave":
                self.desk.leave(conn, conv.id, now)
            if talk.owner != before:
                audit.append(
                    conn,
                    at=now,
                    actor="citizen",
                    action="conversation.owner",
                    subject=conv.id,
                    detail={"from": before, "to": talk.owner},
                )
            if self.review:
                self.review.keep(conn, misread, now)
            for note in talk.audit:
                audit.append(conn, at=now, actor="citizen", action=note.action, subject=note.subject, detail=note.detail)
            rated.note(conn, talk, now)
            sending.note(conn, self.outbox, talk)

    def _announce(self, turn: Turn) -> None:
        self.hub.ring(turn.conversation_id)
        if sending.sends(turn.talk):
            self.outbox.kick()
        rated.count(turn.talk)
        metrics.turns_total.labels(status=turn.talk.status or "").inc()
        metrics.turn_seconds.labels(channel=turn.conv.channel).observe(time.perf_counter() - turn.started)


def _failed(talk: Talk) -> bool:
    """Whether the turn brought her no further; 换一件事办吗 is a question, and no failure."""
    return talk.status in FAILED and talk.asking != "switch"

