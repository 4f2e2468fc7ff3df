"""Working off what was acknowledged: somebody at a time, her messages in order, then what she is to be sent.

Whoever works for somebody holds her lease, so that of several processes one does, and what a process that died had begun is done
by another.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from assistant.conversation.needs import TurnRefused
from assistant.engine.gateway import EngineDown
from assistant.foundation.logging import get_logger
from assistant.identity.misuse import Visit, visit
from channels.parts import Parts
from channels.rendering import Told
from channels.visits import limits_of
from channels.wechat import inbox, talking
from channels.wechat.arriving import READER
from channels.wechat.delivering import deliver
from channels.wechat.hearing import Hearing, Later
from channels.wechat.inbox import FAILED, Peer, Row
from channels.wechat.sender import Sender

log = get_logger(__name__)

AT_ONCE = 4
"""People worked for at the same time in one process."""
LOOK_S = 2.0
"""Seconds after which the database is asked whether another process left something."""
SENDING_EVERY_S = 0.25
"""Seconds between two looks for people who are to be sent something, however often the bell rings."""
SLOW_S = 0.08
"""Seconds callbacks may wait for their acknowledgement before turns make way."""
SLOWED_S = 0.05
MOST_TRIES = 12
"""Then she is told that it did not work: a quarter of an hour of trying."""

SenderOf = Callable[[str], Sender | None]
Reader = Callable[[Row], None]
"""Fetches the messages of a customer-service account there is news at."""


class Worker:
    """One per process. Everything of it runs on the event loop; what blocks runs in threads.

    Args:
        sender_of: the way out of an account; None: there is none any more.
        has_openids: whether notices can go to the account's ids.
        lag: how long callbacks wait of late, see ``Intake``.
    """

    def __init__(
        self, parts: Parts, sender_of: SenderOf, reader: Reader, has_openids: Callable[[str], bool],
        lag: Callable[[float], float], *, at_once: int = AT_ONCE,
    ) -> None:  # fmt: skip
        self._parts, self._sender_of, self._reader, self._has_openids = parts, sender_of, reader, has_openids
        self._name = uuid.uuid4().hex
        self._slots = at_once
        self._bell = asyncio.Event()
        self._stopping = False
        self._busy: set[asyncio.Task[None]] = set()
        self._task: asyncio.Task[None] | None = None
        self._looked = self._began = 0.0
        self._lag = lag
        #: Whoever waits for the answer of a message to be the reply of its callback, by the person.
        self.passive: dict[str, Callable[[Told], bool]] = {}

    def start(self) -> None:
        """Begin, on the running loop."""
        self._stopping = False
        self._bell = asyncio.Event()  # of this loop: an app may be started more than once
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Finish what has been begun; what has not waits in the database."""
        self._stopping = True
        self._bell.set()
        if self._task is not None:
            await self._task
        if self._busy:
            await asyncio.wait(self._busy, timeout=10)

    def ring(self) -> None:
        """There is something new."""
        self._bell.set()

    def ring_from_thread(self) -> None:
        """As ``ring``, from anywhere."""
        loop = self._parts.loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._bell.set)

    async def _run(self) -> None:
        hub = self._parts.hub
        heard = hub.subscribe("*")
        listening = asyncio.create_task(self._listen(heard))
        try:
            while not self._stopping:
                self._bell.clear()
                taken = await self._take()
                if not taken:
                    await self._pause()
        finally:
            listening.cancel()
            hub.unsubscribe("*", heard)

    async def _listen(self, heard: asyncio.Event) -> None:
        """Conversations in which something happened may be somebody's of ours."""
        while True:
            await heard.wait()
            heard.clear()
            self._bell.set()
            await asyncio.sleep(SENDING_EVERY_S)

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(LOOK_S):
                await self._bell.wait()
        except TimeoutError:
            pass

    async def _take(self) -> bool:
        """Begin with as many people as there is room for; whether there were any."""
        room = self._slots_now() - len(self._busy)
        if room <= 0:
            if self._busy:
                await asyncio.wait(self._busy, return_when=asyncio.FIRST_COMPLETED)
            else:
                await asyncio.sleep(SLOWED_S)
            return True
        sending = time.monotonic() - self._looked >= SENDING_EVERY_S
        try:
            mine = await asyncio.to_thread(self._claim, room, sending)
        except SQLAlchemyError as error:
            log.error("wechat.cannot_claim", error=type(error).__name__)
            return False
        for peer in mine:
            task = asyncio.create_task(self._serve(peer))
            self._busy.add(task)
            self._began = time.monotonic()
            task.add_done_callback(self._busy.discard)
        if sending:
            self._looked = time.monotonic()
        return bool(mine)

    def _slots_now(self) -> int:
        """Acknowledgements come first: while they wait, one is worked for at a time, and at the worst one a second begun."""
        now = time.monotonic()
        lag = self._lag(now)
        if lag > SLOW_S:
            return 1 if now - self._began > 1.0 else 0
        return 1 if lag > SLOW_S / 4 else self._slots

    def _claim(self, most: int, sending: bool) -> list[str]:
        now = self._parts.clock.now()
        with self._parts.db.read() as conn:
            found = inbox.candidates(conn, most, now, sending=sending)
        if not found:
            return []
        with self._parts.db.write() as conn:
            return inbox.claim(conn, found, self._name, now)

    async def _serve(self, peer_id: str) -> None:
        try:
            await self.serve(peer_id)
        except Exception:
            log.exception("wechat.serving_failed")
        finally:
            try:
                await asyncio.to_thread(self._release, peer_id)
            except SQLAlchemyError as error:  # the lease runs out by itself
                log.error("wechat.cannot_release", error=type(error).__name__)
            self._bell.set()

    def _release(self, peer_id: str) -> None:
        with self._parts.db.write() as conn:
            inbox.release(conn, peer_id, self._name)

    async def serve(self, peer_id: str) -> None:
        """Work off her messages, then send her what there is. The lease is the caller's to hold."""
        # Callbacks all come from the platform's address: what she tries counts for her.
        visit.set(Visit(f"wechat:{peer_id[:12]}", limits_of(self._parts.settings)))
        while not self._stopping:
            peer, row = await asyncio.to_thread(self._next, peer_id)
            sender = self._sender_of(peer.account) if peer is not None else None
            if peer is None or sender is None:
                return
            if row is not None and not await self._work(peer, sender, row):
                row = None  # put off: what there is to send is sent meanwhile
            if peer.openid != READER:
                await asyncio.to_thread(self._send, sender, peer)
            if row is None:
                return

    def _next(self, peer_id: str) -> tuple[Peer | None, Row | None]:
        with self._parts.db.read() as conn:
            return inbox.load(conn, peer_id), inbox.next_row(conn, peer_id, self._parts.clock.now())

    def _send(self, sender: Sender, peer: Peer) -> None:
        deliver(self._parts, sender, peer.id, self.passive.get(peer.id))

    async def _work(self, peer: Peer, sender: Sender, row: Row) -> bool:
        """Whether it is settled."""
        try:
            if peer.openid == READER:
                await asyncio.to_thread(self._reader, row)
            else:
                openid = peer.openid if self._has_openids(peer.account) else None
                await Hearing(self._parts, sender, peer, row, openid).work()
        except Later as later:
            return await self._put_off(peer, row, later.seconds, "later")
        except EngineDown:
            return await self._put_off(peer, row, min(60.0, 2.0**row.tries), "engine")
        except TurnRefused:
            log.warning("wechat.turn_refused", kind=row.kind)
        except Exception as error:
            log.error("wechat.message_failed", kind=row.kind, error=type(error).__name__, exc_info=True)
            return await self._put_off(peer, row, min(120.0, 5.0 * 2**row.tries), "error")
        await asyncio.to_thread(self._settle, row, inbox.DONE)
        return True

    async def _put_off(self, peer: Peer, row: Row, seconds: float, code: str) -> bool:
        if row.tries + 1 >= MOST_TRIES and code != "later":
            log.error("wechat.message_given_up", kind=row.kind, code=code)
            await asyncio.to_thread(self._give_up, peer, row)
            return True
        await asyncio.to_thread(self._delay, row, seconds)
        return False

    def _delay(self, row: Row, seconds: float) -> None:
        with self._parts.db.write() as conn:
            inbox.put_off(conn, row, self._parts.clock.now() + timedelta(seconds=seconds))

    def _settle(self, row: Row, state: str) -> None:
        with self._parts.db.write() as conn:
            inbox.settle(conn, row.id, state)

    def _give_up(self, peer: Peer, row: Row) -> None:
        if peer.conversation_id is not None and peer.openid != READER:
            talking.sorry(self._parts, peer.conversation_id)
        self._settle(row, FAILED)
