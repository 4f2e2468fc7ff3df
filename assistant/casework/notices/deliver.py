"""Sending what is planned: each notice once, however often we crash, and never discarded.

A notice is counted before it is sent. One that was counted and not settled may or may not have gone out: the far side is asked
by its key first, where it can tell. The conversation's own stream is in our database: there both happen in one transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import Connection

from assistant.casework import events, repository
from assistant.casework.events import CaseEvent
from assistant.casework.notices import store
from assistant.casework.notices.notice import Notice, Provider, Rejected, Sent, Unavailable, Words
from assistant.casework.notices.quiet import QuietHours
from assistant.casework.notices.store import CHAT, Row, State
from assistant.casework.submission.backoff import Backoff
from assistant.foundation import audit, metrics
from assistant.foundation.clock import Clock
from assistant.foundation.database import Database
from assistant.foundation.logging import get_logger
from assistant.foundation.messages import t

FAILED = "notice_failed"
"""``status`` of the ``stuck`` event that asks for a person."""

log = get_logger(__name__)


class Chat(Protocol):
    """The conversation, as notices reach it."""

    def tell_in(self, conn: Connection, conversation_id: str, kind: str, words: Words, at: datetime) -> None:
        """Say it in the caller's transaction."""

    def announce(self, conversation_id: str) -> None:
        """Wake whoever is looking, after the commit."""


class Deliverer:
    """Does the sending. ``run`` is called by one thread of one process at a time.

    Args:
        providers: by channel; a channel without one is not offered to anybody.
        backoff: how long to wait between tries, and when to tell a person.
    """

    def __init__(
        self,
        db: Database,
        chat: Chat,
        providers: Mapping[str, Provider],
        clock: Clock,
        quiet: QuietHours,
        backoff: Backoff | None = None,
    ) -> None:
        self._db, self._chat, self._providers, self._clock, self._quiet = db, chat, providers, clock, quiet
        self._backoff = backoff or Backoff(first_s=5, cap_s=1800, patience=timedelta(days=3), least_attempts=30)

    def run(self) -> int:
        """Send everything due; how many were dealt with."""
        done = 0
        silent: set[str] = set()  # a far side that did not answer is left alone for this round: other jobs wait behind it
        while True:
            now = self._clock.now()
            with self._db.read() as conn:
                keys = store.due(conn, now, 1, silent)
            if not keys:
                return done
            try:
                away = self._one(keys[0], now)
            except Exception:
                # A locked database, a full disk: what was claimed is tried again when the claim runs out, the rest next round.
                log.exception("notice.attempt_failed", count=done)
                return done
            silent |= {away} if away else set()
            done += 1

    def _one(self, key: str, now: datetime) -> str | None:
        """Send one, if it still stands; the channel whose far side did not answer."""
        with self._db.write() as conn:
            claimed = store.claim(conn, key, now)
            row = self._stands(conn, claimed, now) if claimed is not None else None
        if row is None:
            return None
        if row.channel == CHAT:
            self._say(row, now)
            return None
        return None if self._send(row) else row.channel

    def _stands(self, conn: Connection, row: Row, now: datetime) -> Row | None:
        """The notice as it is to be sent now; None where it is no longer true or wanted, or has to wait: that is noted here."""
        found = repository.find(conn, row.case_no)
        case = found[0] if found else None
        words = row.words
        if case is None or (words.while_ and case.status.value not in words.while_):
            self._suppress(conn, row, now, "no-longer-true")
            return None
        if words.until is not None and now > words.until:
            self._suppress(conn, row, now, "too-late")
            return None
        if row.channel == CHAT:
            return row
        address = case.notices.address(row.channel) if case.notices else None
        if address is None or row.channel not in self._providers:
            self._suppress(conn, row, now, "not-wanted")
            return None
        # She has another number by now, and nothing went to the old one; or a person has it tried again wherever she is now.
        if address != row.address and (row.attempts == 1 or row.address is None):
            store.readdress(conn, row.key, address)
            row = replace(row, address=address)
        quiet_until = self._quiet.end_after(now)
        if quiet_until is not None:
            store.put_off(conn, row.key, quiet_until)
            return None
        return row

    def _say(self, row: Row, now: datetime) -> None:
        with self._db.write() as conn:
            home = store.home_of(conn, row.case_no)
            if home is None or not store.settle(conn, row.key, State.SENT, now):
                return
            self._chat.tell_in(conn, home, row.kind, row.words, now)
        metrics.notices_total.labels(row.channel, State.SENT.value).inc()
        self._chat.announce(home)

    def _send(self, row: Row) -> bool:
        """Whether the far side answered."""
        provider = self._providers[row.channel]
        outcome = provider.find(row.key) if row.attempts > 1 else None
        if outcome is None:
            outcome = provider.send(Notice(row.key, row.kind, row.channel, row.address or "", row.words))
        now = self._clock.now()
        if isinstance(outcome, Sent):
            with self._db.write() as conn:
                store.settle(conn, row.key, State.SENT, now, ref=outcome.ref)
            metrics.notices_total.labels(row.channel, State.SENT.value).inc()
        elif isinstance(outcome, Rejected) or self._backoff.exhausted(row.attempts, now - row.created_at):
            self._tell_person(row, outcome.code, now)
        else:
            log.warning("notice.not_sent", channel=row.channel, kind=row.kind, code=outcome.code, attempts=row.attempts)
            with self._db.write() as conn:
                store.later(conn, row.key, now + timedelta(seconds=self._backoff.delay_s(row.attempts)), outcome.code)
        return not isinstance(outcome, Unavailable)

    def _tell_person(self, row: Row, code: str, now: datetime) -> None:
        with self._db.write() as conn:
            if not store.settle(conn, row.key, State.FAILED, now, error=code):
                return
            text = t("notices.failed", channel=t(f"notices.channel_{row.channel}"), attempts=row.attempts, reason=code)
            events.add_in(conn, CaseEvent(row.case_no, "stuck", now, status=FAILED, text=text))
            detail = {"channel": row.channel, "kind": row.kind, "code": code, "attempts": row.attempts}
            audit.append(conn, at=now, actor="system", action="notice.failed", subject=row.case_no, detail=detail)
        metrics.notices_total.labels(row.channel, State.FAILED.value).inc()
        log.error("notice.person_needed", case_no=row.case_no, channel=row.channel, kind=row.kind, code=code)

    def _suppress(self, conn: Connection, row: Row, now: datetime, why: str) -> None:
        store.settle(conn, row.key, State.SUPPRESSED, now, error=why)
        metrics.notices_total.labels(row.channel, State.SUPPRESSED.value).inc()


