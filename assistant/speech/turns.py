"""Taking turns, as a state machine without sound, threads or a clock of its own: probabilities of speech in, signals out.

Two things go on beside each other: she speaks or not (`listening`), and a reply is thought of, said, held, or none is. What she
says while a reply is on holds it at once; what she said then decides whether it is cut or goes on. A binding reply is not held.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, assert_never

from assistant.speech.listening import Listening, Rules, filler
from assistant.speech.signals import (
    Acknowledges,
    Asks,
    Begins,
    Binding,
    Cuts,
    Cuttable,
    Drops,
    Ends,
    Held,
    Hushes,
    Reply,
    Resumes,
    Signal,
    Silences,
    Takes,
    cut,
)

State = Literal["listening", "hearing", "thinking", "speaking", "muted"]


@dataclass
class _Saying:
    """The reply in hand: `until` is when what was sent has been played, `complete` whether nothing more is to come."""

    reply: Reply
    until: int | None = None
    complete: bool = False
    held: Held | None = None


class Turns:
    """The turn-taking of one kiosk.

    Without `full_duplex` the microphone hears the loudspeaker: we are deaf while we speak and a moment after, and she interrupts
    by touch.
    """

    def __init__(self, *, full_duplex: bool = True, rules: Rules | None = None) -> None:
        self.full_duplex = full_duplex
        self.listening = Listening(rules)
        self.muted = False
        self._saying: _Saying | None = None
        self._replies = 0
        self._awaited: dict[int, int] = {}
        self._carried: list[str] = []
        self._after: list[Takes] = []
        self._deaf_until = 0
        self._misses = 0
        self._quiet_since: int | None = None
        self._last_ended = 0
        self._taken = 0
        self._unanswered: int | None = None
        self._drafted: tuple[int, int] | None = None
        self._known = self._long = self._acknowledged = False
        self._acknowledging_until = self._certain = 0

    @property
    def state(self) -> State:
        """What the screen shows."""
        if self.muted:
            return "muted"
        if self.listening.open:
            return "hearing"
        if self._saying is not None and self._saying.until is not None and self._saying.held is None:
            return "speaking"
        return "thinking" if self._saying is not None or self._awaited or self._taken else "listening"

    @property
    def bound(self) -> bool:
        """Whether a binding reply is in hand: no other may begin."""
        return self._saying is not None and isinstance(self._saying.reply, Binding)

    def deaf(self, at_ms: int) -> bool:
        """Whether what the microphone hears at `at_ms` is not to be listened to."""
        return self.muted or (not self.full_duplex and at_ms < self._deaf_until)

    def may_speak(self, reply: Reply) -> bool:
        """Whether the next sentence of `reply` may be said now."""
        saying = self._saying
        if saying is None or saying.reply.number != reply.number or saying.held is not None:
            return False
        return isinstance(saying.reply, Binding) or not (self.listening.open or self._awaited)

    def current(self, reply: Reply) -> bool:
        """Whether `reply` is still to be said, now or later."""
        return self._saying is not None and self._saying.reply.number == reply.number

    # what the microphone brings

    def window(self, at_ms: int, probability: float) -> list[Signal]:
        """One window of sound that began at `at_ms`."""
        out = self._settle(at_ms)
        if self.deaf(at_ms):
            self.listening.forget()
            return out
        speaking = self._sounding(at_ms)
        out += self._heed(self.listening.window(at_ms, probability, speaking=speaking), at_ms)
        return out + self._waited(at_ms) + self._acknowledges(at_ms)

    def tick(self, now_ms: int) -> list[Signal]:
        """Time passes, whether or not the microphone brings anything."""
        return self._settle(now_ms) + self._heed(self.listening.tick(now_ms), now_ms) + self._acknowledges(now_ms)

    def _heed(self, signals: list[Signal], at_ms: int) -> list[Signal]:
        out: list[Signal] = []
        for signal in signals:
            out.append(signal)
            if isinstance(signal, Begins):
                self._quiet_since = None
                out += self._hold() or self._hush(at_ms)
                self._acknowledging_until = min(self._acknowledging_until, at_ms)
            elif isinstance(signal, Ends):
                self._awaited[signal.utterance] = self._unanswered = signal.at_ms
                self._certain = at_ms
                self._long = self.listening.said_ms >= self.listening.rules.acknowledged
                self._known = self._drafted == (signal.utterance, signal.version)
            elif isinstance(signal, Drops):
                out += self._nothing()
        return out

    def _hold(self) -> list[Signal]:
        saying = self._saying
        if saying is None or saying.held is not None or isinstance(saying.reply, Binding):
            return []
        saying.held = Held(saying.reply)
        if saying.until is None:
            return []
        saying.until = None
        return [Silences(saying.held)]

    def _nothing(self) -> list[Signal]:
        """What broke into the reply was nothing."""
        saying = self._saying
        if self.listening.open or self._awaited:
            return []
        if self._carried:
            text, self._carried = "".join(self._carried), []
            return self._take(Takes(text, self._last_ended))
        if saying is None or saying.held is None:
            return []
        reply, saying.held, saying.complete = saying.held.reply, None, False
        return [Resumes(reply)]

    # what the recogniser brings

    def drafted(self, utterance: int, version: int, text: str) -> None:
        """What was recognised when she paused."""
        self._drafted = (utterance, version) if text and not filler(text) else None
        self.listening.drafted(utterance, version, text)

    def words(self, utterance: int, text: str, now_ms: int) -> list[Signal]:
        """What an utterance that has ended came to; an utterance nobody waits for any more comes to nothing."""
        ended = self._awaited.pop(utterance, None)
        if ended is None:
            return []
        self._last_ended = ended
        if filler(text):
            self._unanswered = None
            return self._missed(text, now_ms)
        self._misses, self._known = 0, True
        self._carried.append(text)
        if self.listening.open or self._awaited:
            return []  # she went on: both pieces are one sentence
        text, self._carried = "".join(self._carried), []
        return self._take(Takes(text, ended))

    def unheard(self, utterance: int, now_ms: int) -> list[Signal]:
        """An utterance that has ended came to nothing, and she is told why otherwise."""
        self._unanswered = None
        if self._awaited.pop(utterance, None) is None:
            return []
        self._quiet_since = now_ms
        return self._nothing()

    def _missed(self, text: str, now_ms: int) -> list[Signal]:
        broke_in = self._saying is not None
        out = self._nothing()
        if broke_in or out or self.listening.open or self._awaited or text.strip():
            return out  # 嗯 is no request; it is not asked about
        return self._miss(now_ms)

    def _miss(self, now_ms: int, first: Literal["again", "silent"] = "again") -> list[Signal]:
        self._misses += 1
        self._quiet_since = now_ms
        return [Asks(first)] if self._misses == 1 else [Asks("touch")] if self._misses == 2 else []

    def _take(self, takes: Takes) -> list[Signal]:
        saying = self._saying
        if saying is None:
            self._taken += 1
            return [takes]
        match saying.reply:
            case Binding():
                self._after.append(takes)
                return []
            case Cuttable() as reply:
                self._saying = None
                self._taken += 1
                return [cut(saying.held or Held(reply)), takes]
            case _:
                assert_never(saying.reply)

    # what is to be said

    def begins_reply(self, *, binding: bool = False) -> tuple[Reply, list[Signal]]:
        """A wish goes to the conversation; its reply is the one in hand from now on. An older cuttable one is cut.

        Raises:
            RuntimeError: a binding reply is in hand (`bound`).
        """
        if self.bound:
            raise RuntimeError("a binding reply is said to its end")
        out: list[Signal] = []
        self._taken = max(0, self._taken - 1)
        saying = self._saying
        if saying is not None and isinstance(saying.reply, Cuttable):
            out.append(cut(saying.held or Held(saying.reply)))
        self._replies += 1
        reply: Reply = Binding(self._replies) if binding else Cuttable(self._replies)
        self._quiet_since = None
        held = Held(reply) if isinstance(reply, Cuttable) and self.listening.open else None
        self._saying = _Saying(reply, held=held)
        return reply, out

    def says(self, reply: Reply, now_ms: int, length_ms: int) -> None:
        """A sentence of `length_ms` was sent to be played behind what was sent before."""
        if self._saying is not None and self._saying.reply.number == reply.number:
            self._saying.until = max(now_ms, self._saying.until or now_ms, self._acknowledging_until) + length_ms
            self._deaf_until = self._saying.until + self.listening.rules.tail
            self._unanswered, self._acknowledged = None, False

    # that she was heard, before there is an answer

    @property
    def acknowledging_until(self) -> int:
        """When the last acknowledgement has been played."""
        return self._acknowledging_until

    def may_acknowledge(self) -> bool:
        """Whether she still waits in silence: nothing is said, she says nothing."""
        saying = self._saying
        waits = saying.until is None if saying is not None else bool(self._awaited or self._taken)
        return waits and self._unanswered is not None and not self.listening.open and not self.muted

    def acknowledged(self, now_ms: int, length_ms: int) -> None:
        """An acknowledgement of `length_ms` was sent: what is said next is played behind it."""
        self._acknowledging_until = now_ms + length_ms
        self._deaf_until = max(self._deaf_until, self._acknowledging_until + self.listening.rules.tail)

    def _acknowledges(self, now_ms: int) -> list[Signal]:
        """Once for each thing she says, and not again before something else was said."""
        if self._acknowledged or self._unanswered is None or not self.may_acknowledge():
            return []
        rules = self.listening.rules
        patience = rules.acknowledge if self._known else rules.acknowledge_sound if self._long else None
        if patience is None or now_ms < max(self._unanswered + patience, self._certain + rules.acknowledge_least):
            return []
        self._acknowledged = True
        return [Acknowledges(self._known)]

    def _hush(self, now_ms: int) -> list[Signal]:
        return [Hushes()] if now_ms < self._acknowledging_until else []

    def completes(self, reply: Reply, now_ms: int) -> list[Signal]:
        """Nothing more of `reply` is to come."""
        if self._saying is not None and self._saying.reply.number == reply.number:
            self._saying.complete = True
        return self._settle(now_ms)

    def played(self, reply: Reply, now_ms: int, left_ms: int) -> None:
        """The kiosk says that `left_ms` of what was sent are still to be played."""
        if self._saying is not None and self._saying.reply.number == reply.number and self._saying.until is not None:
            self._saying.until = now_ms + max(0, left_ms)
            self._deaf_until = self._saying.until + self.listening.rules.tail

    def _settle(self, now_ms: int) -> list[Signal]:
        saying = self._saying
        if saying is None or saying.held is not None or not saying.complete:
            return []
        if saying.until is not None and now_ms < saying.until:
            return []
        self._saying, self._quiet_since, self._unanswered = None, now_ms, None
        after, self._after = self._after, []
        self._taken += len(after)
        return [*after]

    def _sounding(self, at_ms: int) -> bool:
        saying = self._saying
        if at_ms < self._acknowledging_until:
            return True
        return saying is not None and saying.held is None and saying.until is not None and at_ms < saying.until

    def _waited(self, at_ms: int) -> list[Signal]:
        """She was asked something and has said nothing for long."""
        busy = self._saying is not None or self.listening.open or self._awaited or self._taken
        if busy or self._quiet_since is None or at_ms - self._quiet_since < self.listening.rules.waiting:
            return []
        return self._miss(at_ms, "silent")

    # what her hands do

    def touched(self, now_ms: int) -> list[Signal]:
        """She answered on the screen: what she was saying is not waited for, what was being said is over."""
        out = self.listening.drop("touched")
        self._awaited.clear()
        self._carried.clear()
        self._misses, self._unanswered = 0, None
        hushes = self._hush(now_ms)
        self._acknowledging_until = min(self._acknowledging_until, now_ms)
        return out + hushes + self._end_cuttable(now_ms)

    def stop(self, now_ms: int) -> list[Signal]:
        """She wants it to be silent."""
        return self._end_cuttable(now_ms)

    def give_up(self, now_ms: int) -> list[Signal]:
        """Something broke: whatever was in hand is not waited for any more."""
        self._saying, self._quiet_since, self._taken, self._unanswered = None, now_ms, 0, None
        self._awaited.clear()
        self._carried.clear()
        after, self._after = self._after, []
        return [*after]

    def _end_cuttable(self, now_ms: int) -> list[Signal]:
        saying = self._saying
        if saying is None or not isinstance(saying.reply, Cuttable):
            return []
        self._saying, self._quiet_since = None, now_ms
        self._deaf_until = min(self._deaf_until, now_ms + self.listening.rules.tail)
        held = saying.held or Held(saying.reply)
        sounding = saying.held is None and saying.until is not None
        dropped: Cuts = cut(held)
        return [Silences(held), dropped] if sounding else [dropped]

    def mute(self, on: bool) -> list[Signal]:
        """The microphone is switched off or on; what was being said into it is dropped."""
        self.muted = on
        return self._heed(self.listening.drop("muted"), 0) if on else []
