"""A database with one case in it, far sides in memory that can be made to fail, and a clock: for the tests of notices."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from assistant.casework import events, repository
from assistant.casework.events import CaseEvent, Consumer
from assistant.casework.model import Case, CaseStatus
from assistant.casework.notices import store
from assistant.casework.notices.consumer import KINDS, NoticePlanner
from assistant.casework.notices.deliver import Deliverer
from assistant.casework.notices.notice import Notice, Outcome, Sent, Unavailable, Words
from assistant.casework.notices.quiet import QuietHours
from assistant.casework.notices.store import Row
from assistant.casework.notices.wishes import NoticeWishes
from assistant.casework.submission.backoff import Backoff
from assistant.conversation.chat_notices import ChatNotices
from assistant.foundation.clock import FixedClock
from assistant.foundation.database import Database
from assistant.foundation.tables import event as stream
from tests.unit.casework.submission.support import NOW, open_database
from tests.unit.foundation.rows import add_conversation

CASE_NO = "BD20251121ABCD7K2M"
HOME = "c-1"
PHONE, MAIL = "13800000001", "someone@example.com"
LINK = "https://bandao.example/"
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Crash(BaseException):
    """The process ends here: nothing catches it."""


class Far:
    """A far side in memory. ``keyed``: it goes by keys and can be asked; otherwise every sending arrives.

    ``around`` is called before and after it takes a message in, and may raise or answer instead.
    """

    def __init__(self, channel: str, *, keyed: bool = True) -> None:
        self.channel, self.keyed = channel, keyed
        self.arrived: list[Notice] = []
        self.around: Callable[[str], Outcome | None] = lambda _when: None

    def send(self, notice: Notice) -> Outcome:
        assert not ISO_DAY.search(notice.words.text), "a day is said as people say it"
        if (said := self.around("before")) is not None:
            return said
        if not (self.keyed and any(held.key == notice.key for held in self.arrived)):
            self.arrived.append(notice)
        return self.around("after") or Sent(notice.key[:8])

    def find(self, key: str) -> Outcome | None:
        if not self.keyed:
            return None
        if (said := self.around("find")) is not None:
            return said
        return Sent(key[:8]) if any(held.key == key for held in self.arrived) else None

    def close(self) -> None:
        pass

    def texts(self) -> list[str]:
        return [notice.words.text for notice in self.arrived]


class World:
    """One case, one citizen, and everything that tells her."""

    def __init__(self, folder: Path, *, quiet: str = "", patience: timedelta = timedelta(days=3), url: str | None = None) -> None:
        self.db: Database = open_database(folder, url)
        self.clock = FixedClock(NOW)
        add_conversation(self.db, NOW, HOME, state={})
        self.sms, self.mail, self.wechat = Far("sms"), Far("email", keyed=False), Far("wechat")
        self.chat = ChatNotices()
        self.planner = NoticePlanner(self.db, self.clock, LINK)
        self.consumer = Consumer(self.db, "notices", self.planner.of_event, KINDS)
        providers = {far.channel: far for far in (self.sms, self.mail, self.wechat)}
        backoff = Backoff(first_s=5, cap_s=1800, patience=patience, least_attempts=3)
        self.deliverer = Deliverer(self.db, self.chat, providers, self.clock, QuietHours.parse(quiet), backoff)

    def case(self, case_no: str = CASE_NO, *, wishes: NoticeWishes | None = None, **more: Any) -> Case:
        """A submitted case, saved; its applicant agreed to SMS and e-mail unless told otherwise."""
        agreed = wishes or NoticeWishes(channels=["sms", "email"], addresses={"sms": PHONE, "email": MAIL}, at=NOW)
        given = {"status": CaseStatus.SUBMITTED, "guide_code": "address", "guide_name": "示例变更登记", "guide_version": "2026.1"}
        case = Case.model_validate({**given, "case_no": case_no, "created_at": NOW, "updated_at": NOW, "notices": agreed, **more})
        with self.db.write() as conn:
            repository.save(conn, case, HOME, NOW)
        return case

    def change(self, change: Callable[[Case], None], case_no: str = CASE_NO) -> None:
        """Save a change of the case."""
        with self.db.write() as conn:
            found = repository.find(conn, case_no)
            assert found is not None
            change(found[0])
            repository.save(conn, found[0], HOME, self.clock.now())

    def held(self, case_no: str = CASE_NO) -> Case:
        """The case as it is kept."""
        with self.db.read() as conn:
            found = repository.find(conn, case_no)
        assert found is not None
        return found[0]

    def happens(self, kind: events.Kind, status: str = "", **more: Any) -> int:
        """Note an event of the case."""
        with self.db.write() as conn:
            events.add_in(conn, CaseEvent(CASE_NO, kind, self.clock.now(), status=status, **more))
        with self.db.read() as conn:
            return events.of_case(conn, CASE_NO)[-1].id

    def rounds(self) -> None:
        """What the app does every second."""
        self.consumer.run()
        self.deliverer.run()

    def notices(self, case_no: str = CASE_NO) -> list[Row]:
        with self.db.read() as conn:
            return store.of_case(conn, case_no)

    def said(self) -> list[dict[str, Any]]:
        """What stands in the conversation."""
        with self.db.read() as conn:
            rows = conn.execute(select(stream.c.kind, stream.c.data).order_by(stream.c.seq))
            said = [{"kind": row.kind, **row.data} for row in rows]
        assert not any(ISO_DAY.search(str(one.get("text"))) for one in said), "a day is said as people say it"
        return said

    def plan_chat(self, about: str, words: Words) -> None:
        """Plan something for the conversation."""
        with self.db.write() as conn:
            store.plan(conn, about, CASE_NO, store.CHAT, "slot", None, words, self.clock.now())


class Broken(ChatNotices):
    """A conversation that cannot be written to."""

    def tell_in(self, conn: Connection, conversation_id: str, kind: str, words: Words, at: datetime) -> None:
        super().tell_in(conn, conversation_id, kind, words, at)
        raise Crash


NO_ANSWER = Unavailable("timeout")
