"""WeChat's doors put together: accounts, envelopes, the inbox and its worker; started and stopped with the app."""

from __future__ import annotations

import asyncio

from assistant.casework.rounds import Job
from channels.parts import Parts
from channels.wechat import inbox, service
from channels.wechat.api import Account
from channels.wechat.envelope import Envelope
from channels.wechat.inbox import Row
from channels.wechat.intake import Intake
from channels.wechat.notices import Subscription, templates_of
from channels.wechat.sender import Official, Sender
from channels.wechat.service import Service
from channels.wechat.tokens import Tokens
from channels.wechat.worker import Worker


class Door:
    """One per app."""

    def __init__(self, parts: Parts) -> None:
        settings = parts.settings
        tokens = Tokens(parts.db, parts.clock)
        self.parts = parts
        self.official = Account(settings.wechat_url, settings.wechat_official_appid, settings.wechat_official_secret, tokens)
        self.mini = Account(settings.wechat_url, settings.wechat_mini_appid, settings.wechat_mini_secret, tokens)
        self.work = Account(
            settings.wechat_work_url, settings.wechat_work_corpid, settings.wechat_work_secret, tokens, work=True
        )
        self.official_envelope = Envelope(
            settings.wechat_official_appid, settings.wechat_official_token, settings.wechat_official_aes_key
        )
        self.work_envelope = Envelope(settings.wechat_work_corpid, settings.wechat_work_token, settings.wechat_work_aes_key)
        self.reading = service.Reading(parts, self.work)
        self.worker = Worker(parts, self.sender_of, self._read, self._has_openids, self._lag)
        self.intake = Intake(parts.db, parts.clock, self.worker.ring)
        if settings.wechat_notices != "gateway":
            official = settings.wechat_notices == "official"
            account = self.official if official else self.mini
            parts.notices.providers["wechat"] = Subscription(account, templates_of(settings.wechat_templates), official=official)
        parts.rounds.jobs.append(Job("wechat inbox", 3600.0, self._forget))

    def sender_of(self, account: str) -> Sender | None:
        """The way out of an account."""
        if account == self.official.appid:
            return Official(self.official)
        if account.startswith("kf:"):
            return Service(self.parts, self.work, account.removeprefix("kf:"))
        return None

    async def start(self) -> None:
        """Begin to work off what is in the inbox."""
        self.worker.start()

    async def stop(self) -> None:
        """Finish what has been begun, and let go of connections."""
        await self.worker.stop()
        for account in (self.official, self.mini, self.work):
            await asyncio.to_thread(account.close)

    def _has_openids(self, account: str) -> bool:
        """Whether notices can reach whom this account knows: by the account itself, or by a gateway that has to know."""
        return account == self.official.appid and self.parts.settings.wechat_notices != "mini"

    def _lag(self, now: float) -> float:
        return self.intake.lag(now)

    def _read(self, row: Row) -> None:
        self.reading.read(row)
        self.worker.ring_from_thread()

    def _forget(self) -> None:
        with self.parts.db.write() as conn:
            inbox.forget(conn, self.parts.clock.now())
