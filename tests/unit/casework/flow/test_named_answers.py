"""Answers said under the names of their questions, however much they sound like corrections of others."""

from __future__ import annotations

import pytest

from assistant.casework.fields import extract
from assistant.casework.flow import answering, choosing
from knowledge.schema import Guide, GuideField
from tests.unit.casework.flow.support import NOW, Conversation, World, small_guide

NAMED = [
    {"key": "id_number", "label": "身份证号码", "type": "id_number", "question": "身份证号？", "why": "要核对"},
    {"key": "agent_name", "label": "代办人姓名", "type": "person_name", "question": "代办人叫什么？", "why": "要核对", "names": ["代办人"]},
    {"key": "agent_id", "label": "代办人身份证号码", "type": "id_number", "question": "代办人的身份证号？", "why": "要核对", "names": ["代办人身份证"]},
    {"key": "agent_phone", "label": "代办人电话", "type": "phone", "question": "代办人的手机？", "why": "要联系"},
]  # fmt: skip
HERS, AGENTS = "320502199004151021", "440106199801020017"


def guide() -> Guide:
    kept = small_guide()
    return kept.model_copy(update={"fields": [*kept.fields[:-1], *map(GuideField.model_validate, NAMED)]})


@pytest.fixture
def conv() -> Conversation:
    """Everything before the agent is known."""
    conv = Conversation(World({"address": guide()}))
    talk = conv.talk("我要办示例变更登记", intent="apply")
    choosing.apply(talk)
    conv.done(talk)
    for text in ("自己的", "示例商贸有限公司", "13800138000", HERS):
        talk = conv.talk(text)
        answering.take(talk)
        conv.done(talk)
    assert conv.asking == "agent_name"
    return conv


def values(conv: Conversation) -> dict[str, object]:
    assert conv.case is not None
    return conv.case.values()


@pytest.mark.parametrize("text", [
    f"代办人姓名是赵六，代办人身份证号码是{AGENTS}，代办人电话是13900139000",
    f"代办人姓名是赵六；代办人身份证号码：{AGENTS}；代办人电话：139 0013 9000",
    f"代办人电话为13900139000，代办人是赵六，代办人身份证是{AGENTS}。",
])  # fmt: skip
def test_they_are_answers_and_correct_nothing(conv: Conversation, text: str) -> None:
    """The engine may well hear a correction in 身份证号码是…; it is not asked."""
    talk = conv.talk(text)
    assert answering.plainly(talk)
    answering.take(talk)
    conv.done(talk)
    assert values(conv) | {"agent_name": "赵六", "agent_id": AGENTS, "agent_phone": "13900139000", "id_number": HERS} == values(
        conv
    )


def test_one_of_another_question_leaves_the_asked_one_open(conv: Conversation) -> None:
    talk = conv.talk("代办人电话是13900139000")
    assert answering.plainly(talk)
    answering.take(talk)
    conv.done(talk)
    assert values(conv)["agent_phone"] == "13900139000" and conv.asking == "agent_name"


@pytest.mark.parametrize("text", [
    "刚才身份证号码错了，身份证号码是110105199003070017", "身份证号码要带什么材料", "联系电话是13900139000", "代办人不来了", "代办人是谁？",
    "代办人姓名是赵六，我想问下要多久",
])  # fmt: skip
def test_corrections_questions_and_stories_are_for_the_engine(conv: Conversation, text: str) -> None:
    assert not answering.plainly(conv.talk(text))


def test_a_clause_that_names_nothing_makes_the_whole_no_form() -> None:
    fields = [GuideField.model_validate(one) for one in NAMED]
    today = NOW.date()
    assert [f.key for f in extract.labelled("代办人姓名是赵六，代办人电话是13900139000", fields, today)] == [
        "agent_name",
        "agent_phone",
    ]
    assert extract.labelled("代办人姓名是赵六，明天来", fields, today) == []
    assert extract.labelled("代办人电话是123", fields, today) == []  # not the one asked for: no answer to anything
    assert [f.key for f in extract.labelled("身份证号码是123", fields, today)] == ["id_number"]  # told what is wrong with it


def test_a_clause_with_another_name_is_no_part_of_a_form_s_line(conv: Conversation) -> None:
    talk = conv.talk(f"代办人姓名：赵六，代办人电话是13900139000\n代办人身份证号码：{AGENTS}")
    answering.take(talk)
    conv.done(talk)
    assert values(conv) | {"agent_name": "赵六", "agent_id": AGENTS, "agent_phone": "13900139000", "id_number": HERS} == values(
        conv
    )
