"""A kiosk nobody has touched: short sentences are picked out, talk is let go by, and nothing piles up."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assistant.speech.engines.base import RATE, WINDOW
from assistant.speech.frames import Sound
from assistant.speech.overhearing import Overhearing
from tests.unit.speech.made_up import FRAME_MS, Loud


class Microphone:
    def __init__(self) -> None:
        self.door = Overhearing(Loud())
        self.number = 0
        self.most = 0.0

    def sound(self, ms: int, level: float) -> list[NDArray[np.float32]]:
        found = []
        for _ in range(ms // FRAME_MS):
            said = self.door.put(Sound(self.number, self.number * FRAME_MS, np.full(WINDOW, level, dtype=np.float32)))
            self.number += 1
            self.most = max(self.most, self.door.seconds)
            if said is not None:
                found.append(said)
        return found


def test_a_short_sentence_is_picked_out_with_its_beginning() -> None:
    microphone = Microphone()
    assert microphone.sound(2000, 0.0) == []
    assert microphone.sound(960, 0.9) == []
    assert microphone.door.hearing
    (said,) = microphone.sound(800, 0.0)
    assert not microphone.door.hearing
    assert np.count_nonzero(said) == 960 * RATE // 1000
    assert said[0] == 0.0, "a soft beginning is kept with it"


def test_a_slam_and_an_endless_talk_are_let_go_by() -> None:
    microphone = Microphone()
    microphone.sound(64, 0.9)
    assert microphone.sound(1000, 0.0) == []
    assert microphone.sound(9_600, 0.9) == [], "longer than anybody calls"
    assert microphone.sound(1000, 0.0) == [], "nor is its last sentence for us"
    microphone.sound(640, 0.9)
    assert len(microphone.sound(800, 0.0)) == 1


def test_talk_without_an_end_holds_no_more_than_seconds() -> None:
    microphone = Microphone()
    for _ in range(10):
        assert microphone.sound(30_000, 0.9) == []
    assert microphone.most < 10
