"""Ten thousand random operations at the desk, against a model of what must come of them.

Claims are exclusive, nobody is lost and nobody is at two desks, whoever came first within a priority is next, nobody has more than
she can, and what somebody had who has gone waits again.
"""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import Table, delete, insert, select

from assistant.desk.books import NotYours
from assistant.desk.lead import Lead
from assistant.desk.queue import Desk, Ending
from assistant.desk.rounds import DeskRounds
from assistant.desk.seats import SILENCE
from assistant.foundation.clock import FixedClock
from assistant.foundation.crypto import KeyRing
from assistant.foundation.database import Database
from assistant.foundation.desk_tables import desk_entry, staff, staff_session
from assistant.foundation.settings import Settings
from assistant.foundation.tables import conversation
from tests.conftest import NOW
from tests.unit.desk.stand_ins import OneTransaction, Owners, Stay
from tests.unit.desk.world import CALM, arranged

PEOPLE = ("anna", "bert", "cleo", "dora")
GROUPS = ((), ("english",), ("general",), ("english", "general"))
CAPACITY, VANISHED = 2, 90
ARRANGEMENT = arranged(
    english={"languages": ["en"], "hours": "24h", "limits": CALM}, general={"assign": "push", "hours": "24h", "limits": CALM}
)
REASONS = ("to_human", "complaint", "danger", "not_understood")
anybody = st.sampled_from(PEOPLE)
AT_THE_DESK = select(
    desk_entry.c.conversation_id, desk_entry.c.state, desk_entry.c.staff_id, desk_entry.c.for_staff, desk_entry.c.priority,
    desk_entry.c.queued_at, desk_entry.c.skill_group, desk_entry.c.kind,
).where(desk_entry.c.state.in_(("waiting", "claimed")))  # fmt: skip


class TheDesk(RuleBasedStateMachine):
    """The rules are what citizens, staff and time may do; the invariant compares everything there is with the model."""

    folder: ClassVar[TemporaryDirectory[str]] = TemporaryDirectory()
    db: ClassVar[Database | None] = None

    def __init__(self) -> None:
        super().__init__()
        self.live: dict[str, Stay] = {}
        self.promised: dict[str, tuple[str, datetime, str]] = {}
        self.kept: dict[str, tuple[str, datetime]] = {}
        self.owners, self.clock = Owners(), FixedClock(NOW)
        self.state = dict.fromkeys(PEOPLE, "available")
        self.seen = dict.fromkeys(PEOPLE, NOW)
        self.signed_in = dict.fromkeys(PEOPLE, True)
        self.numbers = itertools.count(1)

    @initialize()
    def open(self) -> None:
        """Four people at a desk with two groups; the database is made once."""
        if TheDesk.db is None:
            folder = Path(self.folder.name)
            TheDesk.db = Database(f"sqlite:///{folder / 'desk.db'}", KeyRing.open(folder / "key"), "normal")
            TheDesk.db.upgrade()
        self.writing = TheDesk.db.write()
        self.conn = self.writing.__enter__()
        self.desk = Desk(Settings(data_dir=Path(self.folder.name), desk_vanished_seconds=VANISHED), self.owners, ARRANGEMENT)
        self.lead = Lead(self.desk, self.owners)
        self.rounds = DeskRounds(OneTransaction(self.conn), self.desk, self.clock, lambda _: None)  # type: ignore[arg-type]  # a stand-in
        for name, groups in zip(PEOPLE, GROUPS, strict=True):
            self.conn.execute(insert(staff).values(
                id=name, login=name, password_hash="x", display_name=name, active=True, created_at=NOW,
            ))  # fmt: skip
            self._session(name)
            self.desk.seats.set_groups(self.conn, name, groups, NOW)
            self.desk.seats.seen(self.conn, name, NOW)

    def teardown(self) -> None:
        """Undo everything."""
        if hasattr(self, "writing"):
            self.conn.get_transaction().rollback()  # type: ignore[union-attr]  # one was begun in setup
            self.writing.__exit__(None, None, None)

    # what citizens do

    @rule(reason=st.sampled_from(REASONS), english=st.booleans())
    def comes(self, reason: str, english: bool) -> None:
        now = self._later()
        name = f"c{next(self.numbers)}"
        self.conn.execute(insert(conversation).values(
            id=name, token_hash="0" * 64, token_expires_at=now, channel="web", locale="en" if english else "zh-CN", owner="bot",
            created_at=now, updated_at=now, revision=0, turn_count=0, last_event=0, state={},
        ))  # fmt: skip
        self.owners.of[name] = "bot"
        self._asks(name, reason, now)

    @precondition(lambda self: self._idle())
    @rule(data=st.data(), reason=st.sampled_from(REASONS))
    def comes_again(self, data: st.DataObject, reason: str) -> None:
        self._asks(data.draw(st.sampled_from(self._idle())), reason, self._later())

    @precondition(lambda self: self._waiting())
    @rule(data=st.data())
    def leaves(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(self._waiting()))
        self.desk.leave(self.conn, name, self._later())
        self.owners.of[name] = "bot"
        if self.live[name].kind == "talk":
            del self.live[name]

    @precondition(lambda self: self.owners.of)
    @rule(data=st.data(), minutes=st.integers(1, 5), slot=st.booleans())
    def wants_a_promise(self, data: st.DataObject, minutes: int, slot: bool) -> None:
        name = data.draw(st.sampled_from(sorted(self.owners.of)))
        now = self._later()
        if slot:
            moment = self.desk.promises.slots(self.conn, name, now)[0]
            self.desk.promises.book(self.conn, name, moment, now)
        else:
            wanted = now + timedelta(minutes=minutes)
            moment = self.desk.promises.callback(self.conn, name, "13800138000", now, wanted=wanted)
            assert wanted <= moment < wanted + timedelta(minutes=5)
        self.promised[name] = ("slot" if slot else "callback", moment, self._group(name))
        if name in self.live and self.live[name].holder is None:
            del self.live[name]  # who waited does not wait any more
            self.owners.of[name] = "bot"

    @precondition(lambda self: self.promised)
    @rule(data=st.data())
    def changes_her_mind(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.promised)))
        assert self.desk.promises.cancel(self.conn, name, self._later())
        del self.promised[name]
        if name in self.live and self.live[name].kind != "talk":
            del self.live[name]  # a call that was due and waited in the queue

    # what staff do

    @precondition(lambda self: self.live)
    @rule(data=st.data(), who=anybody)
    def claims(self, data: st.DataObject, who: str) -> None:
        name = data.draw(st.sampled_from(sorted(self.live)))
        stay = self.live[name]
        may = stay.holder is None and (stay.wanted == who or (stay.wanted is None and self._serves(who, stay)))
        self._try(may and self._room(who), self.desk.claim, name, who)

    @rule(who=anybody)
    def takes_the_next(self, who: str) -> None:
        suitable = [name for name in self._waiting() if self.live[name].wanted == who
                    or (self.live[name].wanted is None and self._serves(who, self.live[name]))]  # fmt: skip
        found = self.desk.next_for(self.conn, who)
        assert found == min(suitable, key=lambda name: self.live[name].rank, default=None), "whoever came first is next"
        if found is not None:
            self._try(self._room(who), self.desk.claim, found, who)

    @precondition(lambda self: self._held())
    @rule(data=st.data(), who=anybody, close=st.booleans(), keep=st.booleans(), solved=st.booleans())
    def ends(self, data: st.DataObject, who: str, close: bool, keep: bool, solved: bool) -> None:
        name = data.draw(st.sampled_from(self._held()))
        now = self._later()
        until = now + timedelta(minutes=5) if keep else None
        ending = Ending("solved" if solved else "no_reply", close=close, keep_until=until)
        try:
            self.desk.release(self.conn, name, who, now, ending)
        except NotYours:
            assert self.live[name].holder != who
            return
        assert self.live.pop(name).holder == who
        self.kept[name] = (who, until or now)
        if solved:
            self.promised.pop(name, None)

    @precondition(lambda self: self._held())
    @rule(data=st.data(), to=anybody, group=st.sampled_from(("english", "general")), person=st.booleans())
    def passes_on(self, data: st.DataObject, to: str, group: str, person: bool) -> None:
        name = data.draw(st.sampled_from(self._held()))
        stay, now = self.live[name], self._later()
        assert stay.holder is not None
        may = not person or (to != stay.holder and self._there(to) and self.state[to] != "offline")
        whom = {"to": to} if person else {"group": group}
        try:
            self.desk.transfer(self.conn, name, stay.holder, now, **whom)
        except NotYours:
            assert not may
            return
        assert may
        stay.holder, stay.wanted, stay.group = None, to if person else None, stay.group if person else group

    @precondition(lambda self: self.live)
    @rule(data=st.data(), who=anybody)
    def takes_over(self, data: st.DataObject, who: str) -> None:
        name = data.draw(st.sampled_from(sorted(self.live)))
        self._try(self.live[name].holder != who and self._room(who), self.lead.take_over, name, who)

    @precondition(lambda self: self._held())
    @rule(data=st.data(), who=anybody, said=st.booleans())
    def talks(self, data: st.DataObject, who: str, said: bool) -> None:
        name = data.draw(st.sampled_from(self._held()))
        if said:
            self.desk.heard(self.conn, name, self._later())
            return
        try:
            self.desk.say(self.conn, name, who, who, "您好", self._later())
        except NotYours:
            assert self.live[name].holder != who
        else:
            assert self.live[name].holder == who

    @rule(who=anybody, state=st.sampled_from(("available", "available", "away", "offline")))
    def says_where_she_is(self, who: str, state: str) -> None:
        self._session(who)
        self.seen[who] = self._later()
        self.desk.seats.say(self.conn, who, state, self.seen[who])
        self.state[who] = state

    @rule(who=anybody)
    def signs_out(self, who: str) -> None:
        self.conn.execute(delete(staff_session).where(staff_session.c.staff_id == who))
        self.signed_in[who] = False

    # what time does

    @rule(seconds=st.integers(1, 120), there=st.sets(anybody))
    def time_goes_by(self, seconds: int, there: set[str]) -> None:
        now = self.clock.advance(timedelta(seconds=seconds))
        for who in there:
            self.desk.seats.seen(self.conn, who, now)
            self.seen[who] = now

    @rule()
    def a_round(self) -> None:
        now = self._later()
        self.rounds.run()
        for name, (kind, moment, group) in list(self.promised.items()):
            if moment <= now and name not in self.live:
                self.live[name] = Stay((ARRANGEMENT.priority(kind, "promised"), moment), group, kind)
        for name, stay in self.live.items():
            if stay.holder is not None and (not self._there(stay.holder) or self.state[stay.holder] == "offline"):
                self._back(name)
            if stay.wanted is not None and (not self._there(stay.wanted) or self.state[stay.wanted] == "offline"):
                stay.wanted = None
        while (fitting := self._to_be_given()) is not None:
            name, candidates = fitting
            given = self.conn.execute(select(desk_entry.c.staff_id).where(_live(desk_entry, name))).scalar()
            assert given in candidates, "the oldest goes to somebody available with room"
            self._taken(name, str(given))

    @invariant()
    def everything_is_as_it_must_be(self) -> None:
        if not hasattr(self, "conn"):
            return
        rows = self.conn.execute(AT_THE_DESK).all()
        found = {
            row.conversation_id: Stay((row.priority, row.queued_at), row.skill_group, row.kind, row.staff_id, row.for_staff)
            for row in rows
        }
        assert len(found) == len(rows), "nobody is at two desks"
        assert found == self.live, "nobody is lost"
        assert all((row.state == "claimed") == (row.staff_id is not None) for row in rows)
        for name, owner in self.owners.of.items():
            stay = self.live.get(name)
            assert (owner == "staff") == (stay is not None and stay.holder is not None)
            assert owner != "queue" or (stay is not None and stay.holder is None), "who is told to wait is waited for"
        for who in PEOPLE:
            assert sum(stay.holder == who for stay in self.live.values()) <= CAPACITY

    # the model

    def _try(self, may: bool, what: Any, name: str, who: str) -> None:
        now = self._later()
        try:
            with self.conn.begin_nested():
                what(self.conn, name, who, who, now)
        except NotYours:
            assert not may
            return
        assert may, "nobody takes what is not for her"
        self._taken(name, who)
        self.seen[who] = now
        if self.state[who] == "offline":
            self.state[who] = "available"

    def _taken(self, name: str, who: str) -> None:
        stay = self.live[name]
        stay.holder, stay.wanted = who, None
        if stay.kind != "talk":
            self.promised.pop(name, None)

    def _back(self, name: str) -> None:
        stay = self.live[name]
        stay.holder = None
        assert self.owners.of[name] in ("bot" if stay.kind == "callback" else "queue", "staff")
        if stay.kind != "talk":
            self.promised[name] = (stay.kind, stay.rank[1], stay.group)

    def _asks(self, name: str, reason: str, now: datetime) -> None:
        self.desk.enqueue(self.conn, name, reason, now)
        self.owners.of[name] = "queue"
        rank = ARRANGEMENT.priority(reason)
        if name in self.live:
            stay = self.live[name]
            stay.rank = (min(rank, stay.rank[0]), stay.rank[1])
            return
        who, until = self.kept.get(name, (None, now))
        self.live[name] = Stay((rank, now), self._group(name), wanted=who if until > now else None)

    def _to_be_given(self) -> tuple[str, list[str]] | None:
        for name in sorted(self._waiting(), key=lambda one: self.live[one].rank):
            stay = self.live[name]
            ready = [who for who in PEOPLE if self._there(who) and self.state[who] == "available" and self._room(who)]
            if stay.wanted is not None:
                ready = [who for who in ready if who == stay.wanted]
            elif stay.group == "general":
                ready = [who for who in ready if self._serves(who, stay)]
            else:
                continue
            if ready:
                return name, ready
        return None

    def _later(self) -> datetime:
        return self.clock.advance(timedelta(milliseconds=1))

    def _session(self, who: str) -> None:
        if not self.signed_in[who] or self.seen[who] == NOW:
            self.conn.execute(delete(staff_session).where(staff_session.c.staff_id == who))
            self.conn.execute(insert(staff_session).values(
                id=who, staff_id=who, csrf="x", created_at=NOW, expires_at=NOW + timedelta(days=9), until_at=NOW + timedelta(days=9),
            ))  # fmt: skip
            self.signed_in[who] = True

    def _group(self, name: str) -> str:
        locale = self.conn.execute(select(conversation.c.locale).where(conversation.c.id == name)).scalar_one()
        return "english" if locale == "en" else "general"

    def _serves(self, who: str, stay: Stay) -> bool:
        groups = GROUPS[PEOPLE.index(who)]
        return not groups or stay.group in groups

    def _room(self, who: str) -> bool:
        return sum(stay.holder == who for stay in self.live.values()) < CAPACITY

    def _seen(self, who: str) -> bool:
        return self.seen[who] >= self.clock.now() - timedelta(seconds=SILENCE * VANISHED)

    def _there(self, who: str) -> bool:
        return self.signed_in[who] and self._seen(who)

    def _idle(self) -> list[str]:
        return sorted(name for name, owner in self.owners.of.items() if owner in ("bot", "closed"))

    def _waiting(self) -> list[str]:
        return sorted(name for name, stay in self.live.items() if stay.holder is None)

    def _held(self) -> list[str]:
        return sorted(name for name, stay in self.live.items() if stay.holder is not None)


def _live(table: Table, name: str) -> Any:
    return (table.c.conversation_id == name) & table.c.state.in_(("waiting", "claimed"))


TestTheDesk = TheDesk.TestCase
TestTheDesk.settings = settings(
    max_examples=52, stateful_step_count=200, deadline=None, database=None, suppress_health_check=list(HealthCheck),
    phases=(Phase.generate,),  # making a run of two hundred steps smaller takes longer than a test may
)  # fmt: skip
