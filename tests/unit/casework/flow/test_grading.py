"""A rating in words, where one is open; a time of day is never one; leaving a queue she is not in."""

from __future__ import annotations

from typing import Any, cast

import pytest

from actions.service import Complaint
from assistant.casework.flow import acts, answering, rating
from assistant.casework.flow.grading import grade_in, is_time_of_day
from assistant.casework.ratings.model import BAD, Said
from assistant.foundation.messages import ENGLISH, use_language
from tests.unit.casework.flow.support import Conversation, World


@pytest.mark.parametrize(("text", "grade"), [
    ("五星", "very_satisfied"), ("5星好评", "very_satisfied"), ("打5分", "very_satisfied"), ("给你们四颗星吧", "satisfied"), ("三分", "fair"),
    ("满分！", "very_satisfied"), ("零分", "very_dissatisfied"), ("5 stars", "very_satisfied"), ("Five stars!", "very_satisfied"),
    ("I give it 4 stars", "satisfied"), ("2 out of 5", "dissatisfied"), ("5/5", "very_satisfied"), ("服务很好", "very_satisfied"),
    ("挺好的", "satisfied"), ("不太满意", "dissatisfied"), ("非常不满意", "very_dissatisfied"), ("还行吧", "fair"), ("it was great", "very_satisfied"),
    ("not good", "dissatisfied"), ("terrible", "very_dissatisfied"),
])  # fmt: skip
def test_words_of_a_rating_are_the_grade_they_mean(text: str, grade: str) -> None:
    conv = Conversation(World())
    rating.ask_grade(talk := conv.talk("我要评价"))
    conv.done(talk)
    assert conv.asking == "rating" and answering.plainly(conv.talk(text))
    answering.take(talk := conv.talk(text))
    conv.done(talk)
    assert [note.detail for note in talk.audit if note.action == "rating.given"] == [{"grade": grade}]
    assert talk.rating is not None and (talk.rating.subject, talk.rating.grade) == (talk.conversation_id, grade)
    assert conv.asking == ("rating_reasons" if grade in BAD else None)


@pytest.mark.parametrize(("answer", "reasons", "words"), [
    ("太慢", ("too_slow",), ""), ("太慢，让我多跑了", ("too_slow", "trouble"), "太慢，让我多跑了"), ("1", ("not_understood",), ""),
    ("等了一下午没人理我", ("other",), "等了一下午没人理我"),
])  # fmt: skip
def test_what_was_wrong_is_asked_once_and_taken_as_said(answer: str, reasons: tuple[str, ...], words: str) -> None:
    conv = Conversation(World())
    rating.ask_grade(talk := conv.talk("不满意"))
    conv.done(talk)
    assert talk.rating == Said(talk.conversation_id, "dissatisfied")
    answering.take(talk := conv.talk(answer))
    conv.done(talk)
    assert talk.rating == Said(talk.conversation_id, "dissatisfied", reasons, words)
    assert conv.asking is None


def test_what_sounds_like_a_complaint_is_the_reason_she_was_asked_for() -> None:
    conv = Conversation(World())
    rating.ask_grade(talk := conv.talk("不满意"))
    conv.done(talk)
    Complaint(cast(Any, None)).act(talk := conv.talk("等得太久，没人接电话"))
    conv.done(talk)
    assert talk.rating == Said(talk.conversation_id, "dissatisfied", ("other",), "等得太久，没人接电话")
    assert talk.wants_person is None and conv.asking is None


@pytest.mark.parametrize("answer", ["跳过", "不想说", "没有"])
def test_nobody_has_to_say_why(answer: str) -> None:
    conv = Conversation(World())
    rating.ask_grade(talk := conv.talk("我要评价"))
    conv.done(talk)
    answering.take(talk := conv.talk("非常不满意"))
    conv.done(talk)
    answering.take(talk := conv.talk(answer))
    conv.done(talk)
    assert talk.rating is None and conv.asking is None


@pytest.mark.parametrize("text", ["好的", "5", "ok", "五星级酒店", "4分钟", "25分", "差评", "上午9时25分", "谢谢", "我要打分"])
def test_other_words_are_no_rating(text: str) -> None:
    assert grade_in(text) is None


def test_a_bare_number_counts_the_options() -> None:
    conv = Conversation(World())
    rating.ask_grade(talk := conv.talk("我要评价"))
    conv.done(talk)
    answering.take(talk := conv.talk("5"))
    assert [note.detail["grade"] for note in talk.audit] == ["very_dissatisfied"]


@pytest.mark.parametrize("text", ["上午9时25分", "9点半", "凌晨三点二十分", "9:25", "下午4点一刻左右", "昨天晚上8点10分"])
def test_a_time_of_day_is_one(text: str) -> None:
    assert is_time_of_day(text) and grade_in(text) is None


@pytest.mark.parametrize("text", ["9号窗口", "25分", "5分", "九月", "打9分", "几点下班"])
def test_no_time_of_day(text: str) -> None:
    assert not is_time_of_day(text)


def test_a_time_of_day_answers_a_question_in_free_words() -> None:
    conv = Conversation(World())
    answering.choosing.begin(talk := conv.talk("示例变更登记"), conv.world.guides["address"])
    conv.done(talk)
    for text in ("自己的", "示例商贸有限公司", "13800138000"):
        answering.take(talk := conv.talk(text))
        conv.done(talk)
    assert conv.asking == "note"
    for text in ("上午9时25分", "9点半"):
        assert answering.plainly(conv.talk(text))


@pytest.mark.parametrize("text", ["不排队了", "取消排队", "我不想排队了", "不想等了，取消排队", "leave the queue", "I don't want to wait any more", "Stop waiting."])
def test_leaving_a_queue_she_is_not_in_leaves_the_case_alone(text: str) -> None:
    conv = Conversation(World())
    answering.choosing.begin(talk := conv.talk("示例变更登记"), conv.world.guides["address"])
    conv.done(talk)
    assert acts.leaves_queue(text)
    acts.perform(talk := conv.talk(text), "cancel")
    conv.done(talk)
    assert talk.status == "answered" and conv.asking == "source" and not conv.state.paused
    assert "没有在排队" in "".join(getattr(reply, "text", "") for reply in talk.replies)


def test_it_is_said_in_english() -> None:
    conv = Conversation(World())
    talk = conv.talk("leave the queue")
    with use_language(ENGLISH):
        acts.perform(talk, "cancel")
    assert "not in the queue" in talk.replies[0].model_dump()["text"]


@pytest.mark.parametrize("text", ["要排队吗", "不用排队吗", "排队要多久", "取消", "不办了", "cancel", "is there a queue"])
def test_other_words_do_not_leave_it(text: str) -> None:
    assert not acts.leaves_queue(text)
