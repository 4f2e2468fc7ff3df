"""What turn-taking tells the pipeline, and the replies it tells of.

A reply is either `Cuttable` or `Binding`. A turn that submits is binding: whatever she says meanwhile, it is carried out
and its outcome is said. Only `Held`, made of a cuttable reply, can be cut, so cutting a binding one is a type error.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Cuttable:
    """A reply that ends when she interrupts it."""

    number: int


@dataclass(frozen=True)
class Binding:
    """The reply to a submission: said to its end."""

    number: int


Reply = Cuttable | Binding


@dataclass(frozen=True)
class Held:
    """A reply that keeps silent until it is known whether she said something: then it is cut, or goes on."""

    reply: Cuttable


@dataclass(frozen=True)
class Begins:
    """She begins to speak; her first sound was at `at_ms`."""

    utterance: int
    at_ms: int


@dataclass(frozen=True)
class Pauses:
    """She pauses. What she said so far may be recognised already: it is all of it unless she goes on."""

    utterance: int
    version: int
    at_ms: int


@dataclass(frozen=True)
class Ends:
    """She is done; her last sound was at `at_ms`. `cut_short`: she talked for longer than is listened to at once."""

    utterance: int
    version: int
    at_ms: int
    cut_short: bool = False


@dataclass(frozen=True)
class Drops:
    """The utterance was none: a cough, or somebody muted the microphone, touched the screen or unplugged it."""

    utterance: int
    why: Literal["short", "muted", "touched", "lost"]


@dataclass(frozen=True)
class Silences:
    """Be silent at once; what is left to say is held."""

    held: Held


@dataclass(frozen=True)
class Resumes:
    """It was nothing: go on with the sentence that was broken off."""

    reply: Cuttable


@dataclass(frozen=True)
class Cuts:
    """She said something else: what was left to say, and what was being prepared, is dropped."""

    reply: Cuttable


@dataclass(frozen=True)
class Takes:
    """`text` is what she said, ready for the conversation; `at_ms` is when she had said it."""

    text: str
    at_ms: int


@dataclass(frozen=True)
class Asks:
    """Nothing could be made of it: `again` asks her once, `silent` where she said nothing, `touch` points at the screen."""

    how: Literal["again", "silent", "touch"]


@dataclass(frozen=True)
class Acknowledges:
    """The answer is not there yet: say that she was heard. `known` where there are words already, not only sound."""

    known: bool


@dataclass(frozen=True)
class Hushes:
    """Be silent at once; what sounded was an acknowledgement."""


@dataclass(frozen=True)
class TooLong:
    """She has been talking for so long that it is taken in pieces; told once a talk."""


Signal = Begins | Pauses | Ends | Drops | Silences | Resumes | Cuts | Takes | Asks | Acknowledges | Hushes | TooLong


def cut(held: Held) -> Cuts:
    """Ends a held reply."""
    return Cuts(held.reply)
