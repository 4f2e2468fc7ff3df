"""Sending somebody what her conversation says: turns, words of staff, notices; each once, in order, as few messages as possible.

All of it is read from the conversation's events, so it does not matter who said it, in which process, or whether we were running.
What has gone is counted after each message; who dies between sending and counting sends that one message again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from assistant.conversation import repository
from assistant.conversation.model import Conversation, Event
from assistant.conversation.replying import told
from assistant.foundation import metrics
from assistant.foundation.logging import get_logger
from assistant.foundation.messages import render, t, use_language
from channels import crossings, tickets
from channels.parts import Parts
from channels.rendering import SHOWS, Said, Told, messages
from channels.wechat import inbox
from channels.wechat.api import Failed, Kind
from channels.wechat.inbox import Peer
from channels.wechat.sender import Sender
from knowledge.replies import Text

log = get_logger(__name__)

_MOST_EVENTS = 200
_REST: dict[Kind, timedelta] = {
    "busy": timedelta(seconds=5), "away": timedelta(seconds=10), "quota": timedelta(minutes=10), "stale": timedelta(minutes=1),
    "state": timedelta(seconds=30),
}  # fmt: skip
_ANOTHER_WAY = "wecom"
"""``via`` of words she has already been sent by somebody else."""

Passive = Callable[[Told], bool]
"""Takes the first message by another way (the callback's own reply); whether it did."""


def deliver(parts: Parts, sender: Sender, peer_id: str, passive: Passive | None = None) -> int:
    """Send what there is; how many messages went."""
    with parts.db.read() as conn:
        peer = inbox.load(conn, peer_id)
        conv = repository.load(conn, peer.conversation_id) if peer and peer.conversation_id else None
        if peer is None or conv is None or not peer.subscribed:
            return 0
        if peer.resting_until is not None and peer.resting_until > parts.clock.now():
            return 0
        until = peer.batch_seq if peer.sent_part else conv.last_event
        events = [e for e in repository.events_after(conn, conv.id, peer.sent_seq, _MOST_EVENTS) if e.seq <= until]
    if not events:
        return 0
    said = composed(parts, conv, events)
    gone = 0
    if not peer.sent_part:
        with parts.db.write() as conn:
            inbox.change(conn, peer.id, batch_seq=events[-1].seq)
    for number, one in enumerate(said):
        if number < peer.sent_part:
            continue
        left = peer.budget - gone
        if left <= 0:
            return gone
        last = left == 1 and number < len(said) - 1
        message = Told(f"{one.text}\n\n{_in_her_language(conv, 'more')}") if last else one
        if not (gone == 0 and passive is not None and passive(message)):
            try:
                sender.send(peer, message, f"{conv.id[:13]}-{events[-1].seq}-{number}")
            except Failed as failed:
                _hold(parts, peer, failed)
                return gone
        gone += 1
        with parts.db.write() as conn:
            inbox.spend(conn, peer.id)
        metrics.notices_total.labels("wechat_chat", "sent").inc()
    _follow(parts, sender, peer, conv.owner)
    picks = [[pick.label, pick.value, pick.tapped] for pick in said[-1].picks] if said else None
    with parts.db.write() as conn:
        values: dict[str, Any] = {"sent_seq": events[-1].seq, "sent_part": 0, "resting_until": None}
        inbox.change(conn, peer.id, **values, **({"menu": picks} if said else {}))
    return gone


def _follow(parts: Parts, sender: Sender, peer: Peer, owner: str) -> None:
    """Let the platform know who speaks now, after what was said before is out."""
    try:
        state = sender.follow(peer, owner)
    except Failed as failed:
        log.warning("wechat.state_not_told", kind=failed.kind, code=failed.code)
        return
    if state != peer.service_state:
        with parts.db.write() as conn:
            inbox.change(conn, peer.id, service_state=state)


def composed(parts: Parts, conv: Conversation, events: list[Event]) -> list[Told]:
    """What these events say to her, in her language."""
    until = parts.clock.now() + timedelta(minutes=parts.settings.wechat_link_minutes)

    def link(path: str) -> str:
        if "://" in path:
            return path
        return parts.settings.public_url + tickets.made(parts.db.keyring, conv.id, path, until)

    def onward() -> str:
        lasts = timedelta(minutes=parts.settings.wechat_link_minutes)
        path = crossings.address(parts.db.keyring, conv.id, conv.token_hash, parts.clock.now(), lasts)
        return f"{parts.settings.public_url}{path}"

    with use_language(conv.locale):
        said = [turn for event in events if (turn := _said(parts, told(event, conv.locale), onward))]
        found = messages(SHOWS["wechat"], said, link)
    return [Told(render(one.text, conv.locale), one.picks) for one in found] if conv.locale == "zh-Hant" else found


def _said(parts: Parts, event: Event, onward: Callable[[], str]) -> Said | None:
    """Replies and question of an event; None for what she said herself, or what is no word to her."""
    data = event.data
    if data.get("via") == _ANOTHER_WAY:
        return None
    match event.kind:
        case "turn":
            return Said(data["replies"], data["ask"], _page(parts, data), onward)
        case "message" if data.get("from") == "bot":
            return Said(data.get("replies") or [Text(text=data["text"])])
        case "message" if data.get("from") == "staff":
            words: list[Any] = [Text(text=t("wechat.staff", name=data.get("name", ""), text=data["text"]))]
            if data.get("card"):
                words.append(Text(text=t("wechat.card_elsewhere", url=onward())))
            return Said(words)
        case "owner" | "notice" if data.get("text"):
            return Said([Text(text=data["text"])])
    return None


def _page(parts: Parts, turn: Mapping[str, Any]) -> str:
    """The page of the guide a turn is about; empty where it is about none."""
    about = (turn.get("case") or {}).get("guide") or (turn.get("understanding") or {}).get("guide")
    return f"{parts.settings.public_url}/guides/{about['code']}" if about else ""


def _in_her_language(conv: Conversation, key: str) -> str:
    with use_language(conv.locale):
        return render(t(f"wechat.{key}"), conv.locale)


def _hold(parts: Parts, peer: Peer, failed: Failed) -> None:
    """What could not be sent stays: until she writes, or for a while."""
    log.warning("wechat.not_sent", kind=failed.kind, code=failed.code)
    metrics.notices_total.labels("wechat_chat", failed.kind).inc()
    with parts.db.write() as conn:
        if failed.kind == "gone":
            inbox.change(conn, peer.id, subscribed=False, budget=0)
        elif failed.kind in ("closed", "refused", "media", "code"):
            inbox.change(conn, peer.id, budget=0)
        else:
            inbox.change(conn, peer.id, resting_until=parts.clock.now() + _REST.get(failed.kind, timedelta(minutes=1)))
