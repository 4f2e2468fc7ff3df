"""微信客服 (WeCom customer service): messages fetched by cursor, sent by its interface; its sessions' states and our owners.

Its callback says only that there is news. What the news is, is fetched from where the last fetching ended; cursor and messages
are kept in one transaction, so nothing is read twice or left out, whoever dies meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from assistant.conversation import repository
from assistant.foundation import audit
from assistant.foundation.logging import get_logger
from assistant.foundation.messages import t, use_language
from assistant.foundation.wechat_tables import wechat_cursor as cursors
from channels.parts import Parts
from channels.rendering import Told
from channels.wechat import inbox
from channels.wechat.api import Account, Failed, Media
from channels.wechat.arriving import Arrived, moment_of, peer_of, short
from channels.wechat.inbox import Peer, Row

log = get_logger(__name__)

CUSTOMER, SYSTEM, SERVICER = 3, 4, 5
"""``origin`` of a message: the customer, WeCom itself, a servicer in WeCom."""
UNSEEN, BOT, POOL, HELD, ENDED = 0, 1, 2, 3, 4
"""States of a session: new, with the bot, waiting in the pool, with a servicer, ended."""
_PAGE = 1000
_MOST_PAGES = 50

STATES: Mapping[str, Mapping[str, int]] = MappingProxyType({
    #          bot         queue        staff        closed
    "desk":  {"bot": BOT, "queue": BOT, "staff": BOT, "closed": ENDED},
    "wecom": {"bot": BOT, "queue": POOL, "staff": HELD, "closed": ENDED},
})  # fmt: skip
"""The session's state for each owner of ours, by who takes over. At our own desk people answer by the interface, and that is
allowed only while WeCom has the session with the bot; in WeCom its servicers do."""

OWNERS: Mapping[int, str] = MappingProxyType({POOL: "queue", HELD: "staff", ENDED: "closed"})
"""The owner a change made in WeCom means here."""
_CHANGES: Mapping[int, int] = MappingProxyType({1: HELD, 2: HELD, 3: ENDED, 4: HELD})
"""``change_type`` of session_status_change: taken from the pool, passed on, ended, begun again."""


class Service:
    """The way out of one customer-service account."""

    def __init__(self, parts: Parts, account: Account, open_kfid: str) -> None:
        self._parts, self._account, self._open_kfid = parts, account, open_kfid

    def send(self, peer: Peer, told: Told, key: str) -> None:
        """See Sender. The same ``msgid`` again is taken for the same message."""
        about = {"touser": peer.openid, "open_kfid": self._open_kfid, "msgid": key}
        self._account.post("/cgi-bin/kf/send_msg", {**about, **_body(told)})

    def media(self, media_id: str, most: int) -> Media:
        """See Sender."""
        return self._account.media(media_id, most)

    def welcome(self, code: str, text: str) -> None:
        """See Sender. A code that is too old or used is nobody's loss: she is answered when she writes."""
        try:
            self._account.post("/cgi-bin/kf/send_msg_on_event", {"code": code, "msgtype": "text", "text": {"content": text}})
        except Failed as failed:
            if failed.kind not in ("code", "refused", "closed"):
                raise

    def follow(self, peer: Peer, owner: str) -> int | None:
        """See Sender. What WeCom does not allow (a session that ended there) is left as it is."""
        wanted = STATES[self._parts.settings.wechat_work_people][owner]
        if wanted == peer.service_state or (wanted == HELD and peer.service_state in (POOL, HELD)):
            return peer.service_state
        about = {"open_kfid": self._open_kfid, "external_userid": peer.openid}
        try:
            if wanted == HELD:  # only a servicer takes a session; until one does, it waits in the pool
                wanted = POOL
            self._account.post("/cgi-bin/kf/service_state/trans", {**about, "service_state": wanted})
        except Failed as failed:
            if failed.kind != "state":
                raise
            held = self._account.post("/cgi-bin/kf/service_state/get", about).get("service_state")
            return held if isinstance(held, int) else peer.service_state
        return wanted


class Reading:
    """Fetches what is new at a customer-service account into the inbox."""

    def __init__(self, parts: Parts, account: Account) -> None:
        self._parts, self._account = parts, account

    def read(self, row: Row) -> None:
        """All there is since the last time.

        Raises:
            channels.wechat.api.Failed: it could not be fetched; what was fetched before is kept.
        """
        service = row.account.removeprefix("kf:")
        cursor = self._cursor(row.account)
        for _ in range(_MOST_PAGES):
            asked: dict[str, Any] = {"cursor": cursor, "open_kfid": service, "limit": _PAGE, "voice_format": 0}
            if row.data.get("token"):
                asked["token"] = row.data["token"]
            answer = self._account.post("/cgi-bin/kf/sync_msg", asked)
            found, after = answer.get("msg_list"), answer.get("next_cursor")
            if not isinstance(found, list) or not isinstance(after, str) or len(after) > 200:
                raise Failed("away")
            self._keep(row.account, service, [one for one in found if isinstance(one, dict)], after)
            if not answer.get("has_more") or after == cursor:
                return
            cursor = after

    def _cursor(self, account: str) -> str:
        with self._parts.db.read() as conn:
            return conn.execute(select(cursors.c.cursor).where(cursors.c.account == account)).scalar() or ""

    def _keep(self, account: str, service: str, found: list[dict[str, Any]], after: str) -> None:
        now, ring = self._parts.clock.now(), self._parts.db.keyring
        arrived = []
        for one in found:
            peer = str(one.get("external_userid") or _event(one).get("external_userid") or "")
            if 0 < len(peer) <= 64 and one.get("open_kfid", service) == service:
                arrived.append(_arrived(one, account, peer, peer_of(ring, account, peer), now))
        with self._parts.db.write() as conn:
            inbox.put(conn, arrived, now)
            conn.execute(delete(cursors).where(cursors.c.account == account))
            conn.execute(insert(cursors).values(account=account, cursor=after, updated_at=now))


def _event(one: Mapping[str, Any]) -> Mapping[str, Any]:
    held = one.get("event")
    return held if isinstance(held, dict) else {}


def _arrived(one: Mapping[str, Any], account: str, who: str, peer: str, now: datetime) -> Arrived:
    """A message or event as the inbox has it; the members of a kind are named as the official account's."""
    kind, origin = str(one.get("msgtype") or "")[:32], one.get("origin")
    inner = one.get(kind)
    held: Mapping[str, Any] = inner if isinstance(inner, dict) else {}
    data: dict[str, Any] = {}
    if kind == "event":
        kind = f"event.{str(held.get('event_type', ''))[:24]}"
        data = {name: held[name] for name in ("welcome_code", "change_type") if name in held}
    elif origin == SERVICER:
        kind, data = "servicer", {"Content": str(held.get("content", ""))}
    elif kind == "text":
        data = {"Content": str(held.get("content", "")), "bizmsgmenuid": str(held.get("menu_id", ""))}
    elif kind in ("image", "voice", "file"):
        data = {"MediaId": str(held.get("media_id", ""))}
    elif kind == "location":
        data = {
            "Label": str(held.get("name") or held.get("address") or ""), "Location_X": str(held.get("latitude", "")),
            "Location_Y": str(held.get("longitude", "")),
        }  # fmt: skip
    at = moment_of(str(one.get("send_time", "")), now)
    return Arrived(account, who, peer, f"k:{short(str(one.get('msgid', '')))}", kind, at, data)


def _body(told: Told) -> dict[str, Any]:
    """A message as the interface takes it: words, or a menu whose items' ids are their numbers."""
    if not told.picks:
        return {"msgtype": "text", "text": {"content": told.text}}
    items = [{"type": "click", "click": {"id": str(n), "content": pick.label}} for n, pick in enumerate(told.picks, 1)]
    return {"msgtype": "msgmenu", "msgmenu": {"head_content": told.text, "list": items, "tail_content": ""}}


def changed_there(parts: Parts, peer: Peer, change_type: int, at: datetime) -> None:
    """A servicer took the session over in WeCom, passed it on or ended it: our owner follows, and the bot is silent or back."""
    state = _CHANGES.get(change_type)
    if state is None or peer.conversation_id is None:
        return
    owner = OWNERS[state]
    with parts.db.write() as conn:
        inbox.change(conn, peer.id, service_state=state)
        conv = repository.load(conn, peer.conversation_id)
        if conv is None or conv.owner == owner:
            return
        with use_language(conv.locale):
            text = t(f"wechat.owner_{owner}")
        parts.desk.leave(conn, conv.id, at)
        parts.runner.owners.hand_over(conn, conv.id, owner, "wecom", at, text)
    parts.announce(peer.conversation_id)


def said_there(parts: Parts, peer: Peer, text: str, at: datetime) -> None:
    """What a servicer said in WeCom stands in the conversation too; she has read it there already."""
    if peer.conversation_id is None or not text:
        return
    with parts.db.write() as conn:
        _note(conn, parts, peer.conversation_id, text, at)
    parts.announce(peer.conversation_id)


def _note(conn: Connection, parts: Parts, conversation_id: str, text: str, at: datetime) -> None:
    data = {"from": "staff", "name": t("wechat.servicer"), "text": text, "at": at.isoformat(), "via": "wecom"}
    now = parts.clock.now()
    repository.append_events(conn, conversation_id, [("message", data)], now)
    audit.append(conn, at=now, actor="wecom", action="conversation.servicer_said", subject=conversation_id, detail={})
