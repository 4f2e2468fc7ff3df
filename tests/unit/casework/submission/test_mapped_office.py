"""An office connected by files: the documented example against a city system of its own, and answers nobody expected."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.casework.clocks.stops import StopKind, kind_of
from assistant.casework.submission import outbox
from assistant.casework.submission.backoff import Backoff
from assistant.casework.submission.delivery import Delivery
from assistant.casework.submission.follow import Follower
from assistant.casework.submission.office import Consignment, Item, OfficeRejected, OfficeUnavailable
from assistant.casework.submission.offices import config
from assistant.casework.submission.offices.mapped import MappedOffice
from assistant.casework.submission.offices.mapped_news import MappedDoor
from assistant.casework.submission.offices.mapping import Mapping
from assistant.casework.submission.offices.routing import Routed
from assistant.casework.submission.outbox import Row, State
from assistant.casework.submission.webhooks import NotGenuine
from assistant.foundation.clock import SHANGHAI, FixedClock
from assistant.foundation.database import Database
from knowledge.guide_file import tree_of
from tests.unit.casework.submission import support
from tests.unit.casework.submission.city import KEY, City, example, serving, write_examples
from tests.unit.casework.submission.support import CASE, NOW, MemoryOffice, Remembering

MAPPING = Mapping.model_validate(tree_of(example("rsj.yaml")))
UNASKED = MAPPING.model_copy(update={"calls": MAPPING.calls.model_copy(update={"find": None})})
SHORT_S = 2.0


@pytest.fixture
def city() -> Iterator[City]:
    with serving(City()) as city:
        yield city


def client(city: City, mapping: Mapping = MAPPING, timeout_s: float = 30.0) -> MappedOffice:
    return MappedOffice("RSJ", city.url, mapping, KEY, FixedClock(NOW), app="bandao", timeout_s=timeout_s)


def consignment(version: int = 1) -> Consignment:
    package = support.package(CASE, version)
    item = Item(code="social-card-reissue", name="社会保障卡补领")
    sha256 = hashlib.sha256(package).hexdigest()
    return Consignment(case_no=CASE, version=version, item=item, package=package, sha256=sha256, key=f"{CASE}-{version}")


def test_sending_finding_following_and_the_result(city: City) -> None:
    office = client(city)
    assert office.reachable(30.0)
    assert office.find(CASE) is None
    receipt = office.send(consignment())
    assert (receipt.receipt_no, receipt.received_at) == ("20251121-1", datetime(2025, 11, 21, 9, tzinfo=SHANGHAI))
    held = office.find(CASE)
    assert held is not None and held.received(1) is not None and held.case_no == CASE
    city.decide("20251121-1", "25", "请补照片", wanting=["一寸照片"], dueDate="2025-12-01")
    file = office.file("20251121-1")
    assert [want.text for want in file.wanting] == ["一寸照片"] and str(file.due) == "2025-12-01"
    pdf = b"%PDF-1.7 fictitious"
    cert = {"hash": hashlib.sha256(pdf).hexdigest(), "no": "示例〔2025〕1号", "name": "社会保障卡", "date": "2025-11-22"}
    city.results["20251121-1"] = pdf
    city.decide("20251121-1", "40", cert=cert)
    file = office.file("20251121-1")
    assert [line.status for line in file.history] == ["received", "correction_needed", "approved"]
    assert (
        file.wanting == []
        and file.result is not None
        and file.result.sha256 == hashlib.sha256(office.result("20251121-1")).hexdigest()
    )
    with pytest.raises(OfficeRejected, match="E100"):
        office.withdraw("20251121-1")
    with pytest.raises(OfficeRejected, match="not-found"):
        office.file("20251121-9")
    assert city.forged == 0
    office.close()
    assert not office.reachable(0.2)


def test_a_wrong_key_is_ours_to_mend(city: City) -> None:
    office = MappedOffice("RSJ", city.url, MAPPING, "another-fictitious-key", FixedClock(NOW), app="bandao")
    with pytest.raises(OfficeUnavailable, match="not-authorised"):
        office.send(consignment())
    assert city.forged == 1 and city.taken_in == []
    office.close()


def test_a_receipt_for_another_case_is_none(city: City) -> None:
    city.fault = "lying"
    with pytest.raises(OfficeUnavailable, match="unreadable"):
        client(city).send(consignment())


def test_more_time_is_read_where_they_gave_themselves_some(city: City) -> None:
    office = client(city)
    office.send(consignment())
    city.decide("20251121-1", "30", extDays=0)
    assert office.file("20251121-1").extension is None
    city.decide("20251121-1", "30", extDays="10", extWhy="案情复杂", extTime="2025-11-21 15:00:00")
    more = office.file("20251121-1").extension
    assert more is not None and (more.days, more.reason, more.at.hour) == (10, "案情复杂", 15)
    city.decide("20251121-1", "30", extDays=-3)
    with pytest.raises(OfficeUnavailable, match="unreadable"):
        office.file("20251121-1")


def test_what_they_do_not_count_stops_the_clock_by_our_names(city: City) -> None:
    office = client(city)
    office.send(consignment())
    assert office.file("20251121-1").stopped == []
    over = {"begin": "2025-11-24 09:00:00", "end": "2025-11-26 17:00:00", "kind": "3"}
    city.decide("20251121-1", "30", stops=[over, {"begin": "2025-11-27 09:00:00", "end": "", "kind": "检测"}])
    hearing, testing = office.file("20251121-1").stopped
    assert hearing.until is not None and (hearing.start.day, hearing.until.day, kind_of(hearing.why)) == (24, 26, StopKind.HEARING)
    assert (testing.until, kind_of(testing.why)) == (None, StopKind.TESTING)
    for broken in ("3", [{"end": "2025-11-26 17:00:00", "kind": "3"}], [{**over, "begin": "yesterday"}]):
        city.decide("20251121-1", "30", stops=broken)
        with pytest.raises(OfficeUnavailable, match="unreadable"):
            office.file("20251121-1")


def test_a_word_in_no_mapping_waits(city: City) -> None:
    office = client(city)
    office.send(consignment())
    city.decide("20251121-1", "77")
    with pytest.raises(OfficeUnavailable, match="unmapped-status"):
        office.file("20251121-1")


class World:
    """Submissions routed to the city; ``usual`` is where the others go.

    Once it falls silent it is waited for ``patience_s``: long enough for a laden machine to get as far as the silence.
    """

    def __init__(self, db: Database, city: City, mapping: Mapping = MAPPING, patience_s: float = 30.0) -> None:
        self.db, self.usual, self.sink, self.clock = db, MemoryOffice(), Remembering(db), FixedClock(NOW)
        self.to = "RSJ"
        self.routed = Routed(
            db, self.clock, self.usual, {"RSJ": client(city, mapping, patience_s)}, lambda item, department: self.to,
            item_of=lambda case_no: "social-card-reissue", department_of=lambda item: "",
        )  # fmt: skip
        self.delivery = Delivery(
            db,
            self.routed,
            support.package,
            self.sink,
            self.clock,
            Backoff(),
        )
        with db.write() as conn:
            outbox.add(conn, CASE, 1, NOW)

    def deliver(self) -> str:
        outcome = self.delivery.attempt(CASE, 1)
        if outcome.received is not None:
            outcome = self.delivery.record(CASE, 1, outcome.received)
        return outcome.kind

    def row(self) -> Row:
        with self.db.read() as conn:
            row = outbox.get(conn, CASE, 1)
        assert row is not None
        return row


@pytest.mark.parametrize("fault", ["timeout", "error500", "lying"])
def test_taken_in_without_an_answer_is_found_again_and_not_sent_twice(db: Database, city: City, fault: str) -> None:
    world = World(db, city, patience_s=SHORT_S)
    city.fault = fault
    assert world.deliver() == "later"
    city.fault = ""
    assert world.deliver() == "done"
    assert city.taken_in == [f"{CASE} 1"]
    assert (world.row().state, world.row().office_ref) == (State.SENT, "RSJ:20251121-1")
    assert world.sink.news == [("sent", CASE, 1, "RSJ:20251121-1")] and world.usual.calls == []


def test_news_of_a_routed_case_arrive_in_order(db: Database, city: City) -> None:
    world = World(db, city)
    world.deliver()
    city.decide("20251121-1", "20")
    city.decide("20251121-1", "40", "准予")
    follower = Follower(db, world.routed, world.sink, world.clock, every_s=10)
    assert follower.round() == 2
    assert [news[3] for news in world.sink.news[1:]] == ["accepted", "approved"]


def test_a_changed_file_moves_no_case_that_is_under_way(db: Database, city: City) -> None:
    world = World(db, city, patience_s=SHORT_S)
    city.fault = "timeout"
    assert world.deliver() == "later"
    world.to, city.fault = "", ""
    assert world.deliver() == "done"
    assert city.taken_in == [f"{CASE} 1"] and world.usual.calls == []


def test_an_office_taken_out_of_the_file_makes_its_cases_wait(db: Database, city: City) -> None:
    world = World(db, city, patience_s=SHORT_S)
    city.fault = "timeout"
    world.deliver()
    world.routed._offices.clear()
    assert world.deliver() == "later"
    assert world.row().last_error == "office-not-configured" and world.usual.calls == []


def test_an_office_that_cannot_be_asked_is_sent_to_once_and_then_a_person_decides(db: Database, city: City) -> None:
    world = World(db, city, UNASKED, SHORT_S)
    city.fault = "timeout"
    assert world.deliver() == "done"
    assert (world.row().state, world.row().last_error) == (State.REJECTED, "not-known-if-sent")
    assert world.deliver() == "done"
    assert city.taken_in == [f"{CASE} 1"]
    assert "核实" in world.sink.news[0][-1]
    city.fault, city.cases = "", {}  # it had nothing after all, the person says
    with db.write() as conn:
        assert outbox.again(conn, CASE, NOW)
    assert world.deliver() == "done"
    assert world.row().state is State.SENT


def test_a_crash_before_the_receipt_is_kept_sends_nothing_twice(db: Database, city: City) -> None:
    world = World(db, city, UNASKED)
    assert world.delivery.attempt(CASE, 1).kind == "received"  # and then the machine stops
    assert world.deliver() == "done"
    assert city.taken_in == [f"{CASE} 1"] and world.row().state is State.REJECTED


def test_what_certainly_did_not_arrive_is_simply_sent_later(db: Database, city: City) -> None:
    world = World(db, city, UNASKED)
    nowhere = MappedOffice("RSJ", "http://127.0.0.1:1", UNASKED, KEY, FixedClock(NOW), app="bandao", timeout_s=0.3)
    there, world.routed._offices["RSJ"] = world.routed._offices["RSJ"], nowhere
    assert world.deliver() == "later"
    world.routed._offices["RSJ"] = there
    assert world.deliver() == "done"
    assert city.taken_in == [f"{CASE} 1"] and world.row().state is State.SENT


def test_an_office_that_cannot_be_asked_can_still_be_taken_back_from(db: Database, city: City) -> None:
    world = World(db, city, UNASKED)
    world.deliver()
    with db.write() as conn:
        assert outbox.withdraw(conn, CASE, NOW + timedelta(hours=1))
    world.delivery.attempt(CASE, 1)
    assert city.cases["20251121-1"]["state"] == "60" and world.row().state is State.WITHDRAWN


def test_an_office_that_is_away_keeps_no_other_from_being_asked(db: Database, city: City) -> None:
    world = World(db, city)
    usual = MemoryOffice()
    world.routed._usual = usual
    world.routed._offices["RSJ"] = MappedOffice("RSJ", "http://127.0.0.1:1", MAPPING, KEY, FixedClock(NOW), timeout_s=0.3)
    world.to = ""
    world.deliver()
    usual.decide("accepted")
    for number in range(2, 6):
        support.add_case(db, f"BD-000{number}")
        with db.write() as conn:
            outbox.add(conn, f"BD-000{number}", 1, NOW - timedelta(hours=1))
            row = outbox.get(conn, f"BD-000{number}", 1)
            assert row is not None
            outbox.sent(conn, row, f"RSJ:{number}", NOW - timedelta(hours=1))
    assert Follower(db, world.routed, world.sink, world.clock, every_s=10).round() == 1


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["code", "data", "slh", "steps", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)
WHOLE: dict[str, Any] = {
    "slh": "1", "outNo": CASE, "edition": 1, "hash": "a" * 64, "state": "40", "receivedAt": "2025-11-21 09:00:00", "opinion": "",
    "steps": [{"time": "2025-11-21 09:00:00", "state": "10", "opinion": "", "operator": ""}], "wanting": [], "dueDate": None,
    "cert": {"hash": "b" * 64, "no": "1", "name": "x", "date": "2025-11-22"},
}  # fmt: skip
almost = st.tuples(st.sampled_from([*WHOLE, "steps/0", "cert/hash"]), json_values).map(
    lambda change: {"code": "0", "data": {**WHOLE, change[0].partition("/")[0]: [change[1]] if "/" in change[0] else change[1]}}
)
bodies = (
    st.binary(max_size=200)
    | json_values.map(lambda value: json.dumps(value).encode())
    | almost.map(lambda value: json.dumps(value).encode())
)


@settings(max_examples=300, deadline=None)
@given(status=st.sampled_from([200, 201, 204, 302, 400, 401, 404, 409, 429, 500, 503]), body=bodies, odd=st.booleans())
def test_whatever_comes_back_a_call_ends_as_promised(status: int, body: bytes, odd: bool) -> None:
    headers = {"content-encoding": "gzip"} if odd else {}
    transport = httpx.MockTransport(lambda request: httpx.Response(status, stream=httpx.ByteStream(body), headers=headers))
    office = MappedOffice("RSJ", "http://127.0.0.1:1/api", MAPPING, KEY, FixedClock(NOW), app="bandao", transport=transport)
    for call in (
        lambda: office.find(CASE), lambda: office.send(consignment()), lambda: office.file("1"),
        lambda: office.withdraw("1"), lambda: office.result("1"),
    ):  # fmt: skip
        try:
            call()  # type: ignore[no-untyped-call]
        except (OfficeUnavailable, OfficeRejected) as error:
            assert error.code.isascii() and len(error.code) <= 60
    office.reachable(1.0)


@pytest.mark.parametrize(
    ("file", "old", "new", "line_has", "says"),
    [
        ("rsj.yaml", "number: /slh", "number: slh", "number: slh", "record.number"),
        ("rsj.yaml", "  number: /slh\n", "", "record:", "缺少 record.number"),
        ("rsj.yaml", "history: /steps", "histroy: /steps", "histroy", "不认识 record.histroy"),
        ("rsj.yaml", '"40": approved', '"40": granted', "statuses:", "granted is none of ours"),
        ("rsj.yaml", '"{case_no}"}, at', '"{caseno}"}, at', "find:", "{caseno} is not known here"),
        ("rsj.yaml", "\\n{body_sha256}", "", "sign:", "leaves out body_sha256"),
        ("rsj.yaml", 'X-Signature: "{signature}"', 'X-Signature: "none"', "sign:", "no header carries {signature}"),
        ("rsj.yaml", 'none: ["E404"]', 'none: ["0"]', "codes:", "code 0 is listed twice"),
        ("rsj.yaml", "sha256: /hash\n", "\n", "record:", "give back the version and sha256"),
        ("rsj.yaml", "sign:  ", "sign", "", "不是正确的 YAML"),
        ("rsj.yaml", '"{timestamp}.{id}.{body}"', '"{id}.{body}"', "webhook:", "has to hold {timestamp}"),
        ("rsj.yaml", "id: X-Event-Id, ", "", "webhook:", "in neither"),
        ("rsj.yaml", "{id}.{body}", "{id}.{url}", "webhook:", "{url} is not known here"),
        ("offices.yaml", "https://rsj.example/api", "http://rsj.example/api", "url:", "地址"),
        ("offices.yaml", "mapping: rsj.yaml", "mapping: gone.yaml", "", "读不了"),
        ("offices.yaml", "    mapping: rsj.yaml", "", "RSJ:", "没有写 mapping"),
        ("offices.yaml", "key_env: BANDAO_RSJ_KEY", "key_env: BANDAO_OTHER_KEY", "key_env", "BANDAO_OTHER_KEY"),
        ("offices.yaml", "    office: RSJ\n  - dep", "    office: RSX\n  - dep", "office: RSX", "没有叫 RSX"),
        ("offices.yaml", "items: [social-card-reissue", "items: [social-card", "items:", "没有事项 social-card"),
        ("offices.yaml", "[医疗保障局]", "[医保局]", "departments:", "部门 医保局"),
    ],
)  # fmt: skip
def test_every_fault_is_told_with_its_place_and_remedy(
    tmp_path: Path, file: str, old: str, new: str, line_has: str, says: str
) -> None:
    path = write_examples(tmp_path)
    text = (tmp_path / file).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    known = {"social-card-reissue", "flexible-worker-insurance"}
    with pytest.raises(config.BadOffices) as bad:
        config.load(path, known, {"医疗保障局"}, {"BANDAO_RSJ_KEY": KEY})
    fault = next(fault for fault in bad.value.faults if says in fault.why)
    assert fault.remedy
    if line_has:
        assert line_has in (tmp_path / fault.file).read_text(encoding="utf-8").splitlines()[fault.line - 1]


def test_the_documented_files_say_what_goes_where(tmp_path: Path) -> None:
    found = config.load(write_examples(tmp_path), environ={"BANDAO_RSJ_KEY": KEY})
    assert [found.choose("social-card-reissue", ""), found.choose("x", "医疗保障局"), found.choose("x", "")] == ["RSJ", "RSJ", ""]
    (office,) = found.open(FixedClock(NOW)).values()
    assert office.asks
    office.close()


@given(body=st.binary(max_size=60) | json_values.map(lambda value: json.dumps(value).encode()), stamp=st.text(max_size=20),
       name=st.text(max_size=200), right=st.booleans())  # fmt: skip
def test_whatever_is_posted_is_news_or_not_genuine(body: bytes, stamp: str, name: str, right: bool) -> None:
    assert MAPPING.webhook is not None
    _, headers = City().news("1", int(NOW.timestamp() * 1000), name)
    signed = hmac.digest(KEY.encode(), f"{headers['X-Timestamp']}.{name}.".encode() + body, "sha256").hex()
    given_headers = {**headers, "X-Signature": f"sha256={signed}"} if right else {**headers, "X-Timestamp": stamp}
    try:
        news = MappedDoor(MAPPING.webhook, KEY).read(given_headers, body, NOW)
    except NotGenuine as error:
        assert error.code in {"unsigned", "malformed", "stale", "forged"}
    else:
        assert right and news.id == name
