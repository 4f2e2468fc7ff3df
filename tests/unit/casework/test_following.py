"""Answers that follow from others are put in, change with them, go with them, and are never asked for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from assistant.casework import interview
from assistant.casework.fields.parse import parse
from assistant.casework.fields.result import Accepted
from assistant.casework.flow.summary import review_card
from assistant.casework.model import Case, Source
from assistant.casework.package.values import form_context
from assistant.foundation.clock import SHANGHAI
from assistant.foundation.settings import ROOT
from knowledge.catalogue import Catalogue
from knowledge.schema import Guide, Rule

NOW = datetime(2026, 11, 10, 9, 0, tzinfo=SHANGHAI)
MANAGER = "food_safety_manager"


@pytest.fixture(scope="module")
def guide() -> Guide:
    """A food permit of a restaurant, whose owner sees to food safety where he files himself."""
    plain = Catalogue.load(ROOT / "knowledge" / "guides").for_region("310115").guides["food-permit-new"]
    himself = {"field": "filer", "is": "legal_representative"}
    return Guide.model_validate({
        **plain.model_dump(by_alias=True, exclude_unset=True),
        "settled": [
            {"field": "business_form", "value": "catering"},
            {"field": "food_items", "value": ["hot", "cold"]},
            {"field": MANAGER, "from": "legal_representative", "when": himself},
        ],
    })  # fmt: skip


@pytest.fixture
def case(guide: Guide) -> Case:
    case = Case(case_no="BD20261110EXAMPLE", guide_code=guide.code, guide_name=guide.name, guide_version=guide.version,
                created_at=NOW, updated_at=NOW)  # fmt: skip
    interview.follow(guide, case, NOW)
    return case


def say(guide: Guide, case: Case, **answers: str) -> list[str]:
    """Give answers; the labels of what fell away."""
    gone: list[str] = []
    for key, words in answers.items():
        field = guide.field(key)
        assert field is not None
        taken = parse(field, words, NOW.date(), case.values())
        assert isinstance(taken, Accepted)
        gone += [f.label for f in interview.record(guide, case, field, taken, Source(kind="said", turn=1), NOW)]
    return gone


def held(case: Case, key: str) -> Any:
    return case.answers[key].value if key in case.answers else None


def test_what_the_guide_itself_says_is_there_from_the_start(guide: Guide, case: Case) -> None:
    assert (held(case, "business_form"), case.answers["business_form"].display) == ("catering", "餐饮服务")
    assert case.answers["food_items"].display == "热食类食品制售、冷食类食品制售"
    assert case.asked == []
    wanted = interview.next_field(guide, case)
    assert wanted is not None
    assert wanted.key == "online"


def test_an_answer_is_another_questions_answer_too(guide: Guide, case: Case) -> None:
    say(guide, case, online="是", warehouse="否", filer="本人", uscc="92310115MA1TL88885", company_name="上海示例小吃店")
    assert MANAGER not in {field.key for field in interview.progress(guide, case).missing}, "it will follow"
    say(guide, case, legal_representative="张三", legal_representative_id="11010519491231002X", phone="13800138000")
    assert (held(case, MANAGER), case.answers[MANAGER].source.kind) == ("张三", "computed")
    say(guide, case, legal_representative="李四")
    assert held(case, MANAGER) == "李四"
    context = form_context(case, guide, NOW)
    assert (context[MANAGER], context["tick"].business_form.catering) == ("李四", "☑")
    edits = [action.label for action in review_card(guide, case).actions]
    assert not any("食品安全管理人员姓名" in edit or "主体业态" in edit for edit in edits), "nothing that follows is changed by itself"


def test_where_it_follows_no_more_it_is_asked(guide: Guide, case: Case) -> None:
    say(guide, case, filer="本人", legal_representative="张三")
    assert held(case, MANAGER) == "张三"
    assert say(guide, case, filer="代办") == []
    assert held(case, MANAGER) is None
    assert MANAGER in {field.key for field in interview.progress(guide, case).missing}
    say(guide, case, **{MANAGER: "王五"}, filer="本人")
    assert held(case, MANAGER) == "张三"


def test_what_hangs_on_a_settled_answer_goes_with_it(guide: Guide, case: Case) -> None:
    without = guide.model_copy(update={"settled": guide.settled[:1]})
    say(without, case, food_items="卤味")
    assert held(case, "food_items") == ["bulk_cooked"]
    interview.follow(guide, case, NOW)
    assert held(case, "food_items") == ["hot", "cold"]
    interview.refresh_materials(guide, case)
    assert "supplier_contract" not in case.materials


PUDONG, JINGAN, XUHUI = "上海市浦东新区示例路100号2幢301室", "上海市静安区样板路88号1幢501室", "上海市徐汇区样板路9号601室"


@pytest.fixture(scope="module")
def moving() -> Guide:
    """A firm that moves, as it is served in Pudong."""
    return Catalogue.load(ROOT / "knowledge" / "guides").for_region("310115").guides["company-address-change"]


@pytest.fixture
def move(moving: Guide) -> Case:
    case = Case(case_no="BD20261110MOVE", guide_code=moving.code, guide_name=moving.name, guide_version=moving.version,
                created_at=NOW, updated_at=NOW)  # fmt: skip
    interview.follow(moving, case, NOW)
    return case


def say_on(turn: int, guide: Guide, case: Case, key: str, words: str) -> None:
    field = guide.field(key)
    assert field is not None
    taken = parse(field, words, NOW.date(), case.values())
    assert isinstance(taken, Accepted)
    interview.record(guide, case, field, taken, Source(kind="said", turn=turn), NOW)


def test_what_two_answers_tell_is_put_in_and_not_asked(moving: Guide, move: Case) -> None:
    assert "cross_registry" not in {field.key for field in interview.progress(moving, move).missing}
    say_on(1, moving, move, "old_address", PUDONG)
    assert held(move, "cross_registry") is None
    say_on(2, moving, move, "new_address", JINGAN)
    answer = move.answers["cross_registry"]
    assert (answer.value, answer.display, answer.source.kind) == ("yes", "是", "computed")
    assert "修改是否跨登记机关" in {action.message for action in review_card(moving, move).actions}


def test_her_word_stands_until_an_answer_it_was_worked_out_from_changes(moving: Guide, move: Case) -> None:
    say_on(1, moving, move, "old_address", PUDONG)
    say_on(2, moving, move, "new_address", JINGAN)
    say_on(3, moving, move, "cross_registry", "没换区")
    say_on(4, moving, move, "premises_owner", "上海样板置业有限公司")
    assert (held(move, "cross_registry"), move.answers["cross_registry"].source.kind) == ("no", "said")
    say_on(5, moving, move, "new_address", XUHUI)
    assert (held(move, "cross_registry"), move.answers["cross_registry"].source.kind) == ("yes", "computed")
    interview.undo(moving, move, NOW)
    assert (held(move, "new_address"), held(move, "cross_registry")) == (JINGAN, "yes")


def test_an_address_that_tells_nothing_opens_the_question_again(moving: Guide, move: Case) -> None:
    say_on(1, moving, move, "old_address", PUDONG)
    say_on(2, moving, move, "new_address", JINGAN)
    say_on(3, moving, move, "new_address", "样板路88号1幢501室")
    assert held(move, "cross_registry") is None
    assert "cross_registry" in {field.key for field in interview.progress(moving, move).missing}


def test_what_would_break_a_rule_is_not_put_in_but_asked(moving: Guide, move: Case) -> None:
    field = moving.field("cross_registry")
    assert field is not None
    barred = field.model_copy(update={"rules": [Rule(kind="differs_from", value="yes", message="不行。")]})
    guide = moving.model_copy(update={"fields": [barred if f.key == field.key else f for f in moving.fields]})
    say_on(1, guide, move, "old_address", PUDONG)
    say_on(2, guide, move, "new_address", JINGAN)
    assert held(move, "cross_registry") is None
    assert "cross_registry" in {f.key for f in interview.progress(guide, move).missing}


def test_a_doubtful_outcome_says_so_in_the_review() -> None:
    guide = Catalogue.load(ROOT / "knowledge" / "guides").for_region("310115").guides["senior-card"]
    case = Case(case_no="BD20261110OLD", guide_code=guide.code, guide_name=guide.name, guide_version=guide.version,
                created_at=NOW, updated_at=NOW)  # fmt: skip
    say_on(1, guide, case, "id_number", "310101196303150017")
    assert held(case, "over_65") == "no"
    assert "津贴要满65周岁" in review_card(guide, case).text
