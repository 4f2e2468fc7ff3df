"""A receipt printer that speaks ESC/POS: over TCP (port 9100), a serial line, or its own file (/dev/usb/lp0).

Only what nearly all of them understand: initialise, Chinese by GB 18030 (FS &), size, alignment, QR code (GS ( k), feed and
cut (GS V), and the states of DLE EOT. Written here in a page: the libraries there are bring drivers for much else.
"""

from __future__ import annotations

from collections.abc import Callable

from channels.kiosk.devices.interfaces import READY, Code, DeviceFault, Receipt, State, fault
from channels.kiosk.devices.link import Link, opened

COLUMNS = 32
"""Half-width columns of a roll of 58 mm; one of 80 mm has 48 and shows a margin."""
ESC, GS, FS, DLE = b"\x1b", b"\x1d", b"\x1c", b"\x10"
INITIALISE = ESC + b"@"
CHINESE = FS + b"&"
LEFT, CENTRE = ESC + b"a\x00", ESC + b"a\x01"
PLAIN, LARGE = GS + b"!\x00", GS + b"!\x11"
CUT = GS + b"V\x42\x40"
"""Feed 0x40 dots past the knife and cut, leaving a strip."""
LONGEST_CODE = 400
_ANSWER_SECONDS = 1.5


def width(text: str) -> int:
    """Half-width columns a text takes."""
    return sum(2 if ord(sign) > 0x2E7F else 1 for sign in text)


def wrapped(text: str, columns: int) -> list[str]:
    """A text in lines that fit, broken anywhere: Chinese has no blanks, and a number goes on in the next line."""
    lines, line = [], ""
    for sign in text:
        if width(line + sign) > columns:
            lines.append(line)
            line = ""
        line += sign
    return [*lines, line]


def qr(code: str, dot: int = 6) -> bytes:
    """A QR code, model 2, each module ``dot`` dots wide, level M."""
    data = code.encode("utf-8")[:LONGEST_CODE]

    def part(body: bytes) -> bytes:
        return GS + b"(k" + len(body).to_bytes(2, "little") + body

    return b"".join(
        [
            part(b"1A2\x00"),
            part(b"1C" + bytes([dot])),
            part(b"1E1"),
            part(b"1P0" + data),
            part(b"1Q0"),
        ]
    )


def printed(receipt: Receipt, columns: int = COLUMNS) -> bytes:
    """A receipt as the bytes that print it. Control characters in it are left out: text never becomes a command."""
    out = [INITIALISE, CHINESE, CENTRE, LARGE]
    out += [_line(line) for line in wrapped(_clean(receipt.title), columns // 2)]
    out += [PLAIN, LEFT, _line("-" * columns)]
    for label, value in receipt.lines:
        out += [_line(line) for line in wrapped(_clean(f"{label}：{value}"), columns)]
    out.append(_line("-" * columns))
    if receipt.code:
        out += [CENTRE, qr(receipt.code), b"\n"]
        out += [_line(line) for line in wrapped(_clean(receipt.code_words), columns)]
        out.append(LEFT)
    out += [_line(line) for line in wrapped(_clean(receipt.foot), columns)]
    return b"".join(out) + b"\n" + CUT


def _clean(text: str) -> str:
    return "".join(sign for sign in text if sign.isprintable())


def _line(text: str) -> bytes:
    return text.encode("gb18030", "replace") + b"\n"


def wrong(offline: int, error: int, paper: int) -> Code | None:
    """What the three states of DLE EOT (2: why it is offline, 3: errors, 4: the paper's sensors) say is wrong.

    Raises:
        DeviceFault: ``unreadable``, a byte that is no such state.
    """
    for byte in (offline, error, paper):
        if byte & 0b10010011 != 0b00010010:
            raise DeviceFault("unreadable")
    if offline & 0x04:
        return "cover_open"
    if paper & 0x60 or offline & 0x20:
        return "paper_out"
    if error & 0x08:
        return "jam"
    if error & 0x40:
        return "hot"
    return "jam" if error & 0x20 or offline & 0x40 else None


class EscPosPrinter:
    """See the module."""

    def __init__(self, address: str, columns: int = COLUMNS, link: Callable[[str], Link] = opened) -> None:
        self._address, self._columns, self._link = address, columns, link

    def state(self) -> State:
        """What it says of itself."""
        try:
            self._with(self._checked)
        except DeviceFault as wrong_:
            return fault(wrong_.code)
        return READY

    def self_test(self) -> State:
        """Prints a line and cuts."""
        try:
            self.print(Receipt("自检", (("打印机", "正常"),)))
        except DeviceFault as wrong_:
            return fault(wrong_.code)
        return READY

    def forget(self) -> None:
        """It keeps nothing; a printer's own memory is emptied by the next INITIALISE, which is sent here where it can be."""
        try:
            self._with(lambda line: line.write(INITIALISE))
        except DeviceFault:
            return

    def print(self, receipt: Receipt) -> None:
        """Print, and ask afterwards whether it came out; see ``ReceiptPrinter``."""

        def whole(line: Link) -> None:
            self._checked(line)
            line.write(printed(receipt, self._columns))
            self._checked(line)

        self._with(whole)

    def _with(self, act: Callable[[Link], None]) -> None:
        line = self._link(self._address)
        try:
            act(line)
        finally:
            line.close()

    @staticmethod
    def _checked(line: Link) -> None:
        states = []
        for asked in (2, 3, 4):
            line.write(DLE + b"\x04" + bytes([asked]))
            answer = line.read(1, _ANSWER_SECONDS)
            if not answer:
                raise DeviceFault("offline")
            states.append(answer[0])
        code = wrong(*states)
        if code is not None:
            raise DeviceFault(code)
