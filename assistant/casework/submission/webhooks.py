"""News an office sends by itself: checked as Standard Webhooks has it, and then believed in one thing only, that there is news.

What the news is, the office is asked; so whoever could forge a webhook could make us ask once more, and nothing else.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection, delete, insert, select

from assistant.foundation.tables import webhook_seen

WINDOW = timedelta(minutes=5)
"""How far its clock may be from ours: the tolerance the convention names."""

LARGEST_BODY = 64 * 1024
"""Bytes. The bodies of the convention are a few hundred."""

_PREFIX = "whsec_"
LONGEST_ID = 128
"""Signs of an id."""


class NotGenuine(Exception):
    """A webhook that is not to be believed; ``code`` says why, for the log: ``unsigned malformed stale forged replayed``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class News:
    """What is taken from a genuine one: its ``id``, whose file it is about (None where that cannot be read), and, from offices
    that count the lines of their history from 1, the line it is about."""

    id: str
    number: str | None
    seq: int | None = None


class Door(Protocol):
    """What opens to one office's webhooks."""

    def read(self, headers: Mapping[str, str], body: bytes, now: datetime) -> News:
        """The news in a webhook.

        Raises:
            NotGenuine: it is not the office's, or not of now.
        """


class Standard:
    """The door of an office that signs as Standard Webhooks has it."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def read(self, headers: Mapping[str, str], body: bytes, now: datetime) -> News:
        """See Door."""
        name = verify(self._secret, headers, body, now)
        given = parsed(body)
        return News(name, number_of(given.get("receipt_no") if isinstance(given, dict) else None))


def parsed(body: bytes) -> Any:
    """A body's JSON; None where there is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def number_of(given: Any) -> str | None:
    """A receipt number, if it can be one."""
    return given if isinstance(given, str) and 0 < len(given) <= 128 and "\x00" not in given else None


def in_time(seconds: float, now: datetime) -> bool:
    """Whether a webhook of that moment (Unix seconds) is of now."""
    return abs(now.timestamp() - seconds) <= WINDOW.total_seconds()


def verify(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    """Check the signature and the moment of a webhook; its id.

    Args:
        secret: shared with the office: text, or ``whsec_`` and base64.
        headers: with ``webhook-id``, ``webhook-timestamp`` (Unix seconds), ``webhook-signature`` (``v1,`` and the base64 of
            HMAC-SHA256 over ``id.timestamp.body``; several, separated by blanks, while a secret is changed).

    Raises:
        NotGenuine: unsigned, malformed, stale or forged.
    """
    name, stamp, given = (headers.get(f"webhook-{part}", "") for part in ("id", "timestamp", "signature"))
    if not (name and stamp and given):
        raise NotGenuine("unsigned")
    if len(name) > LONGEST_ID or not name.isascii() or not (stamp.isascii() and stamp.isdigit()) or len(stamp) > 12:
        raise NotGenuine("malformed")
    right = hmac.digest(_key(secret), f"{name}.{stamp}.".encode() + body, "sha256")
    # All of them are compared, whichever fits: the time it takes says nothing.
    if not any([hmac.compare_digest(right, signature) for signature in _signatures(given)]):
        raise NotGenuine("forged")
    if not in_time(int(stamp), now):
        raise NotGenuine("stale")
    return name


def remember(conn: Connection, office: str, name: str, now: datetime) -> None:
    """Take a webhook for the only time it may come, in the caller's write transaction.

    Raises:
        NotGenuine: replayed.
    """
    # Older ones are refused by their timestamps; twice the window, since their clock may be as far ahead of ours.
    conn.execute(delete(webhook_seen).where(webhook_seen.c.at < now - 2 * WINDOW))
    known = select(webhook_seen.c.at).where(webhook_seen.c.office == office, webhook_seen.c.id == name)
    if conn.execute(known).first() is not None:
        raise NotGenuine("replayed")
    conn.execute(insert(webhook_seen).values(office=office, id=name, at=now))


def _key(secret: str) -> bytes:
    if secret.startswith(_PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
        except binascii.Error:
            pass
    return secret.encode()


def _signatures(given: str) -> list[bytes]:
    found = []
    for part in given.split(" "):
        version, _, text = part.partition(",")
        if version == "v1":
            try:
                found.append(base64.b64decode(text, validate=True))
            except (binascii.Error, ValueError):
                continue
    return found
