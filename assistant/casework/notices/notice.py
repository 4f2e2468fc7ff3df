"""A notice, and what can be done with one: the small interface behind which every way of telling somebody stands.

A call ends as ``Sent``, as ``Unavailable`` (nobody knows whether it was sent: ask by its key, then send again) or as
``Rejected`` (the far side said no: repeating it changes nothing). There is no third way.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from pydantic import BaseModel


@dataclass(frozen=True)
class Sent:
    """The far side has it, under its number ``ref``."""

    ref: str = ""


@dataclass(frozen=True)
class Unavailable:
    """No usable answer. ``code`` is one of a closed list of ours, fit for logs: ``timeout``, ``no-connection``, ``busy``,
    ``not-authorised``, ``server-error``, ``unreadable``.
    """

    code: str


@dataclass(frozen=True)
class Rejected:
    """Refused for good; ``code`` is the far side's stable word for why, a plain one."""

    code: str


Outcome = Sent | Unavailable | Rejected


class OneTap(BaseModel):
    """What she can do about it with one tap: ``message`` is sent as if she had typed it."""

    label: str
    message: str


class Words(BaseModel):
    """What is said. ``title`` and ``text`` are finished texts, ``link`` leads to where the rest can be read.

    ``while_`` are the case's statuses in which it is still true; empty: always. ``until`` is when it is no longer worth saying.
    """

    title: str
    text: str
    link: str = ""
    level: str = "info"
    action: OneTap | None = None
    while_: list[str] = []
    until: datetime | None = None


@dataclass(frozen=True)
class Notice:
    """One thing to tell over one channel. ``key`` is the same for every repeat and says nothing about anybody."""

    key: str
    kind: str
    channel: str
    address: str = field(repr=False)
    words: Words = field(repr=False)


class Provider(Protocol):
    """One way of telling somebody. Calls block, for a bounded time, and do not raise for what the far side does."""

    channel: str

    def send(self, notice: Notice) -> Outcome:
        """Hand it over. Repeating a call with the same key changes nothing where the far side goes by keys."""

    def find(self, key: str) -> Outcome | None:
        """What the far side says of an earlier sending: ``Sent``; None where it has none, or cannot tell; or no answer."""

    def close(self) -> None:
        """Let go of connections."""


def key_of(case_no: str, about: str) -> str:
    """The key by which far sides know a notice: the same for the same thing, and nothing to be read from it."""
    return hashlib.sha256(f"{case_no}\n{about}".encode()).hexdigest()[:40]
