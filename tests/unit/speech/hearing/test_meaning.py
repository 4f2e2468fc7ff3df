"""The door of hearing, the attempts it takes, and what a recogniser is told to expect."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.engine.components.patterns.codes import USCC_ALPHABET
from assistant.foundation.messages import ENGLISH, use_language
from assistant.speech.engines.base import Taken
from assistant.speech.hearing.asked import Asked, Questions
from assistant.speech.hearing.attempts import MOST, Attempts
from assistant.speech.hearing.hints import MOST_CHARACTERS, Hints, language_note, prompt
from assistant.speech.hearing.meaning import meant
from assistant.speech.hearing.readback import ReadBack
from assistant.speech.hearing.script import language_of, simplified
from assistant.speech.hearing.vocabulary import Vocabulary
from knowledge.catalogue import Catalogue
from knowledge.replies import Ask, Option
from knowledge.schema import FieldType
from tests.unit.casework.fields.test_said import TODAY


def test_a_number_comes_with_the_sentence_that_reads_it_back() -> None:
    heard = meant("嗯，幺三八，零零一三，八三个零", Asked("phone"), today=TODAY)
    assert heard.value == "13800138000" and heard.certain and heard.changed
    assert heard.readback is not None and "138 0013 8000" in heard.readback


def test_areas_and_counts_are_read_back_as_sums_are() -> None:
    assert meant("八十六个平方", Asked("area"), today=TODAY).readback == "我听到的是：86平方米。对吗？"
    assert meant("四个", Asked("integer"), today=TODAY).readback == "我听到的是：4。对吗？"


def test_what_stands_on_a_licence_in_characters_is_read_back() -> None:
    assert meant("张三", Asked("person_name"), today=TODAY).readback == "我听到的是：张三。对吗？"
    heard = meant("上海市浦东新区样板路六十六弄五号三零一室", Asked("address"), today=TODAY)
    assert heard.value == "上海市浦东新区样板路66弄5号301室" and heard.readback is not None and heard.value in heard.readback


def test_a_number_that_cannot_be_one_is_not_read_back_but_sent_for_the_form_to_say_so() -> None:
    heard = meant("三幺零幺幺五幺九八八", Asked("id_number"), today=TODAY)
    assert heard.readback is None and not heard.certain and heard.text == "3101151988"


def test_a_question_at_a_number_is_repaired_as_a_question(words: Vocabulary) -> None:
    heard = meant("居住正签注去哪里", Asked("id_number"), today=TODAY, vocabulary=words)
    assert heard.text == "居住证签注去哪里" and heard.changes == (("居住正签注", "居住证签注"),) and not heard.certain


def test_talk_without_an_end_is_left_as_it_was_written(words: Vocabulary) -> None:
    talk = "公司助所便更我要" * 100
    heard = meant(talk, Asked(), today=TODAY, vocabulary=words)
    assert (heard.text, heard.changed, heard.certain, heard.readback) == (talk, False, False, None)


def test_traditional_characters_become_simplified() -> None:
    assert simplified("我要辦理營業執照") == "我要办理营业执照"
    assert not meant("我要办理", Asked(), today=TODAY).changed


@pytest.mark.parametrize("text", ["", "  ", "\u200b"])
def test_silence_means_nothing(text: str) -> None:
    heard = meant(text, Asked("phone"), today=TODAY)
    assert (heard.text, heard.certain, heard.readback) == ("", False, None)


@pytest.mark.parametrize(
    ("text", "before", "language"),
    [
        ("我要办居住证", "zh", "zh"), ("I want to renew my passport", "zh", "en"), ("好的OK", "zh", "zh"), ("13800138000", "en", "en"),
        ("13800138000", "zh", "zh"), ("沪A12345", "en", "zh"), ("yes", "zh", "en"), ("OK", "zh", "zh"), ("VIP", "zh", "zh"),
        ("我想办 business license", "zh", "zh"), ("how do I apply for a 居住证", "zh", "en"),
    ],
)  # fmt: skip
def test_the_language_is_decided_by_each_utterance(text: str, before: str, language: str) -> None:
    assert language_of(text, before) == language  # type: ignore[arg-type]


def test_what_is_not_heard_well_is_said() -> None:
    assert language_note("zh") is None and language_note("en-US") is None and language_note(None) is None
    dialect, other = language_note("yue"), language_note("ja")
    assert dialect and other and "方言" in dialect and dialect != other
    with use_language(ENGLISH):
        assert "Mandarin" in (language_note("yue") or "")


def test_touch_is_offered_after_two_failures_at_one_question() -> None:
    phone, number = Asked("phone", key="phone"), Asked("id_number", key="id")
    once = Attempts().failed(phone)
    assert once.offer(phone) is None
    assert (offer := once.failed(phone).offer(phone)) and offer[0] == "touch"
    assert once.failed(number).offer(number) is None
    assert (offer := once.failed(number).failed(number).offer(number)) and offer[0] == "scan"
    assert once.failed(phone).succeeded().offer(phone) is None


@given(st.lists(st.sampled_from(["a", "b", "ok"])))
def test_an_offer_takes_failures_running_at_the_question_asked(events: list[str]) -> None:
    attempts, running, last = Attempts(), 0, ""
    for event in events:
        attempts = attempts.succeeded() if event == "ok" else attempts.failed(Asked("text", key=event))
        running = 0 if event == "ok" else running + 1 if event == last else 1
        last = event
        for key in "ab":
            assert (attempts.offer(Asked("text", key=key)) is not None) == (key == event and running >= MOST)


def test_hints_are_bounded_and_begin_with_the_question_s_own_words(guides: Catalogue) -> None:
    hints = Hints(guides)
    for asked in (
        Asked(),
        Asked("address", "新住所"),
        Asked("choice", "居住方式", ("租赁住房", "集体宿舍")),
        Asked("phone", "联系电话"),
    ):
        found = hints.of(asked)
        assert found and sum(map(len, found)) <= MOST_CHARACTERS and len(set(found)) == len(found)
    assert hints.of(Asked("choice", "居住方式", ("租赁住房", "集体宿舍")))[0] == "租赁住房"
    assert "浦东新区" in hints.of(Asked("address", "新住所"))
    assert len(hints.hotwords()) > 200 and "简体" in prompt(found)


def test_what_is_expected_tells_an_answer_that_fits_from_one_that_does_not(guides: Catalogue) -> None:
    hints = Hints(guides)
    number = hints.of(Asked("phone", "联系电话"), TODAY).taken
    assert number is not None and number("要三八,一二三四,五六七八") == (Taken("13812345678", 1.0),) and not number("要三八，一二三四") and not number("联系电话")
    kinds: list[tuple[FieldType, str]] = [("phone", "联系电话"), ("id_number", "身份证号"), ("text", "银行卡号"), ("uscc", "信用代码"), ("amount", "月租金"), ("address", "住址")]
    signs = [hints.of(Asked(kind, label), TODAY).signs for kind, label in kinds]
    assert signs == ["0123456789", "0123456789X", "0123456789", USCC_ALPHABET, "", ""]
    agreed = hints.of(Asked("yes_no", "现在开始吗？")).taken
    assert agreed is not None and agreed("是的。") and not agreed("是等。")
    assert hints.of(Asked("person_name", "姓名"), TODAY).taken is None
    held = ReadBack(Asked("phone", "联系电话"), "13812345678", TODAY)
    settled = hints.confirming(held).taken
    assert settled is not None
    assert [bool(settled(text)) for text in ("对", "不对", "最后两位是七七", "从头来", "嗯……", "谢谢观看")] == [True, True, True, True, False, False]
    assert settled("对") != settled("不对"), "one is no vote for the other"
    checked = hints.of(Asked("id_number", "身份证号"), TODAY).taken
    assert checked is not None and checked("320502199004151021") == (Taken("320502199004151021", 3.0),), "a check digit agrees by chance once in eleven"


def test_the_questions_own_words_are_an_answer_as_yes_and_no_are(guides: Catalogue) -> None:
    hints, asked = Hints(guides), 0
    for guide in guides.all():
        for field in guide.fields:
            if field.type != "yes_no":
                continue
            words = tuple(dict.fromkeys(word for option in field.offered for word in (option.label, *option.aliases)))
            taken = hints.of(Asked("yes_no", field.label, words, field.key)).taken
            assert taken is not None and all(taken(f"{word}。") for word in words), field.key
            asked += len(words) > 2
    assert asked > 10, "some have words of their own"


def test_the_kind_of_a_question_is_known_from_the_guides(guides: Catalogue) -> None:
    questions = Questions(guides.all())
    field = next(f for guide in guides.all() for f in guide.fields if f.type == "id_number")
    asked = questions.asked(Ask(field=field.key, label=field.label, kind="text"))
    assert (asked.kind, asked.label, asked.key) == ("id_number", field.label, field.key)
    assert questions.asked(None) == Asked()
    options = [Option(value="yes", label="开始办理"), Option(value="no", label="先不办")]
    started = questions.asked(Ask(field="start", label="现在开始吗？", kind="confirm", options=options))
    assert started.kind == "yes_no" and started.options == ("开始办理", "先不办")
