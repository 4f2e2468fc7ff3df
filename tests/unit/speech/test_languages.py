"""Which language she speaks is decided for each utterance; one that is not heard well is said so honestly, and once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant.speech.frames import Wish
from tests.unit.speech.made_up import Kiosk, running, turn

OTHER = "我只听得懂普通话和英语。"


async def _says(kiosk: Kiosk, text: str, language: str, ms: int = 1300) -> None:
    kiosk.heard, kiosk.language = [text], language
    await kiosk.speaks(ms)
    await kiosk.still(5000)


async def test_a_sentence_is_decided_by_ear_and_a_word_keeps_the_language_of_the_conversation() -> None:
    async with running() as kiosk:
        await _says(kiosk, "I want to register a company", "en")
        await _says(kiosk, "yes", "en", ms=400)
        await _says(kiosk, "我要办居住证", "zh")
        await _says(kiosk, "是的", "zh", ms=400)
        assert kiosk.languages == [None, "en", None, "zh"]
        assert [wish.spoken for wish in kiosk.wishes] == ["en", "en", "zh", "zh"]


async def test_what_we_say_ourselves_is_in_the_language_she_spoke() -> None:
    async with running() as kiosk:
        await _says(kiosk, "I want to register a company", "en")
        await _says(kiosk, "", "en")
        await _says(kiosk, "我要办居住证", "zh")
        await _says(kiosk, "", "zh")
        asked = [body["text"] for body in kiosk.of("say") if "again" in body["text"] or "再说" in body["text"]]
        assert asked == ["I did not catch that. Please say it again.", "没听清，请再说一遍。"]


async def test_a_cough_in_another_language_changes_nothing() -> None:
    async with running() as kiosk:
        await _says(kiosk, "uh", "en")
        assert (kiosk.pipeline.room.language, kiosk.pipeline.room.locale) == ("zh", "zh-CN")


async def test_traditional_script_stays_while_chinese_is_spoken() -> None:
    async with running() as kiosk:
        kiosk.pipeline.room.locale = "zh-Hant"
        await _says(kiosk, "我要办居住证", "zh")
        assert kiosk.pipeline.room.locale == "zh-Hant"


async def test_a_dialect_is_answered_and_said_to_be_heard_badly_once() -> None:
    async with running() as kiosk:
        await _says(kiosk, "我要办居住证", "yue")
        await _says(kiosk, "我要办身份证", "yue")
        assert [wish.text for wish in kiosk.wishes] == ["我要办居住证", "我要办身份证"]
        assert [body["code"] for body in kiosk.of("problem")] == ["language"]
        assert "方言" in kiosk.of("say")[0]["text"], "before the answer"
        assert len([body for body in kiosk.of("say") if "方言" in body["text"]]) == 1


async def test_of_a_language_nobody_hears_nothing_is_made_and_touch_is_offered() -> None:
    async with running() as kiosk:
        await _says(kiosk, "何かの文章", "ja")
        assert not kiosk.wishes
        assert [body["way"] for body in kiosk.of("offer")] == ["touch"]
        assert any(OTHER in body["text"] for body in kiosk.of("say"))
        assert kiosk.states()[-1] == "listening"
        await _says(kiosk, "我要办居住证", "ja")
        assert [wish.text for wish in kiosk.wishes] == ["我要办居住证"], "an ear that errs twice must not shut her out"


def _failing(kiosk: Kiosk) -> list[tuple[Any, bool]]:
    seen: list[tuple[Any, bool]] = []

    def tried(ask: Mapping[str, Any] | None, well: bool) -> Any:
        seen.append(((ask or {}).get("field"), well))
        return ("scan", "请把证件放在扫描口。") if [well for _, well in seen[-2:]] == [False, False] else None

    kiosk.pipeline.room.tried = tried
    return seen


async def test_after_two_answers_that_did_not_do_another_way_is_offered_in_words_and_as_a_frame() -> None:
    async with running() as kiosk:
        seen = _failing(kiosk)
        wrong = turn("这个号码不对，请再说一遍。", status="rejected_answer")
        kiosk.answers = [wrong, wrong, turn("好的。")]
        for _ in range(2):
            await _says(kiosk, "三五七", "zh")
        assert kiosk.of("offer") == [{"type": "offer", "way": "scan", "text": "请把证件放在扫描口。"}]
        assert kiosk.of("say")[-1]["text"] == "请把证件放在扫描口。"
        await _says(kiosk, "三五七八", "zh")
        assert seen == [("name", False), ("name", False), ("name", True)]


async def test_what_was_not_heard_counts_as_well_and_what_was_touched_does_not() -> None:
    async with running() as kiosk:
        seen = _failing(kiosk)
        kiosk.answers = [turn("这个不对。", status="rejected_answer")]
        await kiosk.pipeline.touch(Wish(text="x"))
        await kiosk.still(5000)
        assert seen == []
        for _ in range(2):
            await _says(kiosk, "", "zh")
        assert seen == [("name", False), ("name", False)]
        assert [body["way"] for body in kiosk.of("offer")] == ["scan"]
        assert [body["text"] for body in kiosk.of("say")][-2:] == ["没听清，请再说一遍。", "请把证件放在扫描口。"]


async def test_a_first_short_word_that_is_nothing_in_mandarin_may_be_english() -> None:
    async with running() as kiosk:
        by_language = {"zh": "", "en": "Hello?"}
        kiosk.by_language = by_language
        await _says(kiosk, "", "en", ms=500)
        assert kiosk.languages == ["zh", "en"]
        assert [(wish.text, wish.spoken) for wish in kiosk.wishes] == [("Hello?", "en")]


async def test_what_an_ear_for_english_makes_of_a_short_mandarin_word_is_not_believed() -> None:
    async with running() as kiosk:
        kiosk.by_language = {"zh": "", "en": "Thank you."}
        await _says(kiosk, "", "en", ms=500)
        assert not kiosk.wishes
        assert kiosk.pipeline.room.language == "zh"
