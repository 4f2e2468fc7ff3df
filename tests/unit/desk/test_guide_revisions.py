"""Revisions of guides: whatever anybody does in whatever order, nothing is published that two persons did not want."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from assistant.desk import accounts
from assistant.desk.accounts import Operator
from assistant.desk.guides import publishing, revisions
from assistant.desk.guides.publishing import publish_due
from assistant.desk.guides.revisions import Revision, RevisionError
from assistant.foundation import audit
from assistant.foundation.database import Database
from assistant.foundation.tables import audit_entry, guide_revision
from knowledge.editing import places
from knowledge.editing.places import Place, digest
from tests.conftest import NOW

SIGN = Place("shop-sign", "main")
FIRST = "code: shop-sign\n"
WANTED = "code: shop-sign\nname: 新的\n"
ROLES = {"bian-1": "editor", "bian-2": "editor", "shen-1": "editor,approver", "shen-2": "editor,approver", "zhu-1": "supervisor", "zuo-1": "operator"}
PEOPLE = ["shen-1", "shen-2", "bian-1", "shen-1", "bian-2", "zhu-1", "zuo-1"]


def _sound(_place: Place, text: str, _there: str | None) -> bool:
    return "坏" not in text


@pytest.fixture
def people(db: Database) -> dict[str, Operator]:
    with db.write() as conn:
        return {login: _hired(conn, login, role) for login, role in ROLES.items()}


def _hired(conn: Any, login: str, role: str) -> Operator:
    staff_id = accounts.add(conn, login, "Fictitious-Pass-2026", login, role, NOW)
    return Operator(staff_id, login, login, frozenset(role.split(",")), "csrf")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    guides = tmp_path / "guides"
    guides.mkdir()
    places.write(guides, SIGN, FIRST)
    return guides


def _approved(db: Database, people: dict[str, Operator], text: str = WANTED, base: str | None = FIRST, day: date | None = None) -> Revision:
    with db.write() as conn:
        held = revisions.save(conn, SIGN, people["bian-1"], text, NOW, note="改了", effective=day, base=base, saves=None)
        revisions.propose(conn, held.id, people["bian-1"], NOW, base)
        return revisions.approve(conn, held.id, people["shen-1"], NOW, base, "")


def _state(db: Database, held: Revision) -> Revision:
    with db.read() as conn:
        return revisions.load(conn, held.id)


def _audited(db: Database, action: str) -> int:
    with db.read() as conn:
        assert audit.verify(conn).ok
        return len(conn.execute(select(audit_entry).where(audit_entry.c.action == action)).all())


class Office(RuleBasedStateMachine):
    """Six people, one file, and somebody who changes it by hand."""

    db: Database
    people: dict[str, Operator]

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        places.write(self.folder, SIGN, FIRST)
        with self.db.write() as conn:
            conn.execute(delete(guide_revision))
        self.now: datetime = NOW
        self.counter = itertools.count(1)
        self.by_hand = {FIRST}
        self.proposers: dict[str, str] = {}
        self.approvers: dict[str, str] = {}
        self.base_of: dict[str, str] = {}
        self.seen = FIRST

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    @property
    def file(self) -> str:
        return places.read(self.folder, SIGN) or ""

    def _held(self, pick: int, state: str | None = None) -> Revision | None:
        """One of the revisions; of those in this state if there are any and the pick is not an odd one."""
        with self.db.read() as conn:
            found = [one for one in revisions.of_place(conn, SIGN) if one.state != revisions.FOUND]
        found = [one for one in found if one.state == state and pick % 4] or found
        return sorted(found, key=lambda one: one.id)[pick % len(found)] if found else None

    def _try(self, change: Callable[[Any], Any]) -> Any:
        try:
            with self.db.write() as conn:
                return change(conn)
        except RevisionError:
            return None

    @rule(who=st.sampled_from(PEOPLE), bad=st.booleans(), days=st.sampled_from([None, 0, 1, 3]), reuse=st.booleans())
    def save(self, who: str, bad: bool, days: int | None, reuse: bool) -> None:
        text = f"{FIRST}n: {next(self.counter)}{'坏' if bad else ''}\n"
        base, author = self.file, self.people[who]
        day = None if days is None else self.now.date() + timedelta(days=days)
        with self.db.read() as conn:
            mine = [one for one in revisions.of_place(conn, SIGN) if one.author == author.id and one.state in revisions.MINE]
        saves = mine[0].saves if mine and reuse else None
        if self._try(lambda conn: revisions.save(conn, SIGN, author, text, self.now, note="改", effective=day, base=base, saves=saves)):
            self.base_of[text] = base

    @rule(who=st.sampled_from(PEOPLE), pick=st.integers(0, 20))
    def propose(self, who: str, pick: int) -> None:
        held = self._held(pick, revisions.DRAFT)
        if held and pick % 5:
            who = next(login for login, one in self.people.items() if one.id == held.author)
        if held and self._try(lambda conn: revisions.propose(conn, held.id, self.people[who], self.now, self.file)):
            self.proposers[held.text] = who

    @rule(who=st.sampled_from(PEOPLE), pick=st.integers(0, 20))
    def approve(self, who: str, pick: int) -> None:
        held = self._held(pick, revisions.PROPOSED)
        if held and self._try(lambda conn: revisions.approve(conn, held.id, self.people[who], self.now, self.file, "")):
            self.approvers[held.text] = who

    @rule(who=st.sampled_from(PEOPLE), pick=st.integers(0, 20), what=st.sampled_from(["withdraw", "send_back", "discard"]))
    def other(self, who: str, pick: int, what: str) -> None:
        held = self._held(pick)
        if held is None:
            return
        extra = ["要改"] if what == "send_back" else []
        if self._try(lambda conn: getattr(revisions, what)(conn, held.id, self.people[who], self.now, *extra) or True):
            self.approvers.pop(held.text, None)

    @rule(hours=st.integers(1, 40))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule()
    def publish(self) -> None:
        publish_due(self.db, self.folder, self.now, _sound)

    @rule(after=st.booleans())
    def publish_and_die(self, after: bool) -> None:
        real = places.write

        def dying(folder: Path, place: Place, text: str) -> None:
            if after:
                real(folder, place, text)
            raise KeyboardInterrupt

        places.write = dying
        try:
            publish_due(self.db, self.folder, self.now, _sound)
        except KeyboardInterrupt:
            pass
        finally:
            places.write = real

    @rule()
    def change_by_hand(self) -> None:
        text = f"{FIRST}hand: {next(self.counter)}\n"
        self.by_hand.add(text)
        self.seen = text
        places.write(self.folder, SIGN, text)

    @rule()
    def change_by_hand_just_before_publishing(self) -> None:
        self.change_by_hand()
        self.publish()

    @invariant()
    def two_persons_wanted_what_is_served(self) -> None:
        text = self.file
        if text == self.seen:
            return
        # Something was published: it lay on what was there, and two different people stood behind it
        assert text not in self.by_hand
        assert self.base_of[text] == self.seen
        assert "坏" not in text
        author, reviewer = self.proposers[text], self.approvers[text]
        assert author != reviewer
        assert "editor" in ROLES[author] and "approver" in ROLES[reviewer]
        self.seen = text

    @invariant()
    @precondition(lambda self: self.proposers)
    def whatever_is_published_names_two(self) -> None:
        with self.db.read() as conn:
            every = revisions.of_place(conn, SIGN)
        assert sum(one.state == revisions.PUBLISHED for one in every) <= 1
        for one in every:
            if one.state in (revisions.APPROVED, revisions.PUBLISHED, revisions.REPLACED):
                assert one.author and one.reviewer and one.author != one.reviewer


def test_no_way_round_two_persons(db: Database, people: dict[str, Operator]) -> None:
    class Here(Office):
        pass

    Here.db, Here.people = db, people
    options = settings(max_examples=30, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Here, settings=options)  # type: ignore[no-untyped-call]  # hypothesis gives it no types


@pytest.mark.parametrize("state", ["approved", "published", "replaced"])
def test_the_table_itself_wants_two_persons(db: Database, people: dict[str, Operator], state: str) -> None:
    one = people["shen-1"].id
    row = {
        "id": "r-1", "code": "shop-sign", "place": "main", "state": state, "text": "", "digest": "", "base_digest": "", "note": "",
        "author": one, "answer": "", "saves": 1, "created_at": NOW, "updated_at": NOW,
    }  # fmt: skip
    for reviewer in (one, None):
        with pytest.raises(IntegrityError), db.write() as conn:
            conn.execute(insert(guide_revision).values(**row, reviewer=reviewer))


def test_it_is_published_once_and_the_old_text_is_kept(db: Database, people: dict[str, Operator], folder: Path) -> None:
    held = _approved(db, people)
    [done] = publish_due(db, folder, NOW, _sound)
    assert (done.state, places.read(folder, SIGN)) == (revisions.PUBLISHED, WANTED)
    assert publish_due(db, folder, NOW, _sound) == []
    assert _audited(db, "guide.published") == 1
    with db.read() as conn:
        assert revisions.text_of(conn, SIGN, digest(FIRST)) == FIRST
    assert _state(db, held).reviewer == people["shen-1"].id
    assert [path.name for path in folder.iterdir()] == ["shop-sign.yaml"]


def test_not_before_its_day(db: Database, people: dict[str, Operator], folder: Path) -> None:
    _approved(db, people, day=NOW.date() + timedelta(days=2))
    late = NOW.replace(hour=23, minute=59) + timedelta(days=1)
    assert publish_due(db, folder, late, _sound) == []
    assert places.read(folder, SIGN) == FIRST
    assert len(publish_due(db, folder, late + timedelta(minutes=2), _sound)) == 1
    assert places.read(folder, SIGN) == WANTED


def _dies(settings_url: str, keyring: Any, folder: Path, after: bool) -> None:
    db = Database(settings_url, keyring, "full")
    real = places.write

    def dying(where: Path, place: Place, text: str) -> None:
        if after:
            real(where, place, text)
        else:
            (where / f".{place.code}.yaml.new").write_text(text[:5], encoding="utf-8")
        os._exit(9)

    publishing.places.write = dying
    publish_due(db, folder, NOW, _sound)


@pytest.mark.parametrize("after", [True, False])
def test_killed_half_way_the_next_run_finishes(db: Database, people: dict[str, Operator], folder: Path, app_url: str, after: bool) -> None:
    held = _approved(db, people)
    db.dispose()
    process = multiprocessing.get_context("fork").Process(target=_dies, args=(app_url, db.keyring, folder, after))
    process.start()
    process.join(60)
    assert process.exitcode == 9
    assert _state(db, held).state == revisions.APPROVED
    assert places.read(folder, SIGN) == (WANTED if after else FIRST)
    [done] = publish_due(db, folder, NOW, _sound)
    assert (done.id, places.read(folder, SIGN)) == (held.id, WANTED)
    assert _audited(db, "guide.published") == 1
    assert [path.name for path in folder.iterdir()] == ["shop-sign.yaml"]


@pytest.fixture
def app_url(request: pytest.FixtureRequest) -> Iterator[str]:
    yield request.getfixturevalue("settings").database_url


def test_a_file_changed_by_hand_is_never_written_over(db: Database, people: dict[str, Operator], folder: Path) -> None:
    held = _approved(db, people)
    places.write(folder, SIGN, "code: shop-sign\nhand: 1\n")
    assert publish_due(db, folder, NOW, _sound) == []
    assert places.read(folder, SIGN) == "code: shop-sign\nhand: 1\n"
    back = _state(db, held)
    assert (back.state, back.trouble, back.text) == (revisions.RETURNED, publishing.FILE_CHANGED, WANTED)
    with db.write() as conn:
        # all three texts are there to be compared
        assert revisions.text_of(conn, SIGN, back.base_digest) == FIRST
        mine = revisions.save(
            conn, SIGN, people["bian-1"], WANTED, NOW, note="改", effective=None, base="code: shop-sign\nhand: 1\n", saves=back.saves
        )
        assert mine.id == held.id
        revisions.propose(conn, held.id, people["bian-1"], NOW, "code: shop-sign\nhand: 1\n")


def test_what_is_no_longer_sound_on_its_day_goes_back(db: Database, people: dict[str, Operator], folder: Path) -> None:
    held = _approved(db, people, text="code: 坏\n")
    assert publish_due(db, folder, NOW, _sound) == []
    assert (_state(db, held).state, _state(db, held).trouble, places.read(folder, SIGN)) == (revisions.RETURNED, publishing.UNSOUND, FIRST)


def test_a_folder_that_cannot_be_written_is_tried_again(
    db: Database, people: dict[str, Operator], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = _approved(db, people)

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(places, "write", full)
        assert publish_due(db, folder, NOW, _sound) == []
    assert (_state(db, held).state, _state(db, held).trouble) == (revisions.APPROVED, publishing.UNWRITABLE)
    assert len(publish_due(db, folder, NOW, _sound)) == 1
    assert _state(db, held).trouble is None


def test_two_windows_do_not_overwrite_each_other(db: Database, people: dict[str, Operator]) -> None:
    def save(text: str, saves: int | None) -> Revision:
        with db.write() as conn:
            return revisions.save(conn, SIGN, people["bian-1"], text, NOW, note="", effective=None, base=FIRST, saves=saves)

    first = save("a: 1\n", None)
    second = save("a: 2\n", first.saves)
    with pytest.raises(RevisionError) as late:
        save("a: 3\n", first.saves)
    assert late.value.code == "guide_saved_elsewhere"
    with pytest.raises(RevisionError) as again:
        save("a: 4\n", None)
    assert again.value.code == "guide_has_draft"
    assert _state(db, second).text == "a: 2\n"


@pytest.mark.parametrize(("code", "place"), [("../x", "main"), ("x", ".."), ("x", "31000"), ("", "main"), ("x/y", "en"), ("X", "main")])
def test_no_name_leads_out_of_the_folder(code: str, place: str) -> None:
    with pytest.raises(ValueError, match="no file"):
        Place(code, place)
