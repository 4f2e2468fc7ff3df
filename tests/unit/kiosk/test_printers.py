"""Receipts as bytes, what printers say of themselves, and both printers against the sandbox's."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.kiosk.devices.drivers import escpos
from channels.kiosk.devices.drivers.cups import CupsPrinter
from channels.kiosk.devices.drivers.escpos import EscPosPrinter, printed, wrapped
from channels.kiosk.devices.interfaces import READY, DeviceFault, Job, Receipt, fault
from sandbox.devices.roll import PaperFault, Roll
from sandbox.devices.table import Table
from tests.unit.kiosk.sandboxed import Time, listening

RECEIPT = Receipt(
    "办件回执", (("办件编号", "BD20261123ABCDEFGH"), ("事项", "食品经营许可新办"), ("时间", "2026年11月23日 09:05")),
    "https://hall.bandao.example/?case=BD20261123ABCDEFGH", "扫码查进度", "请保管好",
)  # fmt: skip


def test_the_bytes_of_a_receipt() -> None:
    data = printed(Receipt("回执", (("号", "1"),), "AB"))
    assert data == (
        b"\x1b@\x1c&\x1ba\x01\x1d!\x11" + "回执".encode("gb18030") + b"\n\x1d!\x00\x1ba\x00" + b"-" * 32 + b"\n" + "号：1".encode("gb18030")
        + b"\n" + b"-" * 32 + b"\n\x1ba\x01"
        + b"\x1d(k\x04\x001A2\x00" + b"\x1d(k\x03\x001C\x06" + b"\x1d(k\x03\x001E1" + b"\x1d(k\x05\x001P0AB" + b"\x1d(k\x03\x001Q0"
        + b"\n\n\x1ba\x00\n\n\x1dV\x42\x40"
    )  # fmt: skip


@given(st.text(max_size=80), st.integers(8, 48))
def test_lines_fit_and_lose_nothing(text: str, columns: int) -> None:
    lines = wrapped(text, columns)
    assert "".join(lines) == text
    assert all(escpos.width(line) <= columns for line in lines)


@given(st.text(max_size=40), st.text(max_size=40))
def test_what_is_printed_never_commands(label: str, value: str) -> None:
    roll = Roll()
    roll.take(printed(Receipt("回执", ((label, value),))))
    assert roll.unknown == []
    assert len(roll.slips) == 1


@given(st.lists(st.integers(1, 50), max_size=40))
def test_the_sandbox_prints_it_in_whatever_pieces(cuts: list[int]) -> None:
    roll, data = Roll(), printed(RECEIPT)
    for cut in [*cuts, len(data)]:
        roll.take(data[:cut])
        data = data[cut:]
    [slip] = roll.slips
    assert slip.code == RECEIPT.code
    text = "".join(slip.lines)
    assert all(f"{label}：{value}" in text for label, value in RECEIPT.lines)


@pytest.mark.parametrize(("states", "code"), [
    ((0x12, 0x12, 0x12), None), ((0x16, 0x12, 0x12), "cover_open"), ((0x12, 0x12, 0x72), "paper_out"), ((0x32, 0x12, 0x12), "paper_out"),
    ((0x12, 0x1A, 0x12), "jam"), ((0x12, 0x52, 0x12), "hot"), ((0x12, 0x12, 0x1E), None), ((0x52, 0x12, 0x12), "jam"),
])  # fmt: skip
def test_states_as_printers_send_them(states: tuple[int, int, int], code: str | None) -> None:
    assert escpos.wrong(*states) == code


def test_a_byte_that_is_no_state_is_not_read_as_one() -> None:
    with pytest.raises(DeviceFault) as told:
        escpos.wrong(0x12, 0xFF, 0x12)
    assert told.value.code == "unreadable"


@pytest.fixture
def table() -> Iterator[Table]:
    with listening(Table(Time())) as table:
        yield table


def roll_printer(table: Table) -> EscPosPrinter:
    return EscPosPrinter(f"tcp://127.0.0.1:{table.ports['receipt']}")


def test_a_receipt_comes_out(table: Table) -> None:
    printer = roll_printer(table)
    printer.print(RECEIPT)
    assert [slip.code for slip in table.roll.slips] == [RECEIPT.code]
    assert printer.state() == READY
    assert printer.self_test() == READY
    assert len(table.roll.slips) == 2


@pytest.mark.parametrize("broken", [code for code in get_args(PaperFault) if code])
def test_a_printer_that_cannot_prints_nothing_and_says_why(table: Table, broken: Any) -> None:
    table.roll.fault = broken
    with pytest.raises(DeviceFault) as told:
        roll_printer(table).print(RECEIPT)
    assert told.value.code == broken
    assert roll_printer(table).state() == fault(broken)
    assert table.roll.slips == []


class Queue:
    """A print service, as its programs speak."""

    def __init__(self, **said: str) -> None:
        self.said, self.asked, self.data = said, [], b""  # type: tuple[dict[str, str], list[Sequence[str]], bytes]

    def __call__(self, words: Sequence[str], data: bytes | None) -> tuple[int, str]:
        self.asked.append(words)
        self.data = data or self.data
        key = words[0] + ("_o" if "-o" in words and words[0] == "lpstat" else "")
        return (0, self.said[key]) if key in self.said else (1, "")


IDLE = "printer hall is idle.  enabled since Mon 23 Nov 2026 09:00:00 AM CST\n"


def test_a_job_is_sent_by_standard_input_with_its_copies() -> None:
    queue = Queue(lp="request id is hall-17 (0 file(s))\n")
    assert CupsPrinter("hall", run=queue).send(b"%PDF-1.7", 2) == "hall-17"
    assert queue.data == b"%PDF-1.7"
    [words] = queue.asked
    assert words[:5] == ["lp", "-d", "hall", "-n", "2"]


@pytest.mark.parametrize(("said", "code"), [
    (IDLE + "\tAlerts: none\n", None), (IDLE + "\tAlerts: media-empty-error\n", "paper_out"), (IDLE + "\tAlerts: door-open-report\n", "cover_open"),
    (IDLE + "\tAlerts: media-jam-error\n", "jam"), (IDLE + "\tAlerts: offline-report\n", "offline"),
    ("printer hall disabled since Mon 23 Nov 2026 -\n\tpaused by root\n", "refused"),
])  # fmt: skip
def test_what_the_queue_says_of_the_printer(said: str, code: str | None) -> None:
    assert CupsPrinter("hall", run=Queue(lpstat=said)).state().code == code


def test_a_job_waits_prints_and_is_done() -> None:
    queue = Queue(lpstat_o="hall-17 kiosk 1024 Mon\n", lpstat=IDLE)
    printer = CupsPrinter("hall", run=queue)
    assert printer.job("hall-17") == Job("waiting")
    queue.said["lpstat"] = "printer hall now printing hall-17.  enabled since Mon\n"
    assert printer.job("hall-17") == Job("printing")
    queue.said["lpstat"] += "\tAlerts: media-empty-error\n"
    assert printer.job("hall-17") == Job("fault", "paper_out")
    queue.said["lpstat_o"] = "hall-18 kiosk 1024 Mon\n"
    assert printer.job("hall-17") == Job("done")


def test_a_service_that_is_not_there_is_offline() -> None:
    printer = CupsPrinter("hall", programs=Path("/nowhere"))
    assert printer.state() == fault("offline")
    with pytest.raises(DeviceFault) as told:
        printer.send(b"%PDF-1.7", 1)
    assert told.value.code == "offline"


@pytest.mark.parametrize("queue", ["-d", "a b", "", "x;y", "../x"])
def test_only_a_queue_is_a_queue(queue: str) -> None:
    with pytest.raises(ValueError):
        CupsPrinter(queue)


def test_the_programs_of_a_service_are_started(tmp_path: Path) -> None:
    """Without a shell, with standard input, in English."""
    program = tmp_path / "lp"
    program.write_text(f"#!{sys.executable}\nimport os, sys\nprint('request id is', os.environ['LC_ALL'] + '-' + str(len(sys.stdin.read())))\n")
    program.chmod(0o755)
    assert CupsPrinter("hall", programs=tmp_path, environment=dict(os.environ)).send(b"%PDF-1.7", 1) == "C-8"
