"""She is told that she was heard where the answer takes its time: once, in time, and never over the answer."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from assistant.speech.frames import HEADER, Wish
from assistant.speech.turns import Turns
from tests.unit.speech.made_up import FRAME_MS, Kiosk, running


def acks(kiosk: Kiosk) -> list[str]:
    return [str(body["text"]) for body in kiosk.of("say") if body["kind"] == "ack"]


def answers(kiosk: Kiosk) -> list[str]:
    return [str(body["text"]) for body in kiosk.of("say") if body["kind"] == "answer"]


async def _asks_and_waits(kiosk: Kiosk, ms: int) -> int:
    """The clock when her last sound was heard."""
    await kiosk.speaks()
    ended = kiosk.clock.ms
    await kiosk.still(ms)
    return ended


async def test_a_slow_turn_is_acknowledged_a_second_after_her_last_sound_and_then_answered() -> None:
    async with running() as kiosk:
        kiosk.heard, kiosk.gate = ["我要办居住证"], asyncio.Event()
        await _asks_and_waits(kiosk, 900)
        assert not acks(kiosk)
        await kiosk.still(250)
        assert len(acks(kiosk)) == 1
        ack = kiosk.of("say")[0]
        assert (ack["last"], ack["sentence"], ack["ms"]) == (True, 0, 1000)
        assert ack["visemes"]
        await kiosk.still(4000)
        assert len(acks(kiosk)) == 1, "once for what she said"
        kiosk.gate.set()
        await kiosk.still(300)
        assert answers(kiosk)
        numbers = [body["utterance"] for body in kiosk.of("say")]
        assert numbers[0] < numbers[1], "an utterance of its own, before the answer's"
        sounds = [HEADER.unpack_from(message.sound)[0] for message in kiosk.down if message.sound]
        assert sounds == numbers


async def test_slow_ears_are_acknowledged_later_and_in_other_words() -> None:
    async with running() as kiosk:
        kiosk.heard, kiosk.ears = ["我要办居住证"], asyncio.Event()
        await _asks_and_waits(kiosk, 1400)
        assert not acks(kiosk), "nobody knows yet whether she said anything"
        await kiosk.still(200)
        (said,) = acks(kiosk)
        assert "看" not in said and "查" not in said, "there is nothing to look at yet"
        kiosk.ears.set()
        await kiosk.still(300)
        assert answers(kiosk)


async def test_a_quick_answer_needs_none() -> None:
    async with running() as kiosk:
        kiosk.heard = ["我要办居住证"]
        await _asks_and_waits(kiosk, 6000)
        assert answers(kiosk)
        assert not acks(kiosk)


async def test_an_acknowledgement_that_was_still_being_made_when_the_answer_came_is_dropped() -> None:
    async with running() as kiosk:
        made = asyncio.Event()
        say = kiosk.pipeline.room.say
        assert say is not None

        async def slow(text: str, speed: float, *, first: bool):  # type: ignore[no-untyped-def]
            if text.startswith("好"):
                await made.wait()
            return await say(text, speed, first=first)

        kiosk.pipeline.room.say = slow
        kiosk.heard, kiosk.gate = ["我要办居住证"], asyncio.Event()
        await _asks_and_waits(kiosk, 1200)
        kiosk.gate.set()
        await kiosk.still(200)
        made.set()
        await kiosk.still(3000)
        assert answers(kiosk)
        assert not acks(kiosk)


async def test_the_answer_is_counted_behind_the_acknowledgement_so_that_we_are_deaf_for_as_long_as_both_sound() -> None:
    async with running() as kiosk:
        kiosk.pipeline.room.turns.full_duplex = False
        kiosk.heard, kiosk.gate = ["我要办居住证"], asyncio.Event()
        await _asks_and_waits(kiosk, 1000)
        while not acks(kiosk):
            await kiosk.still(FRAME_MS)
        said = kiosk.clock.ms
        kiosk.gate.set()
        await kiosk.still(200)
        ends = said + 1000 + sum(int(body["ms"]) for body in kiosk.of("say")[1:])
        turns = kiosk.pipeline.room.turns
        assert turns.deaf(ends)
        assert not turns.deaf(ends + turns.listening.rules.tail + 60)


async def test_two_things_said_one_after_the_other_are_not_acknowledged_in_the_same_words() -> None:
    async with running() as kiosk:
        kiosk.heard = ["我要办居住证"]
        for _ in range(6):
            kiosk.gate = asyncio.Event()
            await _asks_and_waits(kiosk, 1300)
            kiosk.gate.set()
            await kiosk.still(4000)
        said = acks(kiosk)
        assert len(said) == 6
        assert all(a != b for a, b in pairwise(said))


async def test_who_goes_on_speaking_over_it_silences_it() -> None:
    async with running() as kiosk:
        kiosk.heard, kiosk.gate = ["我要办居住证"], asyncio.Event()
        await _asks_and_waits(kiosk, 1200)
        (ack,) = kiosk.of("say")
        await kiosk.speaks(400)
        assert kiosk.of("silence") == [{"type": "silence", "utterance": ack["utterance"]}]
        kiosk.gate.set()
        await kiosk.still(4000)
        assert [wish.text for wish in kiosk.wishes] == ["我要办居住证"] * 2
        assert len(answers(kiosk)) >= 1


async def test_a_touch_silences_it_and_is_not_acknowledged_itself() -> None:
    async with running() as kiosk:
        kiosk.heard, kiosk.gate = ["我要办居住证"], asyncio.Event()
        await _asks_and_waits(kiosk, 1200)
        assert len(acks(kiosk)) == 1
        await kiosk.pipeline.touch(Wish(choice="yes"))
        assert kiosk.of("silence")
        await kiosk.still(5000)
        assert len(acks(kiosk)) == 1
        kiosk.gate.set()
        await kiosk.still(200)
        assert answers(kiosk)


async def test_noise_is_not_acknowledged() -> None:
    async with running() as kiosk:
        kiosk.heard, kiosk.ears = [""], asyncio.Event()
        await kiosk.speaks(320)
        await kiosk.still(4000)
        assert not acks(kiosk)


@pytest.mark.parametrize("binding", [False, True])
def test_nothing_is_acknowledged_while_an_answer_sounds(binding: bool) -> None:
    turns, now = Turns(), 10_000
    reply, _ = turns.begins_reply(binding=binding)
    turns.says(reply, now, 60_000)
    for at in range(now, now + 800, FRAME_MS):
        turns.window(at, 0.9 if binding else 0.0)
    for at in range(now + 800, now + 20_000, FRAME_MS):
        assert not [signal for signal in turns.window(at, 0.0) if type(signal).__name__ == "Acknowledges"]
