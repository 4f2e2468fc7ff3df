"""What the pages of a call say becomes what is kept, shown in the conversation and audited: one transaction each."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from assistant.conversation import repository
from assistant.conversation.model import Conversation
from assistant.conversation.replying import readable
from assistant.desk import books
from assistant.desk.accounts import Operator
from assistant.desk.queue import Desk, NotYours
from assistant.foundation import audit, metrics
from assistant.foundation.clock import Clock
from assistant.foundation.database import Database
from assistant.foundation.messages import t, use_language
from assistant.foundation.settings import Settings
from channels.video import recordings, store
from channels.video.call import ENDED, LIVE, Call, Party, Refused, Step, begun, ended, heard, passed
from channels.video.messages import Ask, RecordAsk, RecordYes, Ring, Said

MARKED = frozenset({"asked", "rung", "began", "ended", "recording_agreed", "recording_stopped"})
"""What both sides find in the conversation afterwards."""
UNAUDITED = frozenset({"connected"})
WITH_STAFF = ("queue", "staff")


@dataclass(frozen=True)
class Words:
    """The words of consent to a recording as she reads them, and their SHA-256 in hex."""

    text: str

    @property
    def sha256(self) -> str:
        """What she sends back with her yes."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def consent(settings: Settings, locale: str) -> Words:
    """What somebody agrees to when a call is recorded."""
    with use_language(locale):
        return Words(readable(t("video.record_words", days=settings.video_recording_days), locale))


class Calls:
    """See the module. ``announce`` wakes whoever listens to a conversation, from any thread."""

    def __init__(
        self, settings: Settings, db: Database, desk: Desk, clock: Clock, announce: Callable[[str], None]
    ) -> None:
        self._settings, self._db, self._desk, self._clock, self._announce = settings, db, desk, clock, announce

    def hear(self, conversation_id: str, party: Party, said: Said, page: str, who: Operator | None = None) -> None:
        """Take what one page says; ``who`` is the member of staff at it.

        Raises:
            Refused: it cannot be said now.
        """
        now = self._clock.now()
        with self._db.write() as conn:
            books.lock(conn, conversation_id)
            conv = repository.load(conn, conversation_id)
            if conv is None:
                raise Refused("ended")
            self._may(conn, conv, said, who)
            call = store.live_of(conn, conversation_id)
            if call is None:
                if not isinstance(said, Ask | Ring):
                    raise Refused("ended")
                step = begun(conversation_id, party, said, page, now, who.id if who else None)
            else:
                step = heard(call, party, said, page, now, who.id if who else None)
            if call is not None and step.call.seat(party).line != call.seat(party).line:
                store.pass_over(conn, call.id, party)
            self._keep(conn, conv, step, call is None, party, f"staff:{who.id}" if who else "citizen", now)
        self._announce(conversation_id)

    def seen(self, call_id: str, party: Party, page: str) -> None:
        """A page is still there."""
        with self._db.write() as conn:
            store.seen(conn, call_id, party, page, self._clock.now())

    def sweep(self) -> None:
        """End what nobody took up, whose page is gone, or whose conversation its operator no longer has."""
        with self._db.read() as conn:
            doubtful = [call.conversation_id for call in store.under_way(conn) if self._over(conn, call)]
        for conversation_id in doubtful:
            now = self._clock.now()
            with self._db.write() as conn:
                books.lock(conn, conversation_id)
                conv, call = repository.load(conn, conversation_id), store.live_of(conn, conversation_id)
                step = self._over(conn, call) if call else None
                if conv is not None and step is not None:
                    self._keep(conn, conv, step, False, Party.STAFF, "system", now)
            self._announce(conversation_id)

    def _over(self, conn: Connection, call: Call) -> Step | None:
        now = self._clock.now()
        held = books.live(conn, call.conversation_id)
        if held is None or (call.staff_id is not None and held["staff_id"] != call.staff_id):
            return ended(call, "released", now)
        return passed(call, now)

    def _may(self, conn: Connection, conv: Conversation, said: Said, who: Operator | None) -> None:
        if who is not None:
            try:
                self._desk.check_holder(conn, conv.id, who.id)
            except NotYours:
                raise Refused("not_held") from None
        match said:
            case Ask() | Ring() if not self._settings.video_calls:
                raise Refused("off")
            case Ask() if conv.owner not in WITH_STAFF:
                raise Refused("not_waiting")
            case RecordAsk() if not self._settings.video_recording:
                raise Refused("recording_off")
            case RecordYes(words=shown) if shown != consent(self._settings, conv.locale).sha256:
                raise Refused("words_changed")

    def _keep(
        self, conn: Connection, conv: Conversation, step: Step, new: bool, party: Party, actor: str, now: datetime
    ) -> None:
        call = store.add(conn, step.call) if new else store.save(conn, step.call)
        if step.relay is not None:
            store.say(conn, call.id, party.other, step.relay.model_dump(mode="json"))
        for code in step.happened:
            detail: dict[str, Any] = {"call": call.id, "kind": call.kind}
            match code:
                case "recording_agreed":
                    words = consent(self._settings, conv.locale)
                    detail["recording"] = recordings.begin(conn, call.id, words.text, now)
                    detail["words"] = words.sha256
                case "recording_stopped":
                    detail["recording"] = recordings.stop(conn, call.id, now)
                case "ended":
                    detail |= {"outcome": call.outcome, "seconds": call.seconds, "fell_back": call.fell_back}
                    metrics.calls_total.labels(outcome=call.outcome).inc()
            if code not in UNAUDITED:
                audit.append(conn, at=now, actor=actor, action=f"video.{code}", subject=conv.id, detail=detail)
            if code in MARKED:
                repository.append_events(conn, conv.id, [("call", self._mark(conn, conv, call, code, party, now))], now)

    def _mark(
        self, conn: Connection, conv: Conversation, call: Call, code: str, party: Party, now: datetime
    ) -> dict[str, Any]:
        name = books.name_of(conn, call.staff_id) if call.staff_id else ""
        what = call.outcome if code == "ended" else code
        with use_language(conv.locale):
            text = t(f"video.mark_{what}", name=name, length=length(call.seconds))
        mark: dict[str, Any] = {"id": call.id, "what": code, "state": call.state, "kind": call.kind, "by": party.value}
        mark |= {"name": name or None, "at": now.isoformat(), "text": text}
        if code == "ended":
            mark |= {"outcome": call.outcome, "seconds": call.seconds, "fell_back": call.fell_back}
        return mark


def length(seconds: int) -> str:
    """So long, in words."""
    minutes, rest = divmod(seconds, 60)
    return t("video.length", minutes=minutes, seconds=rest) if minutes else t("video.length_short", seconds=rest)


def view(call: Call | None, party: Party, page: str, name: str | None) -> dict[str, Any] | None:
    """A call as one page is told of it; None where there is none."""
    if call is None:
        return None
    mine = call.seat(party).page == page
    return {
        "id": call.id, "state": call.state, "kind": call.kind, "asked_by": call.asked_by.value, "name": name,
        "lines": [call.citizen.line, call.staff.line], "here": mine, "elsewhere": call.state == LIVE and not mine,
        "connected": call.connected_at is not None, "recording": call.recording, "fell_back": call.fell_back,
        "outcome": call.outcome, "seconds": call.seconds if call.state == ENDED else None,
    }  # fmt: skip
