"""Shipments in virtual time: nothing without consent and something to send, once by key, followed until they arrive."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from assistant.casework import events, repository
from assistant.casework.events import CaseEvent
from assistant.casework.model import CaseStatus
from assistant.casework.shipping import store
from assistant.casework.shipping.address import Address, Envelope, Way, Wish
from assistant.casework.shipping.courier import Courier, CourierRejected, CourierUnavailable, Kind, Parcel, Step
from assistant.casework.shipping.service import NotNow, Shipping
from tests.unit.casework.results.test_collecting import NO
from tests.unit.casework.results.test_collecting import World as Results
from tests.unit.casework.submission.support import NOW

ADDRESS = Address(name="张三", phone="13800138000", address="上海市浦东新区示例路1号101室")


class Memory(Courier):
    """A courier in memory. ``before`` runs first and may raise, ``after`` when the order is already in the books."""

    def __init__(self) -> None:
        self.orders: dict[str, str] = {}
        self.steps = 1
        self.before: Callable[[], None] = lambda: None
        self.after: Callable[[], None] = lambda: None
        self.last = "delivered"

    def order(self, key: str, kind: Kind, address: Address, contents: str) -> Parcel:
        self.before()
        self.orders.setdefault(key, f"YS{len(self.orders) + 1}")
        self.after()
        return self._parcel(self.orders[key])

    def track(self, tracking_no: str) -> Parcel:
        self.before()
        return self._parcel(tracking_no)

    def close(self) -> None: ...

    def _parcel(self, number: str) -> Parcel:
        statuses = ["ordered", "collected", "in_transit", self.last][: self.steps]
        history = [{"at": NOW + timedelta(hours=at), "status": status, "text": status} for at, status in enumerate(statuses)]
        return Parcel.model_validate({"tracking_no": number, "status": statuses[-1], "history": history})


class Told:
    """News of parcels, as they are told."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, str]] = []
        self.woken: list[str] = []

    def step(self, conn: Connection, row: store.Shipment, step: Step, tracking_no: str, at: datetime) -> None:
        self.steps.append((row.kind, step.status))

    def announce(self, case_no: str) -> None:
        self.woken.append(case_no)


class World(Results):
    """A case with a result, and a courier."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.courier = Memory()
        self.told = Told()
        self.shipping = Shipping(self.db, self.courier, self.clock, self.told)
        made = self.collector.collect(NO)
        assert made is not None
        self.result = made

    def ask(self, kind: Kind = "delivery", result_id: str | None = None) -> tuple[store.Shipment, bool]:
        with self.db.write() as conn:
            found = repository.find(conn, NO)
            assert found is not None
            return self.shipping.ask(conn, found[0], kind, self.result.id if result_id is None else result_id, ADDRESS)

    def wish(self, way: Way, place: str | None = None) -> None:
        """She says how it is to come, as a turn keeps it, and the log is read."""
        self.clock.advance(timedelta(seconds=1))
        with self.db.write() as conn:
            found = repository.find(conn, NO)
            assert found is not None
            case, home = found
            where = ADDRESS.model_copy(update={"address": place or ADDRESS.address}) if way == "post" else None
            case.receiving = Wish(way=way, at=self.clock.now(), address=where)
            repository.save(conn, case, home, self.clock.now())
        self.shipping.heed(CaseEvent(NO, "receiving", self.clock.now()))

    def sent(self) -> list[store.Shipment]:
        with self.db.read() as conn:
            return store.of_case(conn, NO)

    def steps(self) -> list[str]:
        with self.db.read() as conn:
            return [event.status for event in events.of_case(conn, NO) if event.kind == "shipment"]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_from_asking_to_arriving_each_step_once(world: World) -> None:
    held, new = world.ask()
    assert new and held.state == "asked" and world.ask() == (held, False), "asking twice is one shipment"
    world.shipping.round()
    assert world.steps() == ["ordered"] and world.sent()[0].tracking_no == "YS1"
    world.shipping.round()
    assert world.steps() == ["ordered"], "asked again only when due"
    for steps in (2, 2, 4):
        world.courier.steps = steps
        world.clock.advance(timedelta(seconds=31))
        world.shipping.round()
    assert world.steps() == ["ordered", "collected", "in_transit", "delivered"]
    assert world.sent()[0].state == "delivered" and world.sent()[0].next_attempt_at is None
    assert len(world.courier.orders) == 1


def test_an_order_whose_answer_was_lost_is_not_made_twice(world: World) -> None:
    def lost() -> None:
        raise CourierUnavailable("timeout")

    world.ask()
    world.courier.after = lost
    world.shipping.round()
    assert world.sent()[0].state == "asked"
    world.courier.after = lambda: None
    world.shipping.round()
    assert world.sent()[0].state == "asked", "not before its time"
    world.clock.advance(timedelta(seconds=6))
    world.shipping.round()
    assert world.sent()[0].tracking_no == "YS1" and len(world.courier.orders) == 1


@pytest.mark.parametrize("refused", [True, False])
def test_what_does_not_arrive_reaches_a_person_and_may_be_sent_anew(world: World, refused: bool) -> None:
    def no() -> None:
        raise CourierRejected

    world.ask()
    if refused:
        world.courier.before = no
    else:
        world.courier.last, world.courier.steps = "failed", 4
    world.shipping.round()
    assert world.sent()[0].state == ("rejected" if refused else "failed")
    with world.db.read() as conn:
        assert [event.status for event in events.of_case(conn, NO) if event.kind == "stuck"] == ["shipment"]
    world.courier.before = lambda: None
    assert world.ask()[1], "it may be ordered anew"


def test_nothing_is_sent_that_is_not_there(world: World) -> None:
    with pytest.raises(NotNow):
        world.ask(result_id="somebody-elses")
    assert world.ask("envelope", "")[1]
    with world.db.write() as conn:
        found = repository.find(conn, NO)
        assert found is not None
        found[0].status = CaseStatus.CLOSED
        repository.save(conn, found[0], "c1", world.clock.now())
    with world.db.write() as conn:
        again = repository.find(conn, NO)
        assert again is not None
        with pytest.raises(NotNow):
            world.shipping.ask(conn, again[0], "envelope", "", ADDRESS)


def test_no_address_is_readable_on_disk(world: World, tmp_path: Path) -> None:
    world.ask()
    world.shipping.round()
    for path in tmp_path.glob("bandao.db*"):
        assert "示例路".encode() not in path.read_bytes() and b"13800138000" not in path.read_bytes()


def test_what_she_chose_is_sent_once_when_the_result_is_there(world: World) -> None:
    world.wish("post")
    world.shipping.heed(CaseEvent(NO, "result", world.clock.now()))
    assert [(row.kind, row.result_id, row.state) for row in world.sent()] == [("delivery", world.result.id, "asked")]
    world.shipping.round()
    world.shipping.heed(CaseEvent(NO, "result", world.clock.now()))
    assert len(world.sent()) == 1 and world.told.steps == [("delivery", "ordered")] and world.told.woken == [NO]


def test_until_the_courier_has_it_she_may_change_her_mind(world: World) -> None:
    world.wish("post")
    world.wish("counter")
    assert [row.state for row in world.sent()] == ["cancelled"]
    world.wish("post", "上海市浦东新区示例路9号909室")
    world.wish("post", "上海市浦东新区示例路8号808室")
    assert [row.state for row in world.sent()] == ["cancelled", "cancelled", "asked"]
    assert world.sent()[-1].data.address.address.endswith("808室")
    world.shipping.round()
    world.wish("counter")
    assert world.sent()[-1].state == "ordered", "on its way it is no longer called back"
    assert len(world.courier.orders) == 1


def test_an_order_that_may_be_with_the_courier_is_not_called_back(world: World) -> None:
    def lost() -> None:
        raise CourierUnavailable("timeout")

    world.wish("post")
    world.courier.after = lost
    world.shipping.round()
    world.wish("counter")
    assert [row.state for row in world.sent()] == ["asked"] and len(world.courier.orders) == 1


def test_what_came_back_is_sent_again_only_to_an_address_given_since(world: World) -> None:
    world.wish("post")
    world.courier.last, world.courier.steps = "failed", 4
    world.shipping.round()
    world.shipping.heed(CaseEvent(NO, "result", world.clock.now()))
    assert [row.state for row in world.sent()] == ["failed"] and ("delivery", "failed") in world.told.steps
    world.courier.last = "delivered"
    world.wish("post", "上海市浦东新区示例路8号808室")
    world.shipping.round()
    assert [row.state for row in world.sent()] == ["failed", "delivered"] and len(world.courier.orders) == 2


def test_an_envelope_she_asked_for_is_ordered_once(world: World) -> None:
    for _ in range(2):
        with world.db.write() as conn:
            found = repository.find(conn, NO)
            assert found is not None
            found[0].envelope = Envelope(at=world.clock.now(), address=ADDRESS, papers=["租赁合同"])
            repository.save(conn, *found, world.clock.now())
        world.shipping.heed(CaseEvent(NO, "receiving", world.clock.now()))
    assert [row.kind for row in world.sent()] == ["envelope"]
