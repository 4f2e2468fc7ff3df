"""What a citizen agreed to be told, and where. Kept, encrypted, with her case."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

Outside = Literal["sms", "email", "wechat"]
"""Ways to reach a citizen who is not looking at the conversation; only with her consent."""

OUTSIDE: tuple[Outside, ...] = ("sms", "email", "wechat")


class NoticeWishes(BaseModel):
    """``channels`` are those she agreed to besides the conversation itself, ``addresses`` where each reaches her: a phone
    number, an e-mail address, an openid. ``watch`` allows looking up her licences from time to time, so that she is told before
    one ends and the renewal is filled in; ``policies`` allows telling her of policies that fit what she agreed to share.
    """

    channels: list[Outside] = []
    addresses: dict[Outside, str] = {}
    watch: bool = False
    policies: bool = False
    at: datetime

    def address(self, channel: str) -> str | None:
        """Where this channel reaches her; None where she has not agreed to it."""
        return next((self.addresses.get(agreed) for agreed in self.channels if agreed == channel), None)
