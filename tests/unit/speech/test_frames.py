"""Sound on the wire: nothing lost, nothing twice, in order; what is no sound is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.speech.frames import HEADER, LONGEST_MS, BadFrame, Ordering, Sound, pack, unpack


def sound(number: int) -> Sound:
    return Sound(number, number * 20, np.zeros(320, dtype=np.float32))


def test_a_message_is_a_header_and_samples() -> None:
    got = unpack(HEADER.pack(7, 1234) + np.array([0, 16384, -32768], dtype="<i2").tobytes())
    assert (got.number, got.at_ms, got.samples.tolist()) == (7, 1234, [0.0, 0.5, -1.0])


@pytest.mark.parametrize("message", [b"", b"1234567", HEADER.pack(0, 0), HEADER.pack(0, 0) + b"abc", HEADER.pack(0, 0) + bytes(32 * LONGEST_MS + 2)])
def test_half_a_sample_no_sound_and_too_much_of_it_are_refused(message: bytes) -> None:
    with pytest.raises(BadFrame):
        unpack(message)


def test_sound_down_carries_utterance_and_sentence() -> None:
    assert HEADER.unpack_from(pack(3, 1, b"xy")) == (3, 1)
    assert pack(3, 1, b"xy")[8:] == b"xy"


@given(st.permutations(list(range(5))), st.integers(0, 1000))
def test_pieces_a_little_out_of_order_are_put_in_order_without_loss(order: list[int], start: int) -> None:
    ordering = Ordering()
    out = [piece.number for piece in ordering.put(sound(start))]
    for number in order:
        out += [piece.number for piece in ordering.put(sound(start + 1 + number))]
    assert out == list(range(start, start + 6))
    assert (ordering.lost, ordering.late) == (0, 0)


@given(st.lists(st.integers(0, 60), max_size=120))
def test_no_piece_is_doubled_or_out_of_order_and_every_loss_is_counted(numbers: list[int]) -> None:
    ordering = Ordering()
    out: list[int] = []
    for number in numbers:
        out += [piece.number for piece in ordering.put(sound(number))]
    assert out == sorted(set(out))
    if out:
        assert out[-1] - numbers[0] + 1 == len(out) + ordering.lost
        waiting = len(numbers) - len(out) - ordering.late
        assert 0 <= waiting <= 5
