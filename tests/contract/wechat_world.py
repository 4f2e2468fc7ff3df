"""The app and the sandbox's WeChat, each behind a real port in a thread of this process, and people who write there."""

from __future__ import annotations

import base64
import itertools
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI
from sqlalchemy import select

from assistant.casework.flow.talk import Talk
from assistant.conversation import repository
from assistant.engine.client import Parse
from assistant.engine.gateway import EngineDown
from assistant.foundation.clock import SHANGHAI
from assistant.foundation.crypto import KeyRing
from assistant.foundation.database import Database
from assistant.foundation.settings import Settings
from assistant.foundation.wechat_tables import wechat_inbox
from channels.app import create_app
from channels.parts import Parts
from channels.wechat import arriving, inbox
from knowledge.replies import Choices, File, Option
from sandbox.wechat import api, people, work
from sandbox.wechat.callbacks import Callbacks
from sandbox.wechat.config import WeChatConfig
from sandbox.wechat.world import World
from tests.contract.desk_world import ToyEngine, with_toy_engine
from tests.quick import empty_database

Json = dict[str, Any]
_people = itertools.count(1)


down: list[bool] = []


def also(talk: Talk, text: str, asking: dict[str, Any] | None) -> Parse | None:
    """What the stand-in for the engine knows besides."""
    if down:
        raise EngineDown("away")
    if "选一个" in text:
        talk.replies.append(Choices(text="您想问什么？", options=[Option(value="我要办公司住所变更", label="公司住所变更"), Option(value="转人工", label="找人")]))
    elif "文件" in text:
        talk.replies.append(File(name="样张.pdf", url="/api/v1/cases/BD1/package", media_type="application/pdf"))
    elif "很长" in text:
        talk.say("办事指南的一句话。" * 2000)
    else:
        return None
    talk.status = "answered"
    return Parse(intent="chitchat", confidence=1.0)


@contextmanager
def listening(app: FastAPI, sock: socket.socket) -> Iterator[str]:
    """An app behind a real port."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False, timeout_graceful_shutdown=2, ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
    thread.start()
    until = time.monotonic() + 60
    while not server.started:
        assert thread.is_alive() and time.monotonic() < until, "it did not start"
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{sock.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)


@dataclass
class Running:
    """Both sides. ``http`` is a stranger's client to the app, ``far`` to the sandbox."""

    app: FastAPI
    engine: ToyEngine
    world: World
    http: httpx.Client
    far: httpx.Client

    @property
    def parts(self) -> Parts:
        """The app's."""
        parts: Parts = self.app.state.parts
        return parts

    def someone(self) -> Person:
        """Somebody new at the official account."""
        return Person(self, f"oSandbox{next(_people):06d}")


class Person:
    """Somebody at the official account."""

    def __init__(self, running: Running, openid: str) -> None:
        self.running, self.openid = running, openid
        self._read = 0

    def does(self, repeat: int = 1, **members: Any) -> list[list[str]]:
        """A message or event of hers; how the callbacks ended."""
        body = {"openid": self.openid, "members": members, "repeat": repeat}
        answer = self.running.far.post("/wechat/admin/official", json=body)
        assert answer.status_code == 200, answer.text
        outcomes: list[list[str]] = answer.json()["outcomes"]
        return outcomes

    def writes(self, text: str, **members: Any) -> list[list[str]]:
        return self.does(MsgType="text", Content=text, **members)

    def sends(self, data: bytes, media_type: str, kind: str = "image", name: str = "photo.jpg") -> None:
        body = {"data": base64.b64encode(data).decode(), "kind": media_type, "name": name}
        media_id = self.running.far.post("/wechat/admin/media", json=body).json()["media_id"]
        self.does(MsgType=kind, MediaId=media_id)

    def all(self) -> list[Json]:
        items: list[Json] = self.running.far.get("/wechat/admin/sent", params={"openid": self.openid}).json()["items"]
        return items

    def reads(self, count: int = 1, patience: float = 20) -> list[str]:
        """The next messages she gets, as she reads them."""
        until = time.monotonic() + patience
        while len(items := self.all()) < self._read + count:
            assert time.monotonic() < until, f"only {items[self._read:]} came"
            time.sleep(0.02)
        new = items[self._read : self._read + count]
        self._read += count
        return [words_of(one) for one in new]

    def hears(self, patience: float = 20) -> str:
        """Everything new, once all she did is worked off and all that was said is sent."""
        until = time.monotonic() + patience
        while not self._quiet():
            assert time.monotonic() < until, "not everything is out"
            time.sleep(0.02)
        return "\n\n".join(self.reads(len(self.all()) - self._read))

    def _quiet(self) -> bool:
        parts = self.running.parts
        peer = arriving.peer_of(parts.db.keyring, parts.settings.wechat_official_appid, self.openid)
        with parts.db.read() as conn:
            held = inbox.load(conn, peer)
            conv = repository.load(conn, held.conversation_id) if held and held.conversation_id else None
            waits = conn.execute(select(wechat_inbox.c.id).where(wechat_inbox.c.peer == peer, wechat_inbox.c.state == "new")).first()
        return waits is None and held is not None and conv is not None and held.sent_seq == conv.last_event

    @property
    def conversation(self) -> str:
        parts = self.running.parts
        peer = arriving.peer_of(parts.db.keyring, parts.settings.wechat_official_appid, self.openid)
        with parts.db.read() as conn:
            held = inbox.by_openid(conn, peer)
        assert held is not None
        return held


def words_of(message: Json) -> str:
    """A message as it is read: a menu's items stand below its words."""
    if message["msgtype"] == "text":
        return str(message["text"]["content"])
    menu = message["msgmenu"]
    items = [item.get("content") or item["click"]["content"] for item in menu["list"]]
    return "\n".join([menu["head_content"], *(f"[{content}]" for content in items)])


@contextmanager
def running(folder: Path, **settings: Any) -> Iterator[Running]:
    """Both sides, until the block ends."""
    ours, theirs = socket.socket(), socket.socket()
    for sock in (ours, theirs):
        sock.bind(("127.0.0.1", 0))
    port = theirs.getsockname()[1]
    held = Settings(
        data_dir=folder, fsync="normal", rate_per_conversation=0, rate_per_address=0, wechat_url=f"http://127.0.0.1:{port}/wechat",
        wechat_work_url=f"http://127.0.0.1:{port}/wecom", public_url=f"http://127.0.0.1:{ours.getsockname()[1]}",
        engine_url="http://127.0.0.1:9", sandbox_url="http://127.0.0.1:9", **settings,
    )  # fmt: skip
    if held.database_url.startswith("sqlite"):
        empty_database(held).dispose()
    else:
        made = Database(held.database_url, KeyRing.open(held.keyring_path), held.fsync)
        made.upgrade()
        made.dispose()
    app = create_app(held)
    engine = with_toy_engine(app, also)
    config = WeChatConfig(
        held.wechat_official_appid, held.wechat_official_secret, held.wechat_official_token, held.wechat_official_aes_key,
        held.wechat_mini_appid, held.wechat_mini_secret, held.wechat_work_corpid, held.wechat_work_secret, held.wechat_work_token,
        held.wechat_work_aes_key, callback=f"http://127.0.0.1:{ours.getsockname()[1]}/api/v1/wechat",
    )  # fmt: skip
    world = World(config, lambda: datetime.now(SHANGHAI))
    callbacks = Callbacks(world)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        await callbacks.close()

    far = FastAPI(lifespan=lifespan)
    for router in (api.routes(world), work.routes(world, callbacks), people.routes(world, callbacks)):
        far.include_router(router)
    with (
        listening(far, theirs) as far_url,
        listening(app, ours) as url,
        httpx.Client(base_url=url, timeout=30) as http,
        httpx.Client(base_url=far_url, timeout=60) as people_there,
    ):
        yield Running(app, engine, world, http, people_there)
    app.state.parts.db.dispose()
