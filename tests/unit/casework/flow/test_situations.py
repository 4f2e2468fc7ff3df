"""The situation is asked first where an answer depends on it: once, never for a trifle, and what was told is kept."""

from __future__ import annotations

import pytest

from assistant.casework.flow import acts, answering, besides, choosing, situations
from assistant.casework.flow.talk import Supposed, Talk
from assistant.foundation.messages import ENGLISH, use_language
from knowledge.replies import Card, Choices, Notice
from tests.unit.casework.flow.support import Conversation, World
from tests.unit.knowledge.full_guides import FULL

PERMIT, WEDDING, PASSPORT = "residence-permit", "marriage", "passport"


def world() -> World:
    return World({code: FULL[code] for code in (PERMIT, WEDDING, PASSPORT, "restaurant-opening")})


def ask(conv: Conversation, code: str, text: str, intent: str = "ask_materials") -> Talk:
    talk = conv.talk(text, intent=intent)
    choosing.answer(talk, FULL[code], intent)
    return conv.done(talk)


def take(conv: Conversation, text: str = "", tapped: list[str] | None = None, intent: str = "provide") -> Talk:
    talk = conv.talk(text, tapped, intent)
    answering.take(talk)
    return conv.done(talk)


def told(talk: Talk) -> str:
    return "\n".join(getattr(reply, "text", "") for reply in talk.replies)


def test_the_question_is_asked_then_the_case_is_answered() -> None:
    conv = Conversation(world())
    first = ask(conv, WEDDING, "领结婚证要带什么")
    choices = first.replies[-1]
    assert conv.asking == situations.SITUATION and isinstance(choices, Choices) and len(first.replies) == 1
    assert [option.label for option in choices.options][-1] == "都看看，或者不确定" and first.status == "collecting"
    assert "先问一句" in choices.text
    second = take(conv, tapped=["mainland"] if "mainland" in {o.value for o in choices.options} else [choices.options[0].value])
    text = told(second)
    assert text.startswith("这是按您的情况说的（双方身份：都是内地居民）") and "外国人" not in text and "华侨" not in text
    assert conv.asking == "start" and second.status == "answered"
    card = next(reply for reply in second.replies if isinstance(reply, Card))
    assert "“双方身份”要是“一方是华侨”呢？" in [action.message for action in card.actions]


@pytest.mark.parametrize(("words", "label"), [("第二个", "租的房子"), ("租的", "租的房子"), ("我住单位宿舍", "单位宿舍")])
def test_it_is_answered_in_words_too(words: str, label: str) -> None:
    conv = Conversation(world())
    ask(conv, PERMIT, "办居住证要什么材料")
    talk = conv.talk(words)
    assert answering.plainly(talk)
    take(conv, words)
    assert conv.asking == situations.SITUATION and conv.state.deciding is not None and conv.state.deciding.asked == 2
    answer = take(conv, "不确定")
    assert f"住房来源：{label}" in told(answer) and conv.asking == "start"


def test_all_cases_are_shown_where_she_does_not_know() -> None:
    conv = Conversation(world())
    ask(conv, PERMIT, "办居住证要什么材料")
    answer = take(conv, tapped=["all"])
    assert "要看情况" in told(answer) and conv.asking == "start"
    assert ask(conv, PERMIT, "办居住证要什么材料").state.ask is not None and conv.asking == "start"


def test_what_was_told_is_kept_over_other_talk() -> None:
    conv = Conversation(world())
    ask(conv, WEDDING, "领结婚证要带什么")
    take(conv, "都是内地居民")
    ask(conv, PASSPORT, "护照多少钱", "ask_fee")
    again = ask(conv, WEDDING, "领结婚证要带什么")
    assert "双方身份：都是内地居民" in told(again) and conv.asking == "start"


def test_the_sentence_itself_may_tell() -> None:
    conv = Conversation(world())
    answer = ask(conv, WEDDING, "一方是外国人，领结婚证要带什么")
    assert "双方身份：一方是外国人" in told(answer) and conv.asking == "start"


def test_a_trifle_is_answered_at_once_with_its_condition() -> None:
    conv = Conversation(world())
    answer = ask(conv, PASSPORT, "办护照要什么材料")
    assert conv.asking == "start" and "的，还要：" in told(answer)


def test_a_supposition_is_answered_and_stays_out_of_the_case() -> None:
    conv = Conversation(world())
    ask(conv, WEDDING, "领结婚证要带什么")
    guide = FULL[WEDDING]
    field = guide.field("couple_kind")
    assert field is not None
    talk = conv.talk("那要是一方是华侨呢", intent="ask_materials")
    option = next(option for option in field.options if "华侨" in option.label)
    talk.supposed = Supposed(WEDDING, field, option, {field.key: option.value})
    choosing.question(talk, "ask_materials")
    conv.done(talk)
    assert told(talk).startswith("这是按您的情况说的（双方身份：一方是华侨）") and conv.asking == "start"
    begin = conv.talk("我要办", intent="apply")
    choosing.begin(begin, guide)
    conv.done(begin)
    assert conv.case is not None and field.key not in conv.case.answers


def test_what_was_answered_is_not_asked_again_in_the_case() -> None:
    conv = Conversation(world())
    ask(conv, WEDDING, "领结婚证要带什么")
    take(conv, "都是内地居民")
    begin = conv.talk("我要办", intent="apply")
    choosing.begin(begin, FULL[WEDDING])
    conv.done(begin)
    assert conv.case is not None and conv.case.answers["couple_kind"].display == "都是内地居民"
    assert any(isinstance(reply, Notice) and "刚才说过的不再问：双方身份：都是内地居民" in reply.text for reply in begin.replies)


def test_in_a_case_nothing_is_asked_out_of_turn() -> None:
    conv = Conversation(world())
    begin = conv.talk("我要办居住证", intent="apply")
    choosing.begin(begin, FULL[PERMIT])
    conv.done(begin)
    before = conv.asking
    answer = ask(conv, PERMIT, "要什么材料")
    assert conv.asking == before != situations.SITUATION and "要看情况" in told(answer)


def test_another_question_takes_the_place_of_the_pending_one() -> None:
    conv = Conversation(world())
    ask(conv, PERMIT, "办居住证要什么材料")
    assert ask(conv, PASSPORT, "护照多少钱", "ask_fee").status != "collecting"
    assert conv.asking == "start" and conv.state.context_guide == PASSPORT


def test_an_answer_that_fits_nothing_is_asked_again_and_can_be_left() -> None:
    conv = Conversation(world())
    ask(conv, PERMIT, "办居住证要什么材料")
    assert take(conv, "天上的云").status == "rejected_answer" and conv.asking == situations.SITUATION
    left = conv.talk("不办了", intent="cancel")
    acts.perform(left, "cancel")
    conv.done(left)
    assert conv.asking is None


def test_two_questions_at_most() -> None:
    conv = Conversation(world())
    ask(conv, "restaurant-opening", "开饭店要什么材料")
    asked = 0
    while conv.asking == situations.SITUATION:
        asked += 1
        take(conv, "2")
    assert 1 <= asked <= 2


def test_in_english() -> None:
    conv = Conversation(world())
    with use_language(ENGLISH):
        talk = conv.talk("What documents do I need to get married?", intent="ask_materials")
        talk.language = ENGLISH
        choosing.answer(talk, FULL[WEDDING], "ask_materials")
        conv.done(talk)
        assert isinstance(talk.replies[-1], Choices) and "One question first" in talk.replies[-1].text
        assert talk.replies[-1].options[-1].label == "Show all cases, or not sure"
        answer = take(conv, "not sure")
    assert "depend on your situation" in told(answer)


def test_a_second_request_is_answered_and_asks_nothing_back() -> None:
    conv = Conversation(world())
    talk = conv.talk("护照多少钱，还有领结婚证要带什么", intent="ask_fee")
    choosing.answer(talk, FULL[PASSPORT], "ask_fee")
    besides.serve(talk, "ask_materials", WEDDING, "领结婚证要带什么")
    conv.done(talk)
    assert conv.asking == "start" and "内地居民本人的证件原件" in told(talk) and not talk.more
