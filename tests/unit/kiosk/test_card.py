"""The identity card: the chip's text, the reader's protocol, and the reader against the sandbox's."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.kiosk.devices import card_text
from channels.kiosk.devices.drivers.sam import PREAMBLE, Frames, SamReader, framed
from channels.kiosk.devices.interfaces import READY, DeviceFault, Patience, fault
from sandbox.devices import chip
from sandbox.devices.table import Table
from tests.unit.kiosk.sandboxed import ZHANG, Time, listening


def raw(**fields: str) -> bytes:
    """A chip's text, written down by the standard and not by the sandbox."""
    held = {
        "name": "欧阳娜仁", "sex": "2", "nation": "02", "birth": "19900307", "address": "内蒙古自治区示例旗样板街1号",
        "number": "", "issuer": "示例旗公安局", "since": "20200101", "until": "长期", "rest": "",
    } | fields  # fmt: skip
    if not held["number"]:
        weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
        first = "150102199003070" + ("02" if held["sex"] == "2" else "01")
        held["number"] = first + "10X98765432"[sum(int(d) * w for d, w in zip(first, weights, strict=True)) % 11]
    widths = (30, 2, 4, 16, 70, 36, 30, 16, 16, 36)  # bytes, as GA 467 has them
    assert sum(widths) == 256
    return b"".join(text.ljust(width // 2).encode("utf-16-le") for text, width in zip(held.values(), widths, strict=True))


def test_a_chip_is_read_as_printed() -> None:
    card = card_text.decoded(raw())
    assert (card.name, card.sex, card.nation, card.birth_date) == ("欧阳娜仁", "女", "蒙古", date(1990, 3, 7))
    assert card.address == "内蒙古自治区示例旗样板街1号"
    assert (card.issuer, card.valid_from, card.valid_until) == ("示例旗公安局", date(2020, 1, 1), None)
    assert card.number[:6] == "150102"


def test_all_nations_have_their_number() -> None:
    assert len(card_text.NATIONS) == 58
    assert [card_text.NATIONS[code] for code in ("01", "15", "30", "56", "97")] == ["汉", "土家", "土", "基诺", "其他"]


@pytest.mark.parametrize("wrong", [
    {"number": "150102199003070020"}, {"number": "15010219900307"}, {"sex": "1", "number": card_text.decoded(raw()).number}, {"sex": "9"},
    {"nation": "77"}, {"birth": "19900332"}, {"birth": "19900308", "number": card_text.decoded(raw()).number}, {"name": ""}, {"since": "长期"},
])  # fmt: skip
def test_what_does_not_agree_with_itself_is_not_believed(wrong: dict[str, str]) -> None:
    with pytest.raises(DeviceFault) as told:
        card_text.decoded(raw(**wrong))
    assert told.value.code == "unreadable"


@pytest.mark.parametrize("letter", ["I", "J", "Y"])
def test_other_cards_are_told_from_it(letter: str) -> None:
    with pytest.raises(DeviceFault) as told:
        card_text.decoded(raw(rest=letter.rjust(18)))
    assert told.value.code == "other_card"


def test_a_card_shows_nothing_of_itself() -> None:
    card = card_text.decoded(raw())
    assert card.name not in repr(card) and card.number not in repr(card) and dataclasses.is_dataclass(card)


def test_known_frames() -> None:
    assert framed(b"\x20\x01").hex() == "aaaaaa96690003200122"
    assert framed(b"\x20\x02").hex() == "aaaaaa96690003200221"
    assert framed(b"\x30\x01").hex() == "aaaaaa96690003300132"


@given(st.binary(min_size=3, max_size=1400), st.lists(st.integers(1, 200), max_size=30), st.binary(max_size=9))
def test_frames_come_whole_in_whatever_pieces(body: bytes, cuts: list[int], noise: bytes) -> None:
    noise = noise.replace(b"\xaa", b"\x00")
    frames, data, got = Frames(), noise + framed(body), None
    for cut in [*cuts, len(data)]:
        got, data = frames.take(data[:cut]), data[cut:]
        if got is not None:
            break
    assert got == body


@pytest.mark.parametrize("frame", [framed(b"\0\0\x90")[:-1] + b"\x00", PREAMBLE + b"\xff\xff\0\0", PREAMBLE + b"\0\0\0"])
def test_broken_frames_are_no_answer(frame: bytes) -> None:
    with pytest.raises(DeviceFault) as told:
        Frames().take(frame)
    assert told.value.code == "unreadable"


@pytest.fixture
def table() -> Iterator[Table]:
    with listening(Table(Time())) as table:
        yield table


def reader(table: Table) -> SamReader:
    return SamReader(f"tcp://127.0.0.1:{table.ports['card']}")


def test_the_reader_reads_what_lies_on_it(table: Table) -> None:
    table.card = ZHANG
    card = reader(table).read(Patience())
    assert (card.name, card.number, card.sex, card.address) == ("张三", ZHANG["id_number"], "女", ZHANG["address"])
    assert reader(table).state() == READY


def test_it_waits_until_a_card_is_laid_on(table: Table) -> None:
    steps: list[float] = []

    def pause(seconds: float) -> None:
        steps.append(seconds)
        if len(steps) == 3:
            table.card = ZHANG

    assert reader(table).read(Patience(clock=lambda: 0.0, pause=pause)).name == "张三"
    assert len(steps) == 3


def test_it_does_not_wait_for_ever(table: Table) -> None:
    passing = iter(range(100))
    with pytest.raises(DeviceFault) as told:
        reader(table).read(Patience(seconds=5, clock=lambda: float(next(passing)), pause=lambda _: None))
    assert told.value.code == "timeout"


def test_whoever_waits_can_be_stopped(table: Table) -> None:
    patience = Patience(clock=lambda: 0.0)
    patience.pause = lambda _: patience.stop.set()
    with pytest.raises(DeviceFault) as told:
        reader(table).read(patience)
    assert told.value.code == "cancelled"


@pytest.mark.parametrize(("broken", "code"), [
    ("unreadable", "unreadable"), ("removed", "removed"), ("foreign", "other_card"), ("offline", "offline"),
])  # fmt: skip
def test_its_faults_are_told_apart(table: Table, broken: Any, code: str) -> None:
    table.card, table.card_fault = ZHANG, broken
    with pytest.raises(DeviceFault) as told:
        reader(table).read(Patience())
    assert told.value.code == code


def test_an_expired_card_is_read_with_its_date(table: Table) -> None:
    table.card, table.card_fault = ZHANG, "expired"
    assert reader(table).read(Patience()).valid_until == date(2021, 5, 1)


def test_no_reader_is_a_state_and_no_exception() -> None:
    assert SamReader("tcp://127.0.0.1:1").state() == fault("offline")


def test_the_sandbox_lays_its_text_out_as_the_standard_does() -> None:
    whole = chip.text(ZHANG)
    assert len(whole) == 256
    assert whole[:30].decode("utf-16-le").strip() == "张三"
    assert whole[122:158].decode("utf-16-le") == "11010519491231002X"
