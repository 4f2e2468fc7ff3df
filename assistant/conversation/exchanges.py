"""What was said and what it was taken for, read back from a conversation's events."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from assistant.conversation.model import Event
from knowledge.replies import Ask

#: Below this the engine guesses (the same border the actions draw).
UNSURE = 0.45
#: Answers and corrections of answers, not talk: whatever the words, they may be a name, a number or an address.
ANSWERS = frozenset({"", "provide", "choose", "correct_info"})
#: Statuses of turns in which nobody read the sentence: people were talking, or it was turned away unread.
UNREAD = frozenset({"handed_off", "queued", "error_engine"})
#: Questions that no personal data answers, whatever kind they are …
_OPEN = frozenset({"guide", "start", "switch", "review", "submit", "rating"})
#: … and kinds of questions that are answered from a list.
_LISTED = frozenset({"choice", "multi", "confirm", "file"})


@dataclass(frozen=True)
class Exchange:
    """One sentence and its turn. ``asked`` is the question it met (field, kind), ``asks`` the field asked after it.

    ``guide`` and ``candidates`` are codes, ``also`` those of the further items of a list.
    """

    text: str
    intent: str
    confidence: float
    status: str
    guide: str | None
    candidates: tuple[str, ...]
    asked: tuple[str, str] | None
    asks: str | None
    also: tuple[str, ...] = ()

    @property
    def talk(self) -> bool:
        """Whether it was read as talk and can be no answer to a question about a person, a number or an address."""
        if self.intent in ANSWERS or self.status in UNREAD or self.status.startswith("refused") or self.status == "care":
            return False
        if self.asked is None or self.asked[0] in _OPEN:
            return True
        # while something of the form is asked, an unsure reading gives way to "an answer"
        return self.asked[1] in _LISTED and self.confidence >= UNSURE


def question(ask: Ask | None) -> tuple[str, str] | None:
    """A question as ``Exchange.asked`` has it."""
    return (ask.field, ask.kind) if ask else None


def exchanges(events: Iterable[Event]) -> dict[int, Exchange]:
    """The exchanges in a stretch of events, by the number of the event in which the sentence was said.

    The first one of a stretch that begins in the middle of a conversation is left out: what it answered is not known.
    """
    found: dict[int, Exchange] = {}
    said: dict[int, tuple[int, str]] = {}
    before: dict[str, Any] | None = None
    for event in events:
        data = event.data
        if event.kind == "message" and data.get("from") == "citizen" and "turn" in data:
            said[int(data["turn"])] = event.seq, str(data.get("text", ""))
        elif event.kind == "turn":
            number = int(data.get("turn", 0))
            if number in said and (before is not None or number == 1):
                seq, text = said[number]
                found[seq] = _exchange(text, data, (before or {}).get("ask"))
            before = data
    return found


def _exchange(text: str, turn: dict[str, Any], asked: dict[str, Any] | None) -> Exchange:
    read = turn.get("understanding") or {}
    guide, ask = read.get("guide"), turn.get("ask")
    return Exchange(
        text=text,
        # a turn nobody read is stored as an answer that nobody is sure of
        intent=str(read.get("intent") or ""),
        confidence=float(read.get("confidence") or 0.0),
        status=str(turn.get("status") or ""),
        guide=guide["code"] if guide else None,
        candidates=tuple(candidate["code"] for candidate in read.get("candidates", [])),
        asked=(str(asked["field"]), str(asked["kind"])) if asked else None,
        asks=str(ask["field"]) if ask else None,
        also=tuple(candidate["code"] for candidate in read.get("also", [])),
    )
