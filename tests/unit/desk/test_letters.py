"""Supervisors are written when a limit is near or missed: once for each stay and limit, and only those it concerns."""

from __future__ import annotations

from datetime import timedelta

import pytest

from assistant.desk import accounts
from assistant.desk.accounts import AccountError
from assistant.desk.letters import Letter, Letters, Posted, When
from assistant.desk.rounds import DeskRounds
from assistant.foundation.clock import FixedClock
from assistant.foundation.database import Database
from assistant.foundation.settings import Settings
from tests.unit.desk.world import CALM, World, arranged

LIMIT = {"limits": CALM | {"first_answer": 60}}


class Office(World):
    """A desk of two groups whose letters are kept, or answered otherwise by ``answers``."""

    def __init__(self, db: Database, clock: FixedClock, settings: Settings, when: When = "near") -> None:
        super().__init__(db, clock, settings, arranged(food={"items": ["food-permit-new"], **LIMIT}, general=LIMIT))
        self.sent: list[Letter] = []
        self.answers: list[Posted] = []
        self.rounds = self.restarted(when)

    def restarted(self, when: When = "near") -> DeskRounds:
        """The rounds of a new process on the same database."""
        letters = Letters(self.db, self.desk, self._post, when, "https://hall.example/console/")
        return DeskRounds(self.db, self.desk, self.clock, lambda _: None, letters)

    def lead(self, login: str, email: str, *groups: str, roles: str = "supervisor") -> str:
        """An account with an address, ``""`` for none; nobody signs in."""
        now = self.clock.now()
        with self.db.write() as conn:
            made = accounts.add(conn, login, "Fictitious-Pass-2026", f"主管{login}", roles, now)
            accounts.set_email(conn, login, email, now)
            self.desk.seats.set_groups(conn, made, groups, now)
        return made

    def later(self, seconds: float) -> list[str]:
        """Time goes by; who was written since."""
        self.wait(seconds)
        before = len(self.sent)
        self.rounds.watch()
        self.rounds.write()
        return [letter.address for letter in self.sent[before:]]

    def _post(self, letter: Letter) -> Posted:
        outcome = self.answers.pop(0) if self.answers else "sent"
        if outcome != "refused":
            self.sent.append(letter)
        return outcome


@pytest.fixture
def office(db: Database, clock: FixedClock, settings: Settings) -> Office:
    return Office(db, clock, settings)


def test_who_serves_the_group_is_written_once_for_each_stay_and_limit(office: Office) -> None:
    office.lead("all", "all@hall.example")
    office.lead("food", "food@hall.example", "food")
    office.lead("general", "general@hall.example", "general")
    office.lead("silent", "")
    office.lead("zhuo-1", "zhuo@hall.example", roles="operator")
    office.citizen()
    assert office.later(30) == []
    assert sorted(office.later(15)) == ["all@hall.example", "general@hall.example"]
    assert [office.later(seconds) for seconds in (5, 20, 300)] == [[], [], []], "that it is missed then is the same limit"
    office.rounds = office.restarted()
    assert office.later(60) == []
    office.citizen()
    assert sorted(office.later(61)) == ["all@hall.example", "general@hall.example"], "another stay"
    near, missed = office.sent[0], office.sent[-1]
    assert ("快到了" in near.title, "超过" in missed.title) == (True, True)
    assert near.link == "https://hall.example/console/" and "首次答复" in near.text


def test_only_what_is_missed(db: Database, clock: FixedClock, settings: Settings) -> None:
    office = Office(db, clock, settings, "missed")
    office.lead("all", "all@hall.example")
    office.citizen()
    assert (office.later(50), office.later(20)) == ([], ["all@hall.example"])


def test_a_silent_server_is_left_alone_for_longer_and_longer_and_gets_the_same_letter_again(office: Office) -> None:
    office.lead("all", "all@hall.example")
    office.citizen()
    office.answers = ["later", "later", "sent"]
    tries = []
    for _ in range(60):
        tries.append(len(office.later(1 if office.sent else 50)))
    assert [at for at, count in enumerate(tries) if count] == [0, 10, 30]
    assert len({letter.key for letter in office.sent}) == 1


def test_what_is_true_no_longer_is_not_sent(office: Office) -> None:
    first, operator = office.lead("all", "all@hall.example"), office.operator("zhuo-1")
    answered, gone = office.citizen(), office.citizen()
    office.answers = ["later"]
    assert len(office.later(50)) == 1
    office.claim(answered, operator)
    office.do(office.desk.say, answered, operator, "1号坐席", "您好", office.clock.now())
    office.do(office.desk.leave, gone, office.clock.now())
    assert office.later(600) == [], "one was answered, the other does not wait any more"
    office.citizen()
    office.do(accounts.disable, "all", office.clock.now())
    assert office.later(50) == [] and first


def test_what_is_refused_is_not_sent_again(office: Office) -> None:
    office.lead("all", "all@hall.example")
    office.citizen()
    office.answers = ["refused"]
    assert [office.later(50), office.later(3600)] == [[], []]


@pytest.mark.parametrize("address", ["nobody", "a b@hall.example", "a@hall", "a@hall.example\nBcc: b@hall.example", "主管@hall.example"])
def test_what_is_no_address(office: Office, address: str) -> None:
    with pytest.raises(AccountError) as refused:
        office.lead("all", address)
    assert refused.value.code == "email_bad"


def test_nothing_is_escalated_twice_because_of_a_letter(office: Office) -> None:
    """Who has no address at all: the console has it all the same."""
    one = office.citizen()
    assert office.later(50) == []
    assert office.stay(one).escalated_at is not None
    office.lead("late", "late@hall.example")
    office.clock.advance(timedelta(seconds=1))
    assert office.later(1) == [], "near was told before there was anybody to write to"
    assert office.later(30) == ["late@hall.example"], "missed was not"
