"""How messages leave: the small interface behind which the accounts stand, and the official account's side of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from channels.rendering import Told
from channels.wechat.api import Account, Media
from channels.wechat.inbox import Peer


@dataclass(frozen=True)
class Leave:
    """How many messages something she did allows us, and for how long."""

    messages: int
    lasts: timedelta


WROTE = Leave(5, timedelta(hours=48))
"""She wrote something: what the platforms document of messages by the customer-service interface."""
ACTED = Leave(3, timedelta(minutes=1))
"""She subscribed, scanned a code, or tapped a menu of the account's."""


class Sender(Protocol):
    """One account's way out. Calls block, for a bounded time."""

    def send(self, peer: Peer, told: Told, key: str) -> None:
        """Send one message; ``key`` is the same for a repeat of the same one.

        Raises:
            channels.wechat.api.Failed: it was not taken.
        """

    def media(self, media_id: str, most: int) -> Media:
        """A file she sent.

        Raises:
            channels.wechat.api.Failed: it cannot be had.
        """

    def welcome(self, code: str, text: str) -> None:
        """Greet who has just come, by the code that allows it once; nothing where an account has no such codes.

        Raises:
            channels.wechat.api.Failed: it was not taken.
        """

    def follow(self, peer: Peer, owner: str) -> int | None:
        """Tell the platform who speaks with her now, where it wants to know; the state it has then.

        Raises:
            channels.wechat.api.Failed: it was not taken.
        """


class Official:
    """The official account's messages by its customer-service interface (客服消息)."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def send(self, peer: Peer, told: Told, key: str) -> None:
        """See Sender; the platform does not know keys."""
        self._account.post("/cgi-bin/message/custom/send", {"touser": peer.openid, **body_of(told)})

    def media(self, media_id: str, most: int) -> Media:
        """See Sender."""
        return self._account.media(media_id, most)

    def welcome(self, code: str, text: str) -> None:
        """See Sender."""

    def follow(self, peer: Peer, owner: str) -> int | None:
        """See Sender; the official account knows no sessions here."""
        return None


def body_of(told: Told) -> dict[str, Any]:
    """A message as the customer-service interface takes it: words, or a menu (msgmenu) whose items' ids are their numbers."""
    if not told.picks:
        return {"msgtype": "text", "text": {"content": told.text}}
    items = [{"id": str(number), "content": pick.label} for number, pick in enumerate(told.picks, 1)]
    return {"msgtype": "msgmenu", "msgmenu": {"head_content": told.text, "list": items, "tail_content": ""}}
