"""The whole pipeline with made-up engines on a clock of its own: from sound to sentences, and every way it goes wrong."""

from __future__ import annotations

import asyncio

import numpy as np

from assistant.speech.engines.base import WINDOW
from assistant.speech.frames import HEADER, Sound, Wish
from assistant.speech.room import WishFailed
from tests.unit.speech.made_up import FRAME_MS, Kiosk, running, turn


async def test_from_her_sentence_to_the_sound_of_the_answer() -> None:
    async with running() as kiosk:
        kiosk.heard = ["我要办居住证"]
        await kiosk.still(320)
        await kiosk.speaks()
        await kiosk.still(800)
        assert [wish.text for wish in kiosk.wishes] == ["我要办居住证"]
        assert kiosk.recognised == 1, "what was recognised at the pause is what she said"
        assert {body["text"] for body in kiosk.of("heard")} == {"我要办居住证"}
        say = kiosk.of("say")[0]
        assert (say["utterance"], say["sentence"], say["ms"], say["rate"]) == (1, 0, 1000, 16000)
        assert say["visemes"]
        sound = next(message.sound for message in kiosk.down if message.body["type"] == "say")
        assert HEADER.unpack_from(sound) == (1, 0)
        assert len(sound) == HEADER.size + 32000
        assert kiosk.states() == ["listening", "hearing", "thinking", "speaking"]
        await kiosk.still(3000)
        assert kiosk.of("say")[-1]["last"]
        assert kiosk.states()[-1] == "listening"


async def test_the_steps_are_the_list_one_reads() -> None:
    names = [type(step).__name__ for step in Kiosk().pipeline.steps]
    assert names == ["Microphone", "Echo", "Activity", "Recognition", "Meaning", "Turn", "Acknowledging", "Speech", "Playout"]


async def test_interrupting_silences_drops_what_is_left_and_answers_the_new_wish() -> None:
    async with running() as kiosk:
        kiosk.heard = ["我要办居住证", "不对，我要办身份证"]
        kiosk.answers = [turn("第一句话是这样的。第二句话是这样的。第三句话是这样的。第四句话是这样的。"), turn("好的，办身份证。")]
        await kiosk.speaks()
        await kiosk.still(800)
        sent = len(kiosk.of("say"))
        assert 0 < sent < 5, "not everything is sent ahead"
        began = kiosk.clock.ms
        while not kiosk.of("silence"):
            await kiosk.speaks(FRAME_MS)
        assert kiosk.clock.ms - began <= 300
        assert kiosk.of("silence") == [{"type": "silence", "utterance": 1}]
        await kiosk.speaks(700)
        assert len(kiosk.of("say")) == sent, "nothing is said while she speaks"
        await kiosk.still(1000)
        assert [wish.text for wish in kiosk.wishes] == ["我要办居住证", "不对，我要办身份证"]
        assert all(body["utterance"] != 1 for body in kiosk.of("say")[sent:])
        assert "身份证" in kiosk.of("say")[sent]["text"]


async def test_a_cough_resumes_with_the_sentence_that_was_broken_off() -> None:
    async with running() as kiosk:
        kiosk.heard = ["我要办居住证", "嗯"]
        kiosk.answers = [turn("第一句话是这样的。第二句话是这样的。第三句话是这样的。")]
        await kiosk.speaks()
        await kiosk.still(640)
        await kiosk.still(1500)  # the second sentence is being played
        await kiosk.speaks(400)
        assert kiosk.of("silence")
        before = len(kiosk.of("say"))
        await kiosk.still(1000)
        again = kiosk.of("say")[before]
        assert again["utterance"] == 2
        assert again["sentence"] == 1
        assert len(kiosk.wishes) == 1
        await kiosk.still(5000)
        assert kiosk.of("say")[-1]["last"]
        assert kiosk.states()[-1] == "listening"


async def test_a_submission_is_carried_out_and_said_whatever_she_says_meanwhile() -> None:
    async with running() as kiosk:
        kiosk.pipeline.room.ask = {"field": "submit", "kind": "confirm"}
        kiosk.heard = ["提交", "等等"]
        kiosk.gate = asyncio.Event()
        kiosk.answers = [turn("已经提交，办件编号是一二三。", status="submitted"), turn("好的。")]
        await kiosk.speaks()
        await kiosk.still(700)
        await kiosk.speaks(600)
        await kiosk.still(900)
        assert len(kiosk.wishes) == 1
        kiosk.gate.set()
        await kiosk.still(300)
        assert any("已经提交" in body["text"] for body in kiosk.of("say"))
        assert not kiosk.of("silence")
        await kiosk.still(4000)
        assert [wish.text for wish in kiosk.wishes] == ["提交", "等等"]


async def test_speech_that_fails_in_mid_sentence_leaves_the_subtitle_and_says_so() -> None:
    async with running() as kiosk:
        kiosk.heard = ["我要办居住证"]
        kiosk.answers = [turn("第一句话是这样的。第二句话是这样的。")]
        kiosk.fails_to_say = lambda text: "第二" in text
        await kiosk.speaks()
        await kiosk.still(4000)
        silent = [body for body in kiosk.of("say") if "第二" in body["text"]]
        assert silent
        assert silent[0]["ms"] > 500
        assert [body["code"] for body in kiosk.of("problem")] == ["cannot_speak"]
        assert kiosk.of("say")[-1]["last"]


async def test_a_recogniser_that_fails_says_so_and_the_kiosk_goes_on() -> None:
    async with running() as kiosk:
        kiosk.heard = ["!", "!", "居住证"]
        await kiosk.speaks()
        await kiosk.still(800)
        assert kiosk.of("problem")[0]["code"] == "cannot_hear"
        kiosk.heard = ["居住证"]
        await kiosk.still(3000)
        await kiosk.speaks()
        await kiosk.still(1500)
        assert [wish.text for wish in kiosk.wishes] == ["居住证"]


async def test_a_wish_the_conversation_cannot_take_says_why() -> None:
    async with running() as kiosk:
        kiosk.heard = ["居住证"]
        kiosk.answers = [WishFailed("too_fast"), RuntimeError("a fault of ours")]
        await kiosk.speaks()
        await kiosk.still(800)
        await kiosk.speaks()
        await kiosk.still(800)
        assert [body["code"] for body in kiosk.of("problem")] == ["too_fast", "broken"]
        assert kiosk.states()[-1] == "listening"


async def test_noise_without_words_is_asked_about_once_then_the_screen_is_pointed_at() -> None:
    async with running() as kiosk:
        kiosk.heard = [""]
        for _ in range(3):
            await kiosk.speaks()
            await kiosk.still(3000)
        assert [body["text"] for body in kiosk.of("say")] == ["没听清，请再说一遍。", "还是没听清，请在屏幕上点一下。"]
        assert [body["code"] for body in kiosk.of("problem")] == ["touch"]
        assert not kiosk.wishes


async def test_touch_ends_what_is_said_and_is_answered() -> None:
    async with running() as kiosk:
        kiosk.heard = ["我要办居住证"]
        kiosk.answers = [turn("第一句话是这样的。第二句话是这样的。第三句话是这样的。"), turn("好的。")]
        await kiosk.speaks()
        await kiosk.still(900)
        await kiosk.pipeline.touch(Wish(choice="yes", message_id="m1"))
        await kiosk.still(320)
        assert kiosk.of("silence")
        assert kiosk.wishes[-1].choice == "yes"
        assert len(kiosk.of("turn")) == 2


async def test_mute_hears_nothing() -> None:
    async with running() as kiosk:
        kiosk.heard = ["居住证"]
        await kiosk.pipeline.mute(True)
        await kiosk.speaks()
        await kiosk.still(1000)
        assert (kiosk.wishes, kiosk.states()[-1]) == ([], "muted")


async def test_more_sound_than_can_be_worked_off_drops_the_oldest_and_says_so() -> None:
    kiosk = Kiosk()  # nothing is working it off
    for number in range(140):
        await kiosk.pipeline.hear(Sound(number, number * 32, np.zeros(WINDOW, dtype=np.float32)))
    assert [body["code"] for body in kiosk.of("problem")] == ["behind"]
    queue = kiosk.pipeline._queues[Sound]
    assert queue.qsize() == 100
    assert queue.get_nowait().number == 40


async def test_sound_with_holes_says_so() -> None:
    async with running() as kiosk:
        for number in range(0, 40, 2):
            await kiosk.clock.pass_(FRAME_MS)
            await kiosk.pipeline.hear(Sound(number, number * 32, np.zeros(WINDOW, dtype=np.float32)))
        await kiosk.clock.pass_(FRAME_MS)
        assert [body["code"] for body in kiosk.of("problem")] == ["sound_gaps"]
