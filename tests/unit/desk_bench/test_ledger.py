"""What the bench of the desk counts as wrong, and what not."""

from __future__ import annotations

import asyncio

import pytest

from benchmarks.desk.hall import Hall, Visit
from benchmarks.desk.ledger import Side, Talk, audit, differing, order_kept, quantile, stays
from benchmarks.desk.line import Line

KEPT: list[tuple[int, Side, str]] = [(2, "citizen", "转人工"), (5, "staff", "问1"), (6, "citizen", "答1")]


def talk() -> Talk:
    """A conversation in which all went well; events 1, 3 and 4 nobody said."""
    one = Talk({"citizen": ["转人工", "答1"], "staff": ["问1"]})
    for number in range(1, 7):
        side, text = {at: (who, words) for at, who, words in KEPT}.get(number, (None, ""))
        one.hears(number, side, text)
        if side is not None:
            one.reads(number, side, text)
    return one


def test_what_arrived_once_and_in_order_is_right() -> None:
    assert not audit(talk(), KEPT)


@pytest.mark.parametrize(
    ("kept", "wrong"),
    [
        (["a", "b", "c"], {}),
        (["a", "c"], {"lost": 1}),
        (["a", "b", "b", "c"], {"doubled": 1}),
        (["a", "c", "b"], {"out_of_order": 2}),
        (["a", "b", "c", "x"], {"never_said": 1}),
        (["a", "b", "maybe", "c"], {}),
        (["a", "maybe", "b", "maybe", "c"], {"doubled": 1}),
    ],
)
def test_what_is_kept_against_what_was_said(kept: list[str], wrong: dict[str, int]) -> None:
    assert differing(["a", "b", "c"], kept, ["maybe"]) == wrong


def test_an_event_left_out_or_shown_twice_is_noticed() -> None:
    one, other = talk(), talk()
    one.hears(8, None, "")
    other.hears(6, "citizen", "答1")
    assert audit(one, KEPT)["events_missing"] == 1
    found = audit(other, KEPT)
    assert (found["event_again"], found["citizen_saw_otherwise"]) == (1, 1)


def test_what_no_operator_was_shown_and_what_she_was_shown_wrongly() -> None:
    one = talk()
    del one.read[6]
    one.read[5] = ("staff", "问2")
    found = audit(one, KEPT)
    assert (found["never_shown_to_staff"], found["operator_saw_otherwise"]) == (1, 1)


def test_a_stay_has_one_holder_at_a_time() -> None:
    passed_on = [("queued", None), ("claimed", "a"), ("requeued", "a"), ("claimed", "b"), ("transferred", "b"), ("claimed", "a")]
    assert not stays([*passed_on, ("released", "a")])
    assert stays([("claimed", "a"), ("claimed", "b")]) == {"claimed_twice": 1}
    assert stays([("claimed", "a"), ("released", "b")]) == {"ended_by_another": 1}


def test_places_before_and_after() -> None:
    assert not order_kept(["a", "b"], ["a", "b", "new"])
    assert order_kept(["a", "b"], ["b", "a"]) == {"place_changed": 2}
    assert order_kept(["a", "b"], ["a"]) == {"place_lost": 1}
    assert order_kept(["a", "b"], ["a", "new", "b"]) == {"pushed_in": 1}
    assert not order_kept(["a", "b"], ["a", "new", "b"], ["new"])
    assert order_kept(["a", "b"], ["a", "new", "other", "b"], ["new"]) == {"pushed_in": 1}
    assert order_kept(["a", "b"], ["b", "new", "a"], ["new", "a"]) == {"place_changed": 2}, "who waited already is not entitled"


def test_what_was_seen_while_the_app_was_down_is_no_wait() -> None:
    visits = [Visit(number, "310101", answered_at=10.0) for number in range(2)]
    visits[0].seen_at = {"z1": 10.5, "z2": 10.25, "z3": 60.0}
    visits[1].seen_at = {"z1": 9.0}
    hall = Hall("", 1, visits, down=[(20.0, 50.0)])
    first, each = hall.waits()
    assert (first, sorted(each)) == ([0.25, 0.0], [0.0, 0.25, 0.5])


def test_the_queue_shown_is_in_the_order_of_coming_in_each_group() -> None:
    hall = Hall("", 1, [])
    regions = {"a": "310101", "b": "310115", "c": "310101"}
    hall.by_id = {key: Visit(0, region, conversation_id=key) for key, region in regions.items()}
    hall.shown("z1", [{"conversation_id": key, "queued_at": at, "place": 1, "first": False} for key, at in (("a", "1"), ("b", "0"), ("c", "2"))])
    assert not hall.faults
    hall.shown("z1", [{"conversation_id": key, "queued_at": at, "place": 1, "first": False} for key, at in (("c", "3"), ("a", "1"))])
    assert hall.faults == ["came_at_another_time", "shown_out_of_order"]


def test_quantiles() -> None:
    assert [quantile([3.0, 1.0, 2.0], share) for share in (0.5, 1.0)] == [2.0, 3.0]
    assert quantile([], 0.95) == 0.0


def test_a_line_goes_on_where_it_was_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each connection brings one event and breaks; asked again, the server is told the last number."""
    monkeypatch.setattr("benchmarks.desk.line.AGAIN_S", 0.0)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = (await reader.readuntil(b"\r\n\r\n")).decode()
        last = int(asked.partition("Last-Event-ID: ")[2].split()[0])
        event = f'id: {last + 1}\nevent: message\ndata: {{"text":"{last + 1}"}}\n\n'.encode()
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + b"%x\r\n%s\r\n" % (len(event), event))
        await writer.drain()
        writer.close()

    async def three() -> list[tuple[int, str]]:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        async with server:
            line, found = Line(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"), []
            async for number, _, data in line.follow("/events", 7):
                found.append((number, data["text"]))
                if len(found) == 3:
                    break
            line.close()
        return found

    assert asyncio.run(three()) == [(8, "8"), (9, "9"), (10, "10")]
