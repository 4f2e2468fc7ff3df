"""What a message means: one small function a kind. Words and taps are turns; files are uploads; the rest is answered honestly."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from assistant.conversation import repository
from assistant.conversation.model import Conversation
from assistant.foundation.messages import render, t, use_language
from channels.api.messages import attached
from channels.api.uploads import keep_upload
from channels.parts import Parts
from channels.problems import Problem
from channels.wechat import inbox, service, talking
from channels.wechat.api import Failed, Media
from channels.wechat.inbox import Peer, Row
from channels.wechat.sender import ACTED, WROTE, Leave, Sender

CASE_SCENE = "case."
"""A code we made carries this and a case number; scanning it goes on with that case, by the proof that asks for."""

_ENDINGS = {
    "image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp", "application/pdf": ".pdf",
}  # fmt: skip


class Later(Exception):
    """It cannot be worked off just now; ``seconds`` from now it can be tried again."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Hearing:
    """One message of somebody, with everything it is worked off with."""

    def __init__(self, parts: Parts, sender: Sender, peer: Peer, row: Row, openid: str | None) -> None:
        self.parts, self.sender, self.peer, self.row, self._openid = parts, sender, peer, row, openid

    async def work(self) -> None:
        """Do what the message asks for.

        Raises:
            Later: not now.
            EngineDown: the engine is away.
        """
        kind = self.row.kind
        if kind == "event":
            kind = f"event.{self.row.data.get('Event', '').lower()}"
        await _KINDS.get(kind, _unheard if not kind.startswith("event.") else _nothing)(self)

    async def conversation(self, *, greet: bool = False, leave: Leave = WROTE) -> Conversation:
        """Hers; what she did allows us to answer."""
        await asyncio.to_thread(self._allow, leave)
        return await asyncio.to_thread(
            talking.conversation_of, self.parts, self.peer, greet=greet, openid=self._openid
        )

    async def says(self, text: str | None, choice: list[str] | None = None, attachments: list[Any] | None = None) -> None:
        """A turn of hers."""
        conv = await self.conversation()
        wait = self.parts.per_conversation.take(conv.id)
        if wait > 0:
            raise Later(wait)
        await talking.turn(self.parts, conv.id, f"wechat-{self.row.id}", text, choice, attachments)

    async def answer(self, key: str, leave: Leave = WROTE, **params: Any) -> None:
        """Words of ours outside a turn."""
        conv = await self.conversation(leave=leave)
        with use_language(conv.locale):
            text = t(f"wechat.{key}", **params)
        await asyncio.to_thread(talking.say, self.parts, conv.id, render(text, conv.locale))

    def _allow(self, leave: Leave) -> None:
        """The platform does not add these up: there are as many as what she did last allows, or what is left of more."""
        now, until = self.parts.clock.now(), self.row.at + leave.lasts
        with self.parts.db.write() as conn:
            held = inbox.load(conn, self.peer.id)
            left = held.budget if held and held.budget_until and held.budget_until > now else 0
            last = held.budget_until if held and left and held.budget_until else until
            inbox.change(
                conn, self.peer.id, budget=max(left, leave.messages), budget_until=max(last, until), heard_at=now,
                subscribed=True, resting_until=None,
            )  # fmt: skip


def cleaned(text: str) -> str:
    """Without control characters, which nobody typed; line breaks and tabs stay, and emoji, which somebody did."""
    kept = "".join(sign for sign in text if sign in "\n\t" or not (ord(sign) < 0x20 or 0x7F <= ord(sign) <= 0x9F))
    return kept.replace("\u202e", "").replace("\ufeff", "")


async def _text(one: Hearing) -> None:
    text = cleaned(one.row.data.get("Content", ""))
    picked = await asyncio.to_thread(_picked, one, text.strip())
    await (one.says(None, [picked[0]]) if picked and picked[1] else one.says(picked[0] if picked else text))


def _picked(one: Hearing, text: str) -> tuple[str, bool] | None:
    """What a number or a tapped line of her last list means: the value, and whether it is a choice of the question."""
    number = one.row.data.get("bizmsgmenuid") or text
    if not (one.peer.menu and number.isascii() and number.isdigit() and 1 <= int(number[:4]) <= len(one.peer.menu)):
        return None
    label, value, tapped = one.peer.menu[int(number) - 1]
    if not tapped:
        return value, False
    with one.parts.db.read() as conn:
        conv = repository.load(conn, one.peer.conversation_id or "")
    ask = conv.state.ask if conv else None
    fits = ask is not None and (ask.kind == "confirm" or any(option.value == value for option in ask.options or []))
    return (value, True) if fits else (label, False)  # the question is another by now: as if she had typed it


async def _voice(one: Hearing) -> None:
    """The platform's own recognition, where the account has it; we have none for AMR and Silk, and say so."""
    heard = cleaned(one.row.data.get("Recognition", "")).strip()
    await (one.says(heard) if heard else one.answer("voice_not_heard"))


async def _file(one: Hearing) -> None:
    conv = await one.conversation()
    most = one.parts.settings.upload_max_bytes
    try:
        media = await asyncio.to_thread(one.sender.media, one.row.data.get("MediaId", ""), most)
    except Failed as failed:
        if failed.kind in ("busy", "quota", "away") and one.row.tries < 5:
            raise Later(5.0 * 2**one.row.tries) from None
        await one.answer("picture_gone")
        return
    try:
        kept = await asyncio.to_thread(keep_upload, one.parts, conv, media.data, _name(one, media), media.kind, None)
    except Problem as problem:
        await asyncio.to_thread(talking.say, one.parts, conv.id, problem.detail)
        return
    files = await asyncio.to_thread(attached, one.parts, conv, [kept.upload_id])
    await one.says(None, None, files)


def _name(one: Hearing, media: Media) -> str:
    if media.name and "." in media.name:
        return media.name[:120]
    return f"wechat-{one.row.id}{_ENDINGS.get(media.kind, '')}"


async def _location(one: Hearing) -> None:
    """A place by its name, where the platform has one: what she would have typed."""
    label = cleaned(one.row.data.get("Label", "")).strip()
    with use_language(talking.locale_of(None)):
        bare = t("wechat.place_bare", latitude=one.row.data.get("Location_X", ""), longitude=one.row.data.get("Location_Y", ""))
    await one.says(label or bare)


async def _subscribe(one: Hearing) -> None:
    """The first thing she reads is the greeting; who comes by a code of a case's is asked for its proof."""
    if not await asyncio.to_thread(_newest, one, subscribed=True):
        return
    await one.conversation(greet=True, leave=ACTED)
    await _scene(one, one.row.data.get("EventKey", "").removeprefix("qrscene_"))


async def _scan(one: Hearing) -> None:
    await one.conversation(greet=True, leave=ACTED)
    await _scene(one, one.row.data.get("EventKey", ""))


async def _scene(one: Hearing, scene: str) -> None:
    number = scene.removeprefix(CASE_SCENE)
    if scene.startswith(CASE_SCENE) and number.isascii() and number.isalnum() and len(number) <= 40:
        conv = await one.conversation(leave=ACTED)
        await talking.turn(one.parts, conv.id, f"wechat-{one.row.id}", t("wechat.go_on", case_no=number))


async def _unsubscribe(one: Hearing) -> None:
    """She wants to hear no more: nothing is sent from now on. Her case stays, and goes on when she comes back."""
    await asyncio.to_thread(_newest, one, subscribed=False)


def _newest(one: Hearing, *, subscribed: bool) -> bool:
    """Note it, unless a later one was noted before: events overtake each other on the way."""
    with one.parts.db.write() as conn:
        held = inbox.load(conn, one.peer.id)
        if held is None or (held.changed_at is not None and held.changed_at > one.row.at):
            return False
        values: dict[str, Any] = {"subscribed": subscribed, "changed_at": one.row.at}
        inbox.change(conn, one.peer.id, **values, **({} if subscribed else {"budget": 0, "menu": None}))
    return True


async def _click(one: Hearing) -> None:
    """A menu of the account's: its key is what she says by it."""
    await one.conversation(leave=ACTED)
    key = cleaned(one.row.data.get("EventKey", "")).strip()
    if key:
        conv = await one.conversation(leave=ACTED)
        await talking.turn(one.parts, conv.id, f"wechat-{one.row.id}", key)


async def _enter(one: Hearing) -> None:
    """She opened 微信客服: greeted once, by the code that comes with it; nothing else may be sent before she writes."""
    if one.peer.conversation_id is None and one.row.data.get("welcome_code"):
        await asyncio.to_thread(one.sender.welcome, one.row.data["welcome_code"], t("wechat.welcome"))


async def _changed(one: Hearing) -> None:
    kind = one.row.data.get("change_type")
    await asyncio.to_thread(service.changed_there, one.parts, one.peer, kind if isinstance(kind, int) else 0, one.row.at)


async def _servicer(one: Hearing) -> None:
    await asyncio.to_thread(service.said_there, one.parts, one.peer, cleaned(one.row.data.get("Content", "")), one.row.at)


async def _nothing(one: Hearing) -> None:
    """An event that asks for nothing: a page opened from the menu, a template message that arrived."""


async def _unheard(one: Hearing) -> None:
    await one.answer("not_read")


_KINDS: Mapping[str, Callable[[Hearing], Awaitable[None]]] = {
    "text": _text,
    "image": _file,
    "file": _file,
    "voice": _voice,
    "location": _location,
    "event.subscribe": _subscribe,
    "event.unsubscribe": _unsubscribe,
    "event.scan": _scan,
    "event.click": _click,
    "event.enter_session": _enter,
    "event.session_status_change": _changed,
    "servicer": _servicer,
}
"""What each kind of message asks for; any other kind is answered honestly, any other event asks for nothing."""
