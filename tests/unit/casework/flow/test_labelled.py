"""A form pasted into the talk, or sent by a form card: every label of every guide, in any order, on lines of their own or not."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.casework import interview
from assistant.casework.fields import labelled
from assistant.casework.fields.parse import field_options, parse
from assistant.casework.fields.result import Accepted
from assistant.casework.flow import answering, choosing
from assistant.foundation.messages import render
from knowledge.catalogue import Catalogue
from knowledge.schema import Guide, GuideField
from tests.unit.casework.flow.support import NOW, Conversation, World

CATALOGUE = Catalogue.load(Path("knowledge/guides"))
GUIDES = sorted(code for code, guide in CATALOGUE.guides.items() if not guide.outline)
TODAY: date = NOW.date()
SEPARATORS = ["\n", "；", "\n\n", " ", "，", "; "]


def begun(code: str, text: str = "我要办") -> Conversation:
    conv = Conversation(world=World(guides=dict(CATALOGUE.guides)))
    talk = conv.talk(text, intent="apply")
    choosing.begin(talk, conv.world.guides[code])
    conv.done(talk)
    return conv


def written(field: GuideField) -> str:
    """What somebody writes behind the label: the guide's example if it stands alone, or the first choice."""
    if field.type in ("choice", "yes_no"):
        return field_options(field)[0].label
    if field.type == "multi":
        return "、".join(option.label for option in field.offered[:2])
    return str(field.example)


def usable(field: GuideField) -> bool:
    return field.type != "table" and isinstance(parse(field, written(field), TODAY, {}), Accepted)


def say(conv: Conversation, text: str) -> Any:
    talk = conv.talk(text)
    answering.take(talk)
    return conv.done(talk)


@pytest.mark.parametrize("code", GUIDES)
def test_every_label_is_found_exactly_whatever_the_order(code: str) -> None:
    fields = [field for field in CATALOGUE.guides[code].fields if usable(field)]
    assert len(fields) >= 0.8 * len([f for f in CATALOGUE.guides[code].fields if f.type != "table"])
    for seed in range(4):
        order = random.Random(f"{code}{seed}").sample(fields, len(fields))
        separator = SEPARATORS[seed % 3]
        form = labelled.read(separator.join(f"{f.label}{'：' if seed % 2 else ': '}{written(f)}" for f in order), fields)
        assert form.lead == ""
        assert [({f.label for f in found}, text) for found, text in form.lines] == [({f.label}, written(f)) for f in order]


@pytest.mark.parametrize("code", GUIDES)
def test_a_whole_form_is_taken_whatever_the_order(code: str) -> None:
    guide = CATALOGUE.guides[code]
    fields = [field for field in guide.fields if usable(field)]
    held: list[dict[str, Any]] = []
    for seed in range(3):
        conv = begun(code)
        order = random.Random(f"{code}{seed}").sample(fields, len(fields))
        say(conv, SEPARATORS[seed].join(f"{f.label}：{written(f)}" for f in order))
        assert conv.case is not None
        _all_taken(guide, conv, fields)
        held.append(conv.case.values())
    assert all(values == held[0] for values in held)


def _all_taken(guide: Guide, conv: Conversation, fields: list[GuideField]) -> None:
    """Each value is answered, or laid aside because its question does not apply, or refused by a rule and asked again."""
    case = conv.case
    assert case is not None
    applying = {field.key for field in interview.applying_fields(guide, case)}
    for field in fields:
        same_label = [other for other in guide.fields if other.label == field.label]
        if field.key in applying:
            held = case.answers.get(field.key)
            if held is None:
                assert not isinstance(parse(field, written(field), TODAY, case.values()), Accepted), field.key
            elif not interview.follows(held):
                expected = parse(field, written(field), TODAY, {})
                assert isinstance(expected, Accepted) and held.value == expected.value, field.key
        elif len(same_label) == 1:
            assert field.key in case.fallen, field.key


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_some_lines_now_and_the_others_later_come_to_the_same(data: st.DataObject) -> None:
    code = data.draw(st.sampled_from(["company-address-change", "food-permit-new", "residence-permit", "restaurant-opening"]))
    guide = CATALOGUE.guides[code]
    fields = [field for field in guide.fields if usable(field)]
    whole, parts = begun(code), begun(code)
    order = data.draw(st.permutations(fields))
    cut = data.draw(st.integers(1, len(order) - 1))
    say(whole, "\n".join(f"{f.label}：{written(f)}" for f in order))
    for some in (order[:cut], order[cut:]):
        say(parts, "\n".join(f"{f.label}：{written(f)}" for f in some))
    assert whole.case is not None and parts.case is not None
    assert whole.case.values().keys() == parts.case.values().keys()


def test_a_form_with_a_slip_asks_for_that_line_only() -> None:
    conv = begun("company-address-change")
    talk = say(conv, "公司名称：上海示例商贸有限公司\n法定代表人移动电话：1380\n法定代表人姓名：张三\n章程中写住所的条款：无")
    assert conv.case is not None and conv.case.values()["legal_representative"] == "张三" and conv.case.answers["article_no"].skipped
    assert conv.asking == "phone" and talk.status == "rejected_answer"
    say(conv, "13800138000")
    assert conv.case.values()["phone"] == "13800138000" and conv.asking == "premises_source"


def test_a_form_sent_again_changes_what_is_different() -> None:
    conv = begun("company-address-change")
    say(conv, "公司名称：上海示例商贸有限公司\n法定代表人姓名：张三")
    talk = say(conv, "公司名称：上海示例商贸有限公司\n法定代表人姓名：李四")
    assert conv.case is not None and conv.case.values()["legal_representative"] == "李四"
    assert "已改好，法定代表人姓名" in "\n".join(reply.text for reply in talk.replies)


def test_a_line_that_stands_there_twice_is_asked() -> None:
    conv = begun("company-address-change")
    talk = say(conv, "法定代表人姓名：张三\n公司名称：上海示例商贸有限公司\n法定代表人姓名：李四")
    assert conv.asking == "legal_representative" and talk.status == "clarify" and conv.case is not None
    assert conv.case.values()["company_name"] == "上海示例商贸有限公司" and "legal_representative" not in conv.case.values()
    say(conv, "第二个")
    assert conv.case.values()["legal_representative"] == "李四"


def test_lines_in_the_first_sentence() -> None:
    conv = begun("company-address-change", "我要办公司住所变更，资料如下：\n公司名称：上海示例商贸有限公司\n法定代表人：张三 电话：13800138000\n新住所：浦东新区样板路8号3楼301室")
    assert conv.case is not None
    values = conv.case.values()
    assert values["company_name"] == "上海示例商贸有限公司" and values["legal_representative"] == "张三"
    assert values["phone"] == "13800138000" and "样板路" in values["new_address"]


@pytest.mark.parametrize("code", GUIDES)
def test_every_label_is_known_in_traditional_characters_and_what_stands_behind_it_stays(code: str) -> None:
    fields = CATALOGUE.guides[code].fields
    text = "\n".join(f"{render(field.label, 'zh-Hant')}：臺灣人{place}" for place, field in enumerate(fields))
    read = labelled.read(text, fields)
    assert [value for _, value in read.lines] == [f"臺灣人{place}" for place in range(len(fields))]
    assert all(field in found for field, (found, _) in zip(fields, read.lines, strict=True))
