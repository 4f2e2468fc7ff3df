"""From what she wants to what she hears."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant.foundation.logging import get_logger
from assistant.foundation.messages import use_language
from assistant.speech.engines.base import EngineError, Spoken
from assistant.speech.frames import Acknowledgement, Answer, Message, Sentence, Wish, pack
from assistant.speech.listening import Expecting
from assistant.speech.room import Room, WishFailed
from assistant.speech.signals import Reply
from assistant.speech.speaking.short import spoken_text
from assistant.speech.speaking.visemes import visemes

log = get_logger(__name__)
AHEAD_MS = 2500
"""So far ahead of her ear sentences are sent: enough for a slow line, little to throw away when she interrupts."""
_READING_MS = 220
"""A character of a subtitle without sound."""
_KNOWN = ("speech.ack_see", "speech.ack_moment", "speech.ack_look")
_SOUND = ("speech.ack_wait", "speech.ack_please")
_BINDING = frozenset({"submit"})
_NUMBERS = frozenset({"number", "date"})
_CHOICES = frozenset({"choice", "multi", "confirm"})


class Turn:
    """Hands a wish to the conversation, and its answer on. A submission is binding from here on."""

    takes = Wish

    def __init__(self, room: Room) -> None:
        self._room = room

    async def __call__(self, wish: Wish) -> None:
        room = self._room
        while room.turns.bound:
            await room.wait()
        reply, signals = room.turns.begins_reply(binding=str((room.ask or {}).get("field")) in _BINDING)
        await room.heed(signals)
        try:
            turn = await room.brain(wish)
        except WishFailed as failed:
            await room.problem(failed.code, every_ms=0)
            await room.heed(room.turns.completes(reply, room.clock.now()))
            return
        room.ask = turn.get("ask")
        room.turns.listening.expecting = expecting(room.ask)
        await room.deliver(Message({"type": "turn", "turn": turn}))
        offer = None
        if wish.spoken is not None:
            well = not ((room.ask or {}).get("error") or turn.get("status") == "rejected_answer")
            offer = room.offer(well=well)
            if offer is not None:
                await room.offers(offer)
        if room.turns.current(reply):
            await room.put(Answer(reply, turn, after=[offer[1]] if offer else []))


def expecting(ask: Mapping[str, Any] | None) -> Expecting:
    """What kind of answer `ask` wants: digits come with longer pauses, a choice with short ones."""
    kind = str((ask or {}).get("kind"))
    if kind in _CHOICES:
        return "choice"
    example = str((ask or {}).get("example") or "")
    digits = sum(c.isdigit() for c in example)
    return "digits" if kind in _NUMBERS or (digits >= 6 and digits > len(example) // 2) else "words"


class Acknowledging:
    """Says that she was heard, where the answer takes its time: one short sentence, never the same twice running."""

    takes = Acknowledgement

    def __init__(self, room: Room, playout: Playout) -> None:
        self._room, self._playout = room, playout
        self._said = 0
        self._last = ""

    async def __call__(self, acknowledgement: Acknowledgement) -> None:
        room = self._room
        keys = _KNOWN if acknowledgement.known else _SOUND
        self._said += 1
        text = next(
            text for text in (room.words(keys[(self._said + i) % len(keys)]) for i in range(len(keys))) if text != self._last
        )
        spoken: Spoken | None = None
        if room.say is not None:
            try:
                spoken = await room.say(text, room.speed, first=True)
            except EngineError as error:
                log.warning("speech.synthesis_failed", code=error.code)
                return  # the answer will say that there is no sound
        if await self._playout.acknowledge(text, spoken):
            self._last = text


class Speech:
    """Says an answer in short sentences, the first as soon as it is made."""

    takes = Answer

    def __init__(self, room: Room) -> None:
        self._room = room

    async def __call__(self, answer: Answer) -> None:
        room = self._room
        with use_language(room.locale):
            said = spoken_text(answer.turn.get("replies") or [], answer.turn.get("ask"))
        lines = [*room.beside, *answer.before, *said, *answer.after]
        room.beside.clear()
        if not lines:
            await room.heed(room.turns.completes(answer.reply, room.clock.now()))
        for index, line in enumerate(lines):
            if not room.turns.current(answer.reply):
                return
            spoken = None
            if room.say is not None:
                try:
                    spoken = await room.say(line, room.speed, first=index == 0)
                except EngineError as error:
                    log.warning("speech.synthesis_failed", code=error.code)
                    await room.problem("cannot_speak")
                except Exception:
                    log.exception("speech.synthesiser_broke")
                    await room.problem("cannot_speak")
            await room.put(Sentence(answer.reply, index, index == len(lines) - 1, line, spoken))


class Playout:
    """Sends sentences as they are needed, holds them while she may be interrupting, and goes on where it was broken off.

    What the kiosk plays is numbered anew after every interruption, so that nothing of the old is played.
    """

    takes = Sentence

    def __init__(self, room: Room) -> None:
        self._room = room
        self._number = 0
        self._reply: Reply | None = None
        self._lines: list[Sentence] = []
        self._next = 0
        self._ends: list[int] = []
        self._acknowledgement = 0
        room.silence, room.hush = self._silence, self._hush

    async def __call__(self, sentence: Sentence) -> None:
        room = self._room
        if self._reply is None or self._reply.number != sentence.reply.number:
            self._reply, self._lines, self._next, self._ends = sentence.reply, [], 0, []
            self._number += 1
        self._lines.append(sentence)
        while room.turns.current(sentence.reply):
            if self._next >= len(self._lines):
                if not sentence.last:
                    return
                await room.heed(room.turns.completes(sentence.reply, room.clock.now()))
            elif room.turns.may_speak(sentence.reply) and self._ahead() < AHEAD_MS:
                await self._send(self._lines[self._next])
                continue
            if room.turns.current(sentence.reply):
                await room.wait()

    def _ahead(self) -> int:
        return self._ends[-1] - self._room.clock.now() if self._ends else 0

    async def _send(self, sentence: Sentence) -> None:
        spoken, length = sentence.spoken, _length(sentence)
        now = self._room.clock.now()
        self._next += 1
        begins = max(now, self._ends[-1] if self._ends else self._room.turns.acknowledging_until)
        self._ends.append(begins + length)
        self._room.turns.says(sentence.reply, now, length)
        await self._say("answer", sentence.index, sentence.last, sentence.text, spoken, length)

    async def acknowledge(self, text: str, spoken: Spoken | None) -> bool:
        """Says that she was heard, unless the answer is there by now; whether it was said. It is an utterance of its own."""
        if not self._room.turns.may_acknowledge():
            return False
        self._number += 1
        length = _length_of(text, spoken)
        self._room.turns.acknowledged(self._room.clock.now(), length)
        self._acknowledgement = self._number
        self._number += 1
        await self._say("ack", 0, True, text, spoken, length, number=self._acknowledgement)
        return True

    async def _say(
        self, kind: str, index: int, last: bool, text: str, spoken: Spoken | None, length: int, *, number: int | None = None
    ) -> None:
        number = self._number if number is None else number
        shapes = visemes(spoken.phones) if spoken else ()
        body = {
            "type": "say",
            "kind": kind,
            "utterance": number,
            "sentence": index,
            "last": last,
            "text": text,
            "rate": spoken.rate if spoken else 16_000,
            "ms": length,
            "visemes": [[shape.name, round(shape.start_s * 1000), round(shape.end_s * 1000)] for shape in shapes],
        }
        await self._room.deliver(Message(body, pack(number, index, spoken.pcm if spoken else b"")))
        await self._room.tell_state()

    async def _hush(self) -> None:
        await self._room.deliver(Message({"type": "silence", "utterance": self._acknowledgement}))

    async def _silence(self) -> None:
        now, number = self._room.clock.now(), self._number
        done = sum(1 for end in self._ends if end <= now)
        self._next -= len(self._ends) - done
        self._number, self._ends = number + 1, []
        await self._room.deliver(Message({"type": "silence", "utterance": number}))

    def played(self, utterance: int, ms: int) -> None:
        """The kiosk has played `ms` of `utterance`: what is left to play follows from it, whatever the line took."""
        if self._reply is None or utterance != self._number or not self._ends or ms <= 0:
            return
        sent = sum(_length(sentence) for sentence in self._lines[self._next - len(self._ends) : self._next])
        left = max(0, sent - ms)
        self._ends[-1] = self._room.clock.now() + left
        self._room.turns.played(self._reply, self._room.clock.now(), left)


def _length(sentence: Sentence) -> int:
    return _length_of(sentence.text, sentence.spoken)


def _length_of(text: str, spoken: Spoken | None) -> int:
    return len(spoken.pcm) * 500 // spoken.rate if spoken else _READING_MS * len(text)
