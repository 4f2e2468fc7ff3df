"""Bad sound, made up: each kind is named once, one voice in a usual hall is none of them, and what to do is said on the screen."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.foundation.messages import catalogue, english
from assistant.speech.conditions import Conditions
from assistant.speech.engines.base import RATE, WINDOW
from assistant.speech.frames import Doubling, Sound
from tests.unit.speech.made_up import FRAME_MS, running

Samples = NDArray[np.float32]
SECONDS = 12
N = SECONDS * RATE
T = np.arange(N) / RATE
LOUD = 0.5


def _noise(seed: int = 0) -> Samples:
    return np.random.default_rng(seed).standard_normal(N).astype(np.float32)


def _voice(seed: int = 0, pauses: bool = True) -> Samples:
    """Syllables: a gliding pitch with overtones and a hiss, three a second, with pauses between words."""
    rng = np.random.default_rng(seed)
    pitch = np.cumsum(np.repeat(rng.uniform(120, 240, SECONDS * 20), RATE // 20)) / RATE
    glide = 2 * np.pi * (pitch + 0.02 * np.sin(2 * np.pi * 4 * T))
    tone = sum(np.sin(h * glide) / h for h in range(1, 12)) + 0.3 * _noise(seed + 100)
    syllables = np.abs(np.sin(2 * np.pi * 1.7 * (T + rng.uniform()))) ** 2
    words = np.repeat(rng.uniform(size=SECONDS * 4) > 0.25, RATE // 4) if pauses else 1.0
    sound = tone * syllables * words
    return (sound / np.abs(sound).max() * LOUD).astype(np.float32)


def _faults(sound: Samples, probability: float) -> list[str]:
    conditions, found = Conditions(), []
    for at in range(0, N - WINDOW, WINDOW):
        window = sound[at : at + WINDOW]
        found += conditions.window(window, probability if np.abs(window).max() > 0.02 else 0.0)
    return found


def _telephone(sound: Samples) -> Samples:
    spectrum = np.fft.rfft(sound)
    spectrum[len(spectrum) // 2 :] = 0
    return (np.round(np.fft.irfft(spectrum, N) * 32768) / 32768).astype(np.float32)


MELODY = sum(
    np.sin(2 * np.pi * np.repeat(np.array([262, 330, 392, 523] * 6), RATE // 2) * h * T) / h for h in (1, 2, 3)
).astype(np.float32) * 0.1  # fmt: skip
BABBLE = (sum(_voice(seed, pauses=False) for seed in range(8)) / 5).astype(np.float32)


@pytest.mark.parametrize(
    ("sound", "probability", "fault"),
    [
        (np.zeros(N, dtype=np.float32), 0.0, "no_sound"), (_noise() * 0.06, 0.1, "noisy"), (MELODY, 0.4, "music"),
        ((0.1 * np.sin(2 * np.pi * 100 * T)).astype(np.float32), 0.0, "music"), (BABBLE, 0.9, "crowd"),
        (np.clip(_voice() * 12, -1, 1), 0.9, "clipped"), (_telephone(_voice()), 0.9, "narrow"),
    ],
    ids=["silence", "noise", "melody", "hum", "crowd", "clipped", "8 kHz"],
)  # fmt: skip
def test_each_fault_is_named_once(sound: Samples, probability: float, fault: str) -> None:
    assert _faults(sound, probability) == [fault]


@pytest.mark.parametrize("around", [0.001, 0.01])
def test_one_voice_in_a_usual_hall_is_no_fault(around: float) -> None:
    for seed in range(3):
        assert _faults(_voice(seed) + around * _noise(seed + 7), 0.9) == []


def test_a_fault_that_came_back_is_named_again() -> None:
    conditions, found = Conditions(), []
    noise, still = _noise() * 0.06, _noise() * 0.002
    for sound in (noise, still, noise):
        for at in range(0, N - WINDOW, WINDOW):
            found += conditions.window(sound[at : at + WINDOW], 0.0)
    assert found == ["noisy", "noisy"]


def test_everything_that_can_be_wrong_says_what_to_do_in_both_languages() -> None:
    for fault in ("no_sound", "noisy", "music", "crowd", "clipped", "narrow"):
        assert "请" in catalogue()[f"speech.problem_{fault}"]
        assert "lease" in english()[f"speech.problem_{fault}"]


async def test_noise_is_told_on_the_screen_and_not_again_within_a_minute() -> None:
    async with running() as kiosk:
        noise = _noise() * 0.06
        number = 0
        for _ in range(4):
            for at in range(0, N - WINDOW, WINDOW):
                began = kiosk.clock.ms
                await kiosk.clock.pass_(FRAME_MS)
                await kiosk.pipeline.hear(Sound(number, began, noise[at : at + WINDOW]))
                number += 1
        assert [body["code"] for body in kiosk.of("problem") if body["code"] == "noisy"] == ["noisy"]
        assert not kiosk.wishes


async def test_what_is_heard_of_ourselves_is_no_noise() -> None:
    async with running() as kiosk:
        kiosk.pipeline.room.turns.full_duplex = False
        reply, _ = kiosk.pipeline.room.turns.begins_reply()
        kiosk.pipeline.room.turns.says(reply, kiosk.clock.ms, 60_000)
        noise = _noise() * 0.06
        for number in range(300):
            began = kiosk.clock.ms
            await kiosk.clock.pass_(FRAME_MS)
            await kiosk.pipeline.hear(Sound(number, began, noise[number * WINDOW : (number + 1) * WINDOW]))
        assert not kiosk.of("problem")


@pytest.mark.parametrize(("took", "codes"), [(FRAME_MS, []), (2 * FRAME_MS, ["bad_sound"]), (FRAME_MS // 3, ["bad_sound"])])
async def test_sound_of_another_rate_than_it_says_is_told(took: int, codes: list[str]) -> None:
    async with running() as kiosk:
        for number in range(250):
            began = kiosk.clock.ms
            await kiosk.clock.pass_(took)
            await kiosk.pipeline.hear(Sound(number, began, np.full(WINDOW, 0.003, dtype=np.float32)))
        assert [body["code"] for body in kiosk.of("problem")] == codes


async def test_talk_without_an_end_does_not_pile_up() -> None:
    async with running() as kiosk:
        kiosk.heard = ["我跟你说"]
        for _ in range(5):
            await kiosk.speaks(14_000)
            held = kiosk.pipeline.activity._said
            assert held is None or len(held) * FRAME_MS <= 22_000
        assert [body["code"] for body in kiosk.of("problem")].count("talk_too_long") == 1, "told once a talk"


async def test_who_says_nothing_is_told_that_nothing_was_heard() -> None:
    async with running() as kiosk:
        kiosk.heard = ["我要办居住证"]
        await kiosk.speaks()
        await kiosk.still(800)
        while kiosk.states()[-1] != "listening":
            await kiosk.still(320)
        await kiosk.sound(13_000, 0.003)
        assert kiosk.of("say")[-1]["text"] == "我没有听到您说话。请靠近一点说，或者点屏幕。"


def test_eight_kilohertz_are_made_sixteen() -> None:
    t = np.arange(4000) / 8000
    tone = np.sin(2 * np.pi * 1000 * t).astype(np.float32)
    doubling = Doubling()
    made = np.concatenate([doubling(Sound(i, i * 20, tone[i * 160 : (i + 1) * 160])).samples for i in range(25)])
    assert made.size == 8000
    spectrum = np.abs(np.fft.rfft(made[1000:5000] * np.hanning(4000)))
    assert abs(int(spectrum.argmax()) * 4 - 1000) <= 4
    assert spectrum[1250:].max() < spectrum.max() / 100, "nothing is mirrored into the upper half"
