"""What arrives, in one shape whichever account it came to: who sent it, when, by which id it is known again, and what it says."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from assistant.foundation.crypto import KeyRing
from channels.wechat.envelope import NotGenuine
from channels.wechat.reading import Xml, text_of

READER = "#reader"
"""Stands for an openid where a customer-service account as a whole is meant: its messages are to be fetched."""

_LONGEST_ID = 64
_KEPT: Mapping[str, tuple[str, ...]] = {
    "text": ("Content", "bizmsgmenuid"),
    "image": ("MediaId",),
    "voice": ("MediaId", "Format", "Recognition"),
    "location": ("Location_X", "Location_Y", "Label"),
    "link": ("Title", "Url"),
    "event": ("Event", "EventKey", "Ticket", "Status"),
}
"""The members that are used, by kind; of any other kind (video, shortvideo, what will be invented) only that it came."""


@dataclass(frozen=True)
class Arrived:
    """One message or event. ``peer`` is the blind index of ``account`` and ``openid``; ``at`` is the platform's time."""

    account: str
    openid: str = field(repr=False)
    peer: str
    dedup: str
    kind: str
    at: datetime
    data: dict[str, Any] = field(repr=False)


def peer_of(keyring: KeyRing, account: str, openid: str) -> str:
    """How somebody at an account is known to us without telling who."""
    return keyring.blind_index(f"wechat\n{account}\n{openid}")


def official(found: Xml, account: str, keyring: KeyRing, now: datetime) -> Arrived:
    """A message or event of the official account.

    Messages are known by MsgId; events, which have none, by who, when and what, as the platform advises.

    Raises:
        NotGenuine: it names no sender or is otherwise none.
    """
    openid, kind = text_of(found, "FromUserName"), text_of(found, "MsgType").lower()
    if not 0 < len(openid) <= _LONGEST_ID or not 0 < len(kind) <= 32:
        raise NotGenuine("malformed")
    at = moment_of(text_of(found, "CreateTime"), now)
    peer = peer_of(keyring, account, openid)
    data = {name: text for name in _KEPT.get(kind, ()) if (text := text_of(found, name))}
    message_id = text_of(found, "MsgId")
    if message_id and kind != "event":
        dedup = f"m:{short(message_id)}"
    else:
        about = "\n".join((data.get("Event", ""), data.get("EventKey", ""), message_id))
        dedup = f"e:{peer[:32]}:{int(at.timestamp())}:{short(about)}"
    return Arrived(account, openid, peer, dedup, kind, at, data)


def news_of_service(found: Xml, corpid: str, keyring: KeyRing, now: datetime) -> Arrived | None:
    """That there is news at a customer-service account (``kf_msg_or_event``); None for any other event of WeCom.

    Raises:
        NotGenuine: it names no account.
    """
    if text_of(found, "MsgType").lower() != "event" or text_of(found, "Event").lower() != "kf_msg_or_event":
        return None
    service, ticket = text_of(found, "OpenKfId"), text_of(found, "Token")
    if not 0 < len(service) <= _LONGEST_ID or len(ticket) > 200:
        raise NotGenuine("malformed")
    account = service_account(service)
    at = moment_of(text_of(found, "CreateTime"), now)
    peer = peer_of(keyring, account, READER)
    dedup = f"n:{int(at.timestamp())}:{short(ticket)}"
    return Arrived(account, READER, peer, dedup, "news", at, {"token": ticket})


def service_account(open_kfid: str) -> str:
    """How a customer-service account is called in our tables."""
    return f"kf:{open_kfid}"


def moment_of(seconds: str | int, now: datetime) -> datetime:
    """The platform's time (Unix seconds); ours where it gave none or one that cannot be."""
    text = str(seconds)
    if not (text.isascii() and text.isdigit() and len(text) <= 11):
        return now
    return min(datetime.fromtimestamp(int(text), UTC), now)


def short(text: str) -> str:
    """An id as it is kept: ours to compare, whatever its length."""
    return text if 0 < len(text) <= 40 and text.isascii() else hashlib.sha256(text.encode()).hexdigest()[:32]
