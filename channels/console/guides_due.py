"""Publishing on the day: every half minute what was approved and whose day has come goes into the guides' folder."""

from __future__ import annotations

import asyncio

from assistant.foundation.logging import get_logger
from channels.console.guides_access import publish
from channels.parts import Parts

log = get_logger(__name__)
EVERY_SECONDS = 30.0


async def keep_publishing(parts: Parts) -> None:
    """Publish what is due, until cancelled. What fails is tried again the next time round."""
    while True:
        try:
            for revision in await asyncio.to_thread(publish, parts):
                log.info("guide.published", code=revision.place.code)
        except Exception as error:  # one bad moment must not be the last
            log.error("guide.publishing_failed", error=type(error).__name__, exc_info=error)
        await asyncio.sleep(EVERY_SECONDS)
