"""Notices put together: who is told, how it is sent, and the rounds that do it."""

from __future__ import annotations

from assistant.casework.events import Consumer
from assistant.casework.notices.consumer import KINDS, NoticePlanner
from assistant.casework.notices.deliver import Chat, Deliverer
from assistant.casework.notices.gateway import Gateway, Sms, WeChat
from assistant.casework.notices.mail import Mail
from assistant.casework.notices.notice import Provider
from assistant.casework.notices.quiet import QuietHours
from assistant.casework.notices.reminders import Reminders, Source
from assistant.casework.notices.watching import LicenceSource, NameOf, PolicySource
from assistant.casework.notices.wishes import OUTSIDE, Outside
from assistant.casework.prefill.records import Register
from assistant.casework.rounds import Job
from assistant.foundation.clock import Clock
from assistant.foundation.database import Database
from assistant.foundation.settings import Settings
from knowledge import policy

_EVERY_S = 1.0
_REMINDERS_EVERY_S = 300.0


class NoticeService:
    """See the module. Its jobs belong into the app's ``Rounds``; ``close`` at the end."""

    def __init__(
        self, settings: Settings, db: Database, chat: Chat, clock: Clock, register: Register, name_of: NameOf
    ) -> None:
        self.providers = providers(settings, clock)
        self.planner = NoticePlanner(db, clock, f"{settings.public_url}/progress")
        self.deliverer = Deliverer(db, chat, self.providers, clock, QuietHours.parse(settings.quiet_hours))
        declared = policy.load()
        licences = LicenceSource(register, declared.renewals, name_of)
        sources: list[Source] = [licences, PolicySource(db, declared.policies, name_of)]
        self.reminders = Reminders(db, self.planner, clock, sources)
        self._consumer = Consumer(db, "notices", self.planner.of_event, KINDS)

    def jobs(self) -> list[Job]:
        """What is to be done from time to time."""
        return [Job("notices", _EVERY_S, self._round), Job("reminders", _REMINDERS_EVERY_S, self.reminders.run)]

    def close(self) -> None:
        """Let go of connections."""
        for provider in self.providers.values():
            provider.close()

    def _round(self) -> None:
        self._consumer.run()
        self.deliverer.run()


def channels(settings: Settings) -> frozenset[Outside]:
    """The channels that are configured, and so may be offered."""
    return frozenset(channel for channel in OUTSIDE if channel != "email" or settings.smtp_host)


def providers(settings: Settings, clock: Clock) -> dict[str, Provider]:
    """One for every channel that is configured."""
    gateway = Gateway(settings.messages_url, settings.messages_client_id, settings.messages_secret)
    found: dict[str, Provider] = {"sms": Sms(gateway), "wechat": WeChat(gateway)}
    if settings.smtp_host:
        found["email"] = Mail(
            settings.smtp_host,
            settings.smtp_port,
            sender=settings.mail_from,
            now=clock.now,
            security=settings.smtp_security or "starttls",
            user=settings.smtp_user,
            password=settings.smtp_password,
        )
    return found
