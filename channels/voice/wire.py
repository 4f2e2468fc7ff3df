"""What both sockets of a kiosk have in common: how a message goes down, and what is said when something is wrong."""

from __future__ import annotations

import asyncio

import orjson
from fastapi import WebSocket, WebSocketDisconnect

from assistant.foundation.messages import t
from assistant.speech.frames import Message

HELLO_SECONDS = 10.0
STALLED_SECONDS = 10.0
"""A kiosk that takes nothing for so long is gone."""
NO_VOICE, SWITCHED_OFF, TOO_MANY = 4503, 4403, 4429
"""Why a socket closes: nothing here can hear, it is not wanted, others are there already."""


async def deliver(websocket: WebSocket, message: Message) -> None:
    """Raises ConnectionError when the kiosk is gone or takes nothing any more."""
    try:
        async with asyncio.timeout(STALLED_SECONDS):
            await websocket.send_text(orjson.dumps(dict(message.body)).decode())
            if message.sound:
                await websocket.send_bytes(message.sound)
    except (RuntimeError, WebSocketDisconnect, TimeoutError) as error:
        raise ConnectionError("the kiosk is gone") from error


def problem(code: str) -> Message:
    """What is wrong, in the language spoken now: the message speech.problem_<code>."""
    return Message({"type": "problem", "code": code, "text": t(f"speech.problem_{code}")})
