"""A case through a drop: the real client and the sandbox's real SFTP server and office, in one process, round by round."""

from __future__ import annotations

import hashlib
import time
from base64 import b64decode
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import paramiko
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from assistant.casework.submission import outbox
from assistant.casework.submission.backoff import Backoff
from assistant.casework.submission.delivery import Delivery
from assistant.casework.submission.follow import Follower
from assistant.casework.submission.office import OfficeRejected, OfficeUnavailable
from assistant.casework.submission.offices import config, drop
from assistant.casework.submission.offices.routing import Routed, whose
from assistant.casework.submission.offices.sftp import SftpOffice
from assistant.casework.submission.outbox import Row, State
from assistant.foundation.clock import FixedClock
from assistant.foundation.database import Database
from sandbox.app import create_app
from sandbox.config import SandboxConfig
from sandbox.drop.api import Drop
from sandbox.drop.faults import DropFault, Mode
from sandbox.office.decisions import Decision
from sandbox.office.running import open_store
from sandbox.office.service import Office
from tests.contract.test_receiving_office import until
from tests.unit.casework.submission import support
from tests.unit.casework.submission.support import CASE, NOW, MemoryOffice, Remembering

SECRET = "a fictitious secret of 32 signs.."


class FarSide:
    """The sandbox's office behind its drop."""

    def __init__(self, folder: Path) -> None:
        own = Ed25519PrivateKey.generate()
        self.key_file = folder / "client_key"
        self.key_file.write_bytes(
            own.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption())
        )
        public = own.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
        (folder / "client_key.pub").write_bytes(public)
        settings = SandboxConfig(
            data_dir=folder / "sandbox", office_key="", staff_key="", drop_port=0, drop_secret=SECRET,
            drop_client_key=folder / "client_key.pub", now=lambda: NOW,
        )  # fmt: skip
        settings.data_dir.mkdir()
        self.office = Office(settings, open_store(settings))
        self.drop = Drop(settings, self.office)
        self.drop.server.start("127.0.0.1", 0)
        self.files = settings.data_dir / "drop" / "files"
        self.folder = folder

    def fault(self, mode: Mode, count: int | None = None) -> None:
        self.drop.faults.set(DropFault(mode=mode, count=count))

    def round(self) -> int:
        return self.drop.desk.round()

    def lies(self) -> list[str]:
        """What lies in the folder for us, unfinished files too."""
        return sorted(path.name for path in (self.files / "in").iterdir())

    def routing(self, **changes: str) -> Path:
        """A routing file that sends everything of one department here."""
        office = {
            "kind": "sftp", "url": f"sftp://bandao@127.0.0.1:{self.drop.server.port}/", "host_key": self.drop.server.public_key,
            "key_file": "client_key", "key_env": "BANDAO_GJJ_KEY", "timeout_s": "30", **changes,
        }  # fmt: skip
        lines = "".join(f"    {name}: {value}\n" for name, value in office.items())
        path = self.folder / "offices.yaml"
        path.write_text(f"offices:\n  GJJ:\n{lines}routes:\n  - departments: [公积金中心]\n    office: GJJ\n", encoding="utf-8")
        return path


class World:
    """Submissions routed to the drop."""

    def __init__(self, db: Database, far: FarSide, **changes: str) -> None:
        self.db, self.far, self.sink, self.clock = db, far, Remembering(db), FixedClock(NOW)
        loaded = config.load(far.routing(**changes), environ={"BANDAO_GJJ_KEY": SECRET})
        self.offices = loaded.open(self.clock, lambda number: whose(db, number))
        self.office = self.offices["GJJ"]
        self.routed = Routed(
            db, self.clock, MemoryOffice(), self.offices, lambda item, department: "GJJ",
            item_of=lambda case_no: "food-licence-new", department_of=lambda item: "",
        )  # fmt: skip
        self.delivery = Delivery(db, self.routed, support.package, self.sink, self.clock, Backoff())
        self.follower = Follower(db, self.routed, self.sink, self.clock, every_s=0)
        with db.write() as conn:
            outbox.add(conn, CASE, 1, NOW)

    def deliver(self, version: int = 1) -> str:
        outcome = self.delivery.attempt(CASE, version)
        if outcome.received is not None:
            outcome = self.delivery.record(CASE, version, outcome.received)
        return outcome.kind

    def row(self, version: int = 1) -> Row:
        with self.db.read() as conn:
            row = outbox.get(conn, CASE, version)
        assert row is not None
        return row

    def state(self) -> tuple[State, str | None]:
        row = self.row()
        return row.state, row.last_error

    def handed_over(self) -> str:
        """The receipt number, once the office has it."""
        assert self.deliver() == "later" and self.far.round() == 1 and self.deliver() == "done"
        (file,) = self.far.office.find(CASE)
        assert self.row().office_ref == f"GJJ:{file.receipt_no}"
        return file.receipt_no


@pytest.fixture
def far(tmp_path: Path) -> Iterator[FarSide]:
    made = FarSide(tmp_path)
    yield made
    made.drop.server.stop()


@pytest.fixture
def world(db: Database, far: FarSide) -> Iterator[World]:
    made = World(db, far)
    yield made
    made.routed.close()


def test_a_whole_case_goes_through_the_drop(world: World, far: FarSide) -> None:
    assert world.office.reachable(30.0)
    assert world.deliver() == "later"
    assert far.lies() == [f"{CASE}._.v1.manifest.json", f"{CASE}._.v1.zip"]
    said = drop.read((far.files / "in" / f"{CASE}._.v1.manifest.json").read_bytes(), SECRET.encode())
    package = support.package()
    assert said["files"] == [
        {
            "name": f"{CASE}._.v1.zip", "bytes": len(package), "sha256": hashlib.sha256(package).hexdigest(),
            "sm3": hashlib.new("sm3", package).hexdigest(),
        }
    ]  # fmt: skip
    assert world.state() == (State.PENDING, "not-acknowledged") and world.sink.news == []
    assert world.deliver() == "later" and far.lies() == [f"{CASE}._.v1.manifest.json", f"{CASE}._.v1.zip"]
    assert far.round() == 1 and far.lies() == []
    assert world.deliver() == "done"
    (file,) = far.office.find(CASE)
    assert world.sink.news == [("sent", CASE, 1, f"GJJ:{file.receipt_no}")]

    for action in ("accept", "review", "approve", "deliver"):
        far.office.act(file.receipt_no, Decision(action=action))
    far.round()
    assert world.follower.round() == 4
    assert [news[3] for news in world.sink.news[1:]] == ["accepted", "in_review", "approved", "delivered"]
    record, data = far.office.result(file.receipt_no)
    assert world.routed.result(f"GJJ:{file.receipt_no}") == data
    held = world.routed.file(f"GJJ:{file.receipt_no}")
    assert held.result is not None and held.result.sha256 == record["sha256"] == hashlib.sha256(data).hexdigest()


def test_a_correction_and_its_second_version(world: World, far: FarSide) -> None:
    number = world.handed_over()
    wanting = [{"kind": "other", "code": "", "text": "电话打不通"}]
    far.office.act(number, Decision.model_validate({"action": "correct", "text": "请改正", "wanting": wanting}))
    far.round()
    assert world.follower.round() == 1 and world.sink.news[-1][3] == "correction_needed"
    assert [want.text for want in world.office.file(number).wanting] == ["电话打不通"]
    with world.db.write() as conn:
        outbox.add(conn, CASE, 2, NOW)
    assert world.deliver(2) == "later" and far.round() == 1 and world.deliver(2) == "done"
    assert [package.version for package in far.office.get(number).packages] == [1, 2]
    assert world.row(2).office_ref == f"GJJ:{number}"


def test_what_was_sent_can_be_taken_back(world: World, far: FarSide) -> None:
    number = world.handed_over()
    with world.db.write() as conn:
        assert outbox.withdraw(conn, CASE, NOW)
    assert world.deliver() == "later" and far.lies() == [f"{CASE}._.withdrawal.json"]
    assert world.deliver() == "later" and far.round() == 1
    assert world.deliver() == "done" and world.row().state is State.WITHDRAWN
    assert far.office.get(number).status == "withdrawn"


def test_what_is_decided_cannot(world: World, far: FarSide) -> None:
    number = world.handed_over()
    with pytest.raises(OfficeUnavailable, match="not-acknowledged"):
        world.office.withdraw(number)
    far.office.act(number, Decision(action="accept"))
    far.office.act(number, Decision(action="deny", text="不符合条件"))
    far.round()
    with pytest.raises(OfficeRejected, match="already-decided"):
        world.office.withdraw(number)


@pytest.mark.parametrize(
    ("mode", "code"), [("breaks_off", "timeout"), ("disk_full", "server-error"), ("forbidden", "not-authorised"), ("away", "no-connection")]
)
def test_half_a_file_is_never_handed_over(world: World, far: FarSide, mode: Mode, code: str) -> None:
    far.fault(mode)
    assert world.deliver() == "later" and world.state() == (State.PENDING, code)
    assert all(name.endswith(".part") for name in far.lies())
    far.fault("ok")
    assert far.round() == 0 and far.office.find(CASE) == []
    number = world.handed_over()
    assert [package.version for package in far.office.get(number).packages] == [1]


def test_a_server_that_falls_silent_holds_nobody_up(db: Database, far: FarSide) -> None:
    world = World(db, far, timeout_s="0.8")
    far.fault("silent")
    assert world.deliver() == "later" and world.state() == (State.PENDING, "no-connection")
    far.fault("ok")
    assert world.office.reachable(30.0)  # and this connection is kept, but not its patience
    far.fault("silent")
    began = time.monotonic()
    assert world.deliver() == "later" and world.state() == (State.PENDING, "timeout")
    assert time.monotonic() - began < 20.0
    far.fault("ok")
    world.handed_over()
    world.routed.close()


def test_a_manifest_without_its_whole_package_is_dropped_again(world: World, far: FarSide) -> None:
    assert world.deliver() == "later"
    lying = far.files / "in" / f"{CASE}._.v1.zip"
    lying.write_bytes(lying.read_bytes()[:100])
    number = world.handed_over()
    assert far.office.get(number).packages[0].sha256 == hashlib.sha256(support.package()).hexdigest()


def test_a_server_that_shows_another_key_gets_nothing(db: Database, far: FarSide) -> None:
    other = Ed25519PrivateKey.generate().public_key()
    shown = other.public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH).decode()
    world = World(db, far, host_key=shown)
    assert not world.office.reachable(3.0)
    assert isinstance(world.office, SftpOffice) and world.office.trouble(3.0) == "host-key"
    assert world.office.wrong_key == paramiko.PKey.from_type_string(
        "ssh-ed25519", b64decode(far.drop.server.public_key.split()[1])
    ).fingerprint
    assert world.deliver() == "later" and world.state() == (State.PENDING, "host-key") and far.lies() == []


def test_a_key_the_server_does_not_know_opens_nothing(world: World, far: FarSide) -> None:
    (far.folder / "client_key.pub").write_text(far.drop.server.public_key, encoding="ascii")
    assert world.deliver() == "later" and world.state() == (State.PENDING, "not-authorised") and far.lies() == []


@pytest.mark.parametrize("mode", ["wrong_case", "unsigned", "half_status"])
def test_a_status_file_that_is_not_believed_changes_nothing(world: World, far: FarSide, mode: Mode) -> None:
    assert world.deliver() == "later"
    far.fault(mode)
    far.round()
    assert world.deliver() == "later" and world.state() == (State.PENDING, "unreadable")
    far.fault("ok")
    far.round()
    assert world.deliver() == "done"
    (file,) = far.office.find(CASE)
    assert len(file.packages) == 1
    far.office.act(file.receipt_no, Decision(action="accept"))
    far.fault(mode)
    far.round()
    assert world.follower.round() == 0
    far.fault("ok")
    far.round()
    assert world.follower.round() == 1


def test_an_answer_with_another_hash_is_left_to_a_person(world: World, far: FarSide) -> None:
    assert world.deliver() == "later"
    far.fault("wrong_hash")
    far.round()
    assert world.deliver() == "done" and world.state() == (State.REJECTED, "other-package")


def test_another_number_than_it_gave_is_not_believed(world: World, far: FarSide) -> None:
    number = world.handed_over()
    far.office.act(number, Decision(action="accept"))
    far.fault("wrong_number")
    far.round()
    assert world.follower.round() == 0
    with pytest.raises(OfficeRejected, match="not-found"):
        world.office.file("SJ19000101000001")
    far.fault("ok")
    far.round()
    assert world.follower.round() == 1


def test_what_the_office_refuses_a_person_may_send_again(world: World, far: FarSide) -> None:
    assert world.deliver() == "later"
    far.fault("refuses")
    assert far.round() == 1 and far.lies() == []
    assert world.deliver() == "done" and world.state() == (State.REJECTED, "package-unreadable")
    far.fault("ok")
    with world.db.write() as conn:
        assert outbox.again(conn, CASE, NOW)
    world.handed_over()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"url": "sftp://bandao:secret@127.0.0.1/"}, "SFTP 地址不能用"),
        ({"url": "https://127.0.0.1/"}, "SFTP 地址不能用"),
        ({"host_key": "ssh-ed25519 AAAA"}, "主机公钥"),
        ({"host_key": "''"}, "主机公钥"),
        ({"key_file": "client_key.pub"}, "私钥文件"),
        ({"key_file": "none"}, "私钥文件"),
        ({"key_env": "BANDAO_SHORT"}, "密钥不足 32 个字符"),
    ],
)
def test_what_is_wrong_with_a_drop_is_told_at_the_start(far: FarSide, changes: dict[str, str], says: str) -> None:
    path = far.routing(**changes)
    with pytest.raises(config.BadOffices) as bad:
        config.load(path, environ={"BANDAO_GJJ_KEY": SECRET, "BANDAO_SHORT": SECRET[:31]})
    (fault,) = bad.value.faults
    assert says in fault.why and fault.remedy
    assert next(iter(changes)) in path.read_text(encoding="utf-8").splitlines()[fault.line - 1]


@given(place=st.integers(0, 10_000), bit=st.integers(0, 7), cut=st.integers(0, 10_000))
def test_a_signed_file_changed_anywhere_is_none(place: int, bit: int, cut: int) -> None:
    said = {"type": drop.STATUS, "case_no": CASE, "part": "", "refused": [], "file": None}
    whole = drop.sign(said, SECRET.encode())
    assert drop.read(whole, SECRET.encode()) == said
    changed = bytearray(whole)
    changed[place % len(whole)] ^= 1 << bit
    for spoilt in (bytes(changed), whole[: cut % len(whole)]):
        with suppress(drop.NotGenuine):
            # What a signature holds together is the text; signs that mean nothing to JSON or base64 may differ.
            assert drop.read(spoilt, SECRET.encode()) == said
    with pytest.raises(drop.NotGenuine):
        drop.read(whole, b"another key")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "case_no", "part", "file", "refused", "history", "seq", "x"]), inner, max_size=5)
    ),
    max_leaves=12,
)


@given(said=JSON, known=st.booleans())
def test_whatever_is_signed_is_a_status_of_this_case_or_none(said: Any, known: bool) -> None:
    if known and isinstance(said, dict):
        said = {**said, "type": drop.STATUS, "case_no": CASE, "part": ""}
    with suppress(drop.NotGenuine):
        status = drop.read_status(drop.sign(said, SECRET.encode()), SECRET.encode(), CASE, "")
        assert (status.case_no, status.part) == (CASE, "")


def test_the_sandbox_serves_its_drop_while_it_runs(db: Database, far: FarSide, tmp_path: Path) -> None:
    far.drop.server.stop()
    settings = replace(far.drop.config, drop_port=0, office_key="fictitious-office-key", examine_s=None)
    with TestClient(create_app(settings)) as client:
        far.drop = client.app.state.drop  # type: ignore[attr-defined]
        world = World(db, far)
        faults = "/drop/v1/admin/faults"
        assert client.post(faults, json={"mode": "refuses"}).status_code == 401
        key = {"X-Api-Key": "fictitious-office-key"}
        assert client.post(faults, json={"mode": "asleep"}, headers=key).status_code == 200
        assert world.deliver() == "later"
        client.post(faults, json={"mode": "ok"}, headers=key)
        until(lambda: far.lies() == [], "the drop taken")
        assert world.deliver() == "done" and world.row().state is State.SENT
        world.routed.close()
