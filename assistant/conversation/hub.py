"""Waking whoever waits for a conversation's next event, in this process."""

from __future__ import annotations

import asyncio
from collections import defaultdict

ANY = "*"
"""Subscribed to by whoever looks at many conversations: it rings with each of them."""


class Hub:
    """One wake-up bell per conversation. Events themselves are read from the database, so a missed bell loses nothing."""

    def __init__(self) -> None:
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    def ring(self, conversation_id: str) -> None:
        """Wake everybody who waits for this conversation. Call it on the event loop, after the commit."""
        for bell in (*self._waiting.get(conversation_id, ()), *self._waiting.get(ANY, ())):
            bell.set()

    async def wait(self, bell: asyncio.Event, seconds: float) -> bool:
        """Wait for the bell at most ``seconds``; whether it rang."""
        try:
            async with asyncio.timeout(seconds):
                await bell.wait()
        except TimeoutError:
            return False
        bell.clear()
        return True

    def subscribe(self, conversation_id: str) -> asyncio.Event:
        """A bell for one listener."""
        bell = asyncio.Event()
        self._waiting[conversation_id].add(bell)
        return bell

    def unsubscribe(self, conversation_id: str, bell: asyncio.Event) -> None:
        """The listener has gone."""
        self._waiting[conversation_id].discard(bell)
        if not self._waiting[conversation_id]:
            del self._waiting[conversation_id]
