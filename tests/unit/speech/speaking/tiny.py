"""A voice of two tiny ONNX models with the interface of the demo's: made here, so that the engine is tried without a download.

Every symbol takes eight frames, and the sound follows the symbols' numbers, silence being 0: what is tried is how the parts are put together.
The few fields of ONNX's protobuf that are needed are written by hand; the package ``onnx`` is not one of ours.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from pathlib import Path

from assistant.speech.engines import fastspeech
from assistant.speech.speaking.syllables import FINALS, INITIALS

FRAMES = 8
_FLOAT, _INT32, _INT64 = 1, 6, 7


def symbols() -> dict[str, int]:
    """The symbols of the demo's voice with numbers of our own."""
    finals = [f"{final}{tone}" for final in FINALS for tone in range(1, 6)]
    return {symbol: n for n, symbol in enumerate(["sil", "pad", "#0", "#1", "#2", "#3", "^", *INITIALS, *finals, "eos"])}


def make(folder: Path, *, lengths_lie: bool = False) -> Path:
    """The files of a voice in ``folder``. ``lengths_lie``: it tells longer sounds than it makes."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / fastspeech.ACOUSTIC).write_bytes(_acoustic(FRAMES + 1 if lengths_lie else FRAMES))
    (folder / fastspeech.VOCODER).write_bytes(_vocoder())
    (folder / fastspeech.SYMBOLS).write_text(json.dumps(symbols()), encoding="utf-8")
    return folder


def _acoustic(told: int) -> bytes:
    nodes = [
        _node("Cast", ["input_ids"], "numbers", to=_FLOAT), _node("Unsqueeze", ["numbers", "last"], "column"),
        _node("Tile", ["column", "held"], "rows"), _node("Reshape", ["rows", "shape"], "line"),
        _node("Tile", ["line", "bands"], "mel"), _node("Identity", ["mel"], "before"),
        _node("Mul", ["input_ids", "zero"], "none"), _node("Add", ["none", "told"], "lengths"),
        _node("Identity", ["numbers"], "f0"), _node("Identity", ["numbers"], "energy"),
    ]  # fmt: skip
    constants = [_longs("last", [2]), _longs("held", [1, 1, FRAMES]), _longs("shape", [1, -1, 1]), _longs("bands", [1, 1, 80]),
                 _int("zero", 0), _int("told", told)]  # fmt: skip
    ones = ("speed_ratios", "f0_ratios", "energy_ratios")
    inputs = [_value("input_ids", _INT32, [1, "n"]), _value("speaker_ids", _INT32, [1]), *(_value(name, _FLOAT, [1]) for name in ones)]
    outputs = [_value("before", _FLOAT, [1, "t", 80]), _value("mel", _FLOAT, [1, "t", 80]), _value("lengths", _INT32, [1, "n"]),
               _value("f0", _FLOAT, [1, "n"]), _value("energy", _FLOAT, [1, "n"])]  # fmt: skip
    return _model(nodes, constants, inputs, outputs)


def _vocoder() -> bytes:
    nodes = [
        _node("Slice", ["mels", "from", "to", "axis"], "one"), _node("Tile", ["one", "repeats"], "many"),
        _node("Reshape", ["many", "shape"], "long"), _node("Mul", ["long", "quiet"], "sound"),
    ]  # fmt: skip
    constants = [_longs("from", [0]), _longs("to", [1]), _longs("axis", [2]), _longs("repeats", [1, 1, fastspeech.FRAME]),
                 _longs("shape", [1, -1, 1]), _tensor("quiet", _FLOAT, [1], struct.pack("<f", 0.001))]  # fmt: skip
    return _model(nodes, constants, [_value("mels", _FLOAT, [1, "t", 80])], [_value("sound", _FLOAT, [1, "s", 1])])


def _varint(number: int) -> bytes:
    number &= (1 << 64) - 1
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _part(field: int, value: bytes | str) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    return _varint(field << 3 | 2) + _varint(len(data)) + data


def _node(kind: str, inputs: Sequence[str], output: str, **numbers: int) -> bytes:
    attributes = (_part(5, _part(1, name) + _number(3, value) + _number(20, 2)) for name, value in numbers.items())
    return b"".join(_part(1, name) for name in inputs) + _part(2, output) + _part(4, kind) + b"".join(attributes)


def _tensor(name: str, kind: int, shape: Sequence[int], raw: bytes) -> bytes:
    return b"".join(_number(1, size) for size in shape) + _number(2, kind) + _part(8, name) + _part(9, raw)


def _longs(name: str, values: Sequence[int]) -> bytes:
    return _tensor(name, _INT64, [len(values)], struct.pack(f"<{len(values)}q", *values))


def _int(name: str, value: int) -> bytes:
    return _tensor(name, _INT32, [1], struct.pack("<i", value))


def _value(name: str, kind: int, shape: Sequence[int | str]) -> bytes:
    sizes = b"".join(_part(1, _number(1, size) if isinstance(size, int) else _part(2, size)) for size in shape)
    return _part(1, name) + _part(2, _part(1, _number(1, kind) + _part(2, sizes)))


def _model(nodes: list[bytes], constants: list[bytes], inputs: list[bytes], outputs: list[bytes]) -> bytes:
    fields = [(1, nodes), (5, constants), (11, inputs), (12, outputs)]
    graph = b"".join(_part(field, part) for field, parts in fields for part in parts) + _part(2, "tiny")
    return _number(1, 8) + _part(7, graph) + _part(8, _part(1, "") + _number(2, 17))
