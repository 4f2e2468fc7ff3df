"""Changing a conversation at the desk from the console, and saying why it cannot be."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from assistant.desk.queue import CLAIMED, LEFT, RELEASED, WAITING, NotYours
from assistant.foundation.messages import t
from channels.console.models import Done
from channels.parts import Parts
from channels.problems import Problem


async def changed(parts: Parts, conversation_id: str, change: Callable[[Connection], Any]) -> Done:
    """Change a conversation at the desk and wake whoever looks at it.

    Raises:
        Problem: 404 or 409, it is not hers, or it cannot be; in words.
    """
    try:
        await asyncio.to_thread(_write, parts, change)
    except NotYours as refused:
        raise await asyncio.to_thread(why_not, parts, conversation_id, refused.code) from None
    parts.hub.ring(conversation_id)
    return Done()


def why_not(parts: Parts, conversation_id: str, code: str) -> Problem:
    """What to say to somebody who wants to change a conversation that is not hers, or cannot; ``code`` is ``NotYours``'s."""
    if code:
        return Problem(409, code, detail=t(f"desk.{code}"))
    with parts.db.read() as conn:
        state, name = parts.desk.where_is(conn, conversation_id) or (None, None)
    reasons = {
        CLAIMED: ("taken", t("desk.taken", name=name or "")),
        WAITING: ("not_held", t("desk.not_held")),
        LEFT: ("left", t("desk.left")),
        RELEASED: ("released", t("desk.released")),
    }
    if state not in reasons:
        return Problem(404, "gone", detail=t("desk.gone"))
    code, detail = reasons[state]
    return Problem(409, code, detail=detail)


def _write(parts: Parts, change: Callable[[Connection], Any]) -> None:
    with parts.db.write() as conn:
        change(conn)
