"""The channels, one line each. A new one is a folder (adapter, fixtures, doc) with its tests, and a line here.

``docs/adding-a-channel.md`` builds one. What each can show is in ``channels/rendering.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from fastapi import APIRouter, FastAPI

from channels.container import routes as container
from channels.container.door import Door as ContainerDoor
from channels.parts import Parts
from channels.wechat import miniprogram
from channels.wechat import routes as wechat
from channels.wechat.door import Door as WeChatDoor
from channels.widget import routes as widget


class Door(Protocol):
    """What of a channel runs beside its routes."""

    async def start(self) -> None:
        """Begin, on the app's loop."""

    async def stop(self) -> None:
        """Finish what has been begun."""


@dataclass(frozen=True)
class Channel:
    """One channel.

    Args:
        name: the folder below ``channels``, and the app's state where ``door`` makes something.
        serves: which of the API's ``channel`` names come in by it.
        doc: its page below ``docs``.
        routers: routes of its own; those the app itself includes are not repeated here.
        door: makes what runs beside them.
    """

    name: str
    serves: tuple[str, ...]
    doc: str
    routers: Sequence[APIRouter] = ()
    door: Callable[[Parts], Door] | None = None


CHANNELS = (
    Channel("web", ("web",), "channels.md"),
    Channel("kiosk", ("kiosk",), "kiosk.md"),
    Channel("voice", ("kiosk",), "kiosk.md"),
    Channel("wechat", ("wechat", "miniprogram"), "wechat.md", [wechat.router, miniprogram.router], WeChatDoor),
    Channel("widget", ("web",), "widget.md", [widget.router]),
    Channel("container", ("web",), "widget.md", [container.router], ContainerDoor),
)


def opened(app: FastAPI, parts: Parts) -> list[Door]:
    """Add the channels' routes to the app, and make their doors; they are started and stopped with it."""
    doors = []
    for channel in CHANNELS:
        for router in channel.routers:
            app.include_router(router)
        if channel.door is not None:
            door = channel.door(parts)
            setattr(app.state, channel.name, door)
            doors.append(door)
    return doors
