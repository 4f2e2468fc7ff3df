"""The review list: sentences that were not understood, masked, for somebody to label so that the next model knows them.

A sentence comes here when it fell back, when the citizen put the reading right herself, or when staff did. It is kept
without the conversation it came from, counted rather than stored twice, and only for so many days.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy import case as either
from sqlalchemy.dialects import postgresql, sqlite

from assistant.conversation import repository
from assistant.conversation.exchanges import UNSURE, Exchange, exchanges, question
from assistant.conversation.masked_talk import ADDRESS, COMPANY, NAME, NUMBER, kept, normal
from assistant.conversation.understanding import ITEM_INTENTS, MAY_NAME
from assistant.foundation.crypto import KeyRing
from assistant.foundation.database import Database
from assistant.foundation.logging import get_logger
from assistant.foundation.tables import review_sentence as sentences

if TYPE_CHECKING:
    from assistant.casework.flow.talk import Talk
    from assistant.casework.model import Case
    from assistant.conversation.turn import Turn
    from knowledge.schema import Guide

log = get_logger(__name__)
Reason = Literal["fell_back", "corrected", "relabelled"]
NEW, LABELLED, DROPPED = "new", "labelled", "dropped"
#: Turns that say so themselves.
FELL_BACK = frozenset({"clarify", "unanswerable_unknown"})
#: Events looked through for what was said before.
RECENT = 30
FORGETS_EVERY = timedelta(hours=1)
#: That is not what I meant: said of the talk, not of a value.
_MEANT_OTHERWISE = re.compile(
    r"^(?:不是|不对|错了|[搞弄理解听]+错)[^。！？]{0,8}?(?:我(?:要|想|问|说|办|指)|这个|那个|意思)|我(?:说|问|要办|想办|想问|指)的(?:不)?是|我的意思是"
    r"|(?:理解|听|搞|弄)错了|答非所问|i meant|not what i|i was asking|i didn'?t ask",
    re.IGNORECASE,
)
#: Readings of words that settle which item is meant.
_CHOOSES = ITEM_INTENTS | {"choose", "provide", "affirm", "correct_info"}
#: What takes the place of a case's answers, by the type of the field.
_PERSONAL: Mapping[str, str] = {
    "person_name": NAME, "address": ADDRESS, "company_name": COMPANY, "id_number": NUMBER, "uscc": NUMBER, "phone": NUMBER,
    "email": "[email]",
}  # fmt: skip


@dataclass(frozen=True)
class Misread:
    """A sentence for the list. ``text`` is masked; ``item`` and ``suggested_item`` are codes, the latter also ``?`` or ``-``."""

    reason: Reason
    text: str
    intent: str
    confidence: float
    item: str | None
    candidates: tuple[str, ...] = ()
    suggested_intent: str | None = None
    suggested_item: str | None = None


@dataclass(frozen=True)
class Entry(Misread):
    """A sentence on the list; ``times`` it came, ``at`` last."""

    id: str = ""
    at: datetime | None = None
    times: int = 1
    state: str = NEW


class ReviewList:
    """Writes and reads the list.

    Args:
        keyring: finds equal sentences without decrypting them.
        days: how long a sentence stays after it was last said; 0 keeps none at all.
    """

    def __init__(self, keyring: KeyRing, days: int) -> None:
        self._keyring, self._days = keyring, days
        self._forgot: datetime | None = None

    def look(self, db: Database, turn: Turn) -> list[Misread]:
        """What a turn brings to the list. Never fails: no citizen loses her turn for it."""
        if not self._days:
            return []
        try:
            return [*_fell_back(turn), *_put_right(db, turn)]
        except Exception:
            log.error("review.failed", conversation_id=turn.conversation_id, exc_info=True)
            return []

    def keep(self, conn: Connection, found: list[Misread], now: datetime) -> None:
        """Put sentences on the list, in the transaction of whatever brought them; a sentence already there is counted."""
        if self._forgot is None or now - self._forgot > FORGETS_EVERY:
            self._forgot = now
            self.forget(conn, now)
        for misread in found if self._days else ():
            _upsert(conn, misread, self.digest(misread.text), now)

    def forget(self, conn: Connection, now: datetime) -> int:
        """Delete what has been there too long; returns how many."""
        return conn.execute(delete(sentences).where(sentences.c.at < now - timedelta(days=self._days))).rowcount

    def waiting(self, conn: Connection) -> list[Entry]:
        """Sentences nobody has labelled yet: those with a suggestion first, then by how often they came."""
        rows = conn.execute(
            select(sentences)
            .where(sentences.c.state == NEW)
            .order_by((sentences.c.reason == "fell_back"), sentences.c.times.desc(), sentences.c.at.desc(), sentences.c.id)
        ).mappings()
        return [_entry(row) for row in rows]

    def settle(self, conn: Connection, entry_id: str, state: str) -> None:
        """Say that a sentence was labelled or dropped, or (``new``) that it was not after all."""
        conn.execute(update(sentences).where(sentences.c.id == entry_id).values(state=state))

    def find(self, conn: Connection, text: str) -> str | None:
        """The id of a masked sentence, if it is on the list."""
        return conn.execute(select(sentences.c.id).where(sentences.c.digest == self.digest(text))).scalar()

    def digest(self, text: str) -> str:
        """Equal for sentences that differ in width, case, blanks and punctuation only."""
        return self._keyring.blind_index("review:" + normal(text))


def relabelled(said: Exchange, known: Mapping[str, str], intent: str, item: str | None) -> Misread | None:
    """What staff say a sentence meant; None where it may not be kept."""
    found = _misread(said, "relabelled", known)
    return replace(found, suggested_intent=intent, suggested_item=item) if found else None


def personal(talk: Talk) -> dict[str, str]:
    """What the cases of a conversation hold of a person, each with the word that takes its place."""
    held = [case for case in (talk.case, *talk.other_cases) if case is not None]
    return personal_of([(case, talk.services.guide_of(case)) for case in held])


def personal_of(held: Iterable[tuple[Case, Guide]]) -> dict[str, str]:
    """As ``personal``, of cases with their guides."""
    found: dict[str, str] = {}
    for case, guide in held:
        for field in guide.fields:
            answer = case.answers.get(field.key)
            if answer is not None and field.type in _PERSONAL:
                found |= {answer.display: _PERSONAL[field.type], str(answer.value): _PERSONAL[field.type]}
    return found


def _fell_back(turn: Turn) -> list[Misread]:
    read = turn.understanding
    if read is None or not turn.message.text or turn.message.choice is not None or turn.message.attachments:
        return []
    talk = turn.talk
    said = Exchange(
        text=turn.message.text,
        intent=talk.intent,
        confidence=read.confidence,
        status=talk.status or "",
        guide=read.guide.code if read.guide else None,
        candidates=tuple(candidate.code for candidate in read.candidates),
        asked=question(turn.asked),
        asks=talk.asking,
        also=tuple(candidate.code for candidate in read.also),
    )
    if said.status not in FELL_BACK and said.confidence >= UNSURE:
        return []
    found = _misread(said, "fell_back", personal(talk))
    return [found] if found else []


def _put_right(db: Database, turn: Turn) -> list[Misread]:
    """The sentence before this turn, if this turn shows that it was misread: what she chose, or said she meant."""
    chosen = _chosen(turn)
    meant = bool(turn.message.text and turn.talk.intent and _MEANT_OTHERWISE.search(turn.message.text))
    if chosen is None and not meant:
        return []
    last = turn.conv.last_event
    with db.read() as conn:
        events = repository.events_after(conn, turn.conversation_id, max(0, last - RECENT), RECENT)
    before = list(exchanges(event for event in events if event.seq <= last).values())
    if chosen is not None:
        said = next((one for one in reversed(before) if one.status == "clarify" and one.asks == "guide" and one.talk), None)
        found = _misread(said, "corrected", personal(turn.talk)) if said else None
        # of 居住证和食品证都要多少钱 what she chose is one of several, and no label of the sentence
        item = None if said and said.also else chosen
        return [replace(found, suggested_intent=_kept_intent(found.intent), suggested_item=item)] if found else []
    found = _misread(before[-1], "corrected", personal(turn.talk)) if before else None
    if found is None:
        return []
    talk = turn.talk
    decided = talk.services.decide(talk.hits, expected=False) if talk.hits else None
    item = decided.hits[0].code if decided and decided.kind == "one" and decided.hits[0].code != found.item else None
    intent = talk.intent if talk.intent in ITEM_INTENTS else _kept_intent(found.intent) if item else None
    return [replace(found, suggested_intent=intent, suggested_item=item)]


def _chosen(turn: Turn) -> str | None:
    """The item chosen in this turn, where one was asked for."""
    talk = turn.talk
    if turn.asked is None or turn.asked.field != "guide" or talk.asking == "guide":
        return None
    if turn.message.choice:
        code = turn.message.choice[0]
        return code if talk.catalogue.get(code) else None
    settled = talk.status not in ("clarify", "handed_off") and talk.intent in _CHOOSES
    return talk.state.context_guide if settled else None


def _kept_intent(intent: str) -> str | None:
    """A choice of the item says nothing against the intent, where it was one about items."""
    return intent if intent in ITEM_INTENTS | MAY_NAME else None


def _misread(said: Exchange, reason: Reason, known: Mapping[str, str]) -> Misread | None:
    text = kept(said.text, known) if said.talk else None
    if text is None:
        return None
    if said.also:
        named = (*((said.guide,) if said.guide else ()), *said.candidates, *said.also)
        return Misread(reason, text, said.intent, said.confidence, None, tuple(dict.fromkeys(named)))
    return Misread(reason, text, said.intent, said.confidence, said.guide, said.candidates)


def _upsert(conn: Connection, misread: Misread, digest: str, now: datetime) -> None:
    # one statement: two turns that bring the same sentence at once must not break each other
    insert: Any = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    read = {
        "read_intent": misread.intent,
        "confidence": misread.confidence,
        "read_item": misread.item,
        "candidates": list(misread.candidates),
    }
    made = insert(sentences).values(
        id=str(uuid.uuid4()), digest=digest, at=now, reason=misread.reason, text=misread.text, times=1, state=NEW,
        suggested_intent=misread.suggested_intent, suggested_item=misread.suggested_item, **read,
    )  # fmt: skip
    changed: dict[str, Any] = {"at": now}
    if misread.reason == "fell_back":
        changed |= {"times": sentences.c.times + 1, **read}
    else:
        # what staff said outweighs what a citizen's choice suggests
        outweighed = (sentences.c.reason == "relabelled") & (misread.reason == "corrected")
        for column in (sentences.c.reason, sentences.c.suggested_intent, sentences.c.suggested_item):
            given = made.excluded[column.name]
            changed[column.name] = either((outweighed, column), else_=func.coalesce(given, column))
    if misread.reason == "relabelled":
        changed["state"] = either((sentences.c.state == DROPPED, NEW), else_=sentences.c.state)
    conn.execute(made.on_conflict_do_update(index_elements=[sentences.c.digest], set_=changed))


def _entry(row: Any) -> Entry:
    return Entry(
        id=row["id"], at=row["at"], times=row["times"], state=row["state"], reason=row["reason"], text=row["text"],
        intent=row["read_intent"], confidence=row["confidence"], item=row["read_item"], candidates=tuple(row["candidates"]),
        suggested_intent=row["suggested_intent"], suggested_item=row["suggested_item"],
    )  # fmt: skip
