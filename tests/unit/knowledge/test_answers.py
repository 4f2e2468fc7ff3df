"""Answers say only what the guide holds, with its source, and say what is unverified or depends on something."""

from __future__ import annotations

from datetime import datetime

import pytest

from assistant.foundation.clock import SHANGHAI
from knowledge.answers import QUESTION_INTENTS, Answered, answer, overview
from knowledge.catalogue import Catalogue
from knowledge.faq import closest_faq, general
from knowledge.schema import Guide
from tests.unit.knowledge.full_guides import FULL
from tests.unit.knowledge.test_deciding import with_case

TUESDAY = datetime(2026, 9, 29, 10, 0, tzinfo=SHANGHAI)
"""Three days before the National Day holiday of 2026."""


def ask(guide: Guide, intent: str, question: str | None = None, **values: str) -> Answered:
    return answer(guide, intent, values, TUESDAY, question)


def test_materials_are_narrowed_by_what_is_known(sign_guide: Guide) -> None:
    asked = ask(sign_guide, "ask_materials", premises="leased", lit="no", sign_area="3", owner_present="no")
    lines = asked.text.splitlines()
    assert "要您准备的：效果图（可以先办后补，5个工作日内补交）（这一点尚未核实）、租赁合同（可以签承诺书代替）。" in lines
    assert "办到替您生成、您核对后签字盖章的：招牌设置申请表。" in lines
    assert "通过数据共享核对、不用您带的：营业执照。" in lines
    assert "同意书" not in asked.text and "结构图" not in asked.text and "取决于" not in asked.text
    assert [row.label for row in asked.cards[0].rows] == ["招牌设置申请表", "营业执照", "效果图", "租赁合同"]


def test_what_depends_on_an_open_situation_is_said_with_the_condition(sign_guide: Guide) -> None:
    text = ask(sign_guide, "ask_materials").text
    assert "还有一些材料要看情况，取决于：店铺来源、招牌发光、房东同意、招牌面积。" in text
    assert "店铺来源是“租赁”的，还要：租赁合同（可以签承诺书代替）。" in text
    assert "招牌面积大于10，或者招牌发光是“是”的，还要：结构图。" in text
    assert "房东" not in ask(sign_guide, "ask_materials", premises="own").text


def test_time_names_the_real_day_across_a_holiday(sign_guide: Guide) -> None:
    text = ask(sign_guide, "ask_time_limit").text
    # 2026-09-30 is the only working day before the holiday that lasts to 7 October; 10 October is a make-up Saturday.
    assert "今天（2026年9月29日）受理的，按承诺最晚2026年10月11日办结。" not in text
    assert "按承诺最晚2026年10月12日办结" in text
    assert "20个工作日" in text and "5个工作日" in text


def test_time_says_when_the_calendar_is_not_published_yet(sign_guide: Guide) -> None:
    far = answer(sign_guide, "ask_time_limit", {}, datetime(2040, 3, 1, tzinfo=SHANGHAI)).text
    assert "放假安排还没公布" in far
    assert "放假安排" not in ask(sign_guide, "ask_time_limit").text


@pytest.mark.parametrize(("now", "told"), [
    (datetime(2026, 9, 29, 16, 59, tzinfo=SHANGHAI), "今天（2026年9月29日）受理的，按承诺最晚2026年10月12日办结。"),
    (datetime(2026, 9, 29, 17, 0, tzinfo=SHANGHAI), "窗口已经下班，现在交的，算下一个工作日2026年9月30日收到。"),
    (datetime(2026, 9, 30, 18, 0, tzinfo=SHANGHAI), "2026年10月8日受理的，按承诺最晚2026年10月14日办结。"),
    (datetime(2026, 10, 3, 10, 0, tzinfo=SHANGHAI), "今天（2026年10月3日）不是工作日，现在交的，算下一个工作日2026年10月8日收到。"),
    (datetime(2026, 10, 10, 10, 0, tzinfo=SHANGHAI), "今天（2026年10月10日）受理的，按承诺最晚2026年10月16日办结。"),
    (datetime(2026, 2, 14, 9, 0, tzinfo=SHANGHAI), "今天（2026年2月14日）受理的，按承诺最晚2026年2月28日办结。"),
])  # fmt: skip
def test_time_counts_from_the_day_it_is_received(sign_guide: Guide, now: datetime, told: str) -> None:
    """Make-up workdays: Saturdays 10 October and 14, 28 February 2026; Spring Festival is off from 15 to 23 February."""
    assert told in answer(sign_guide, "ask_time_limit", {}, now).text


def test_on_the_spot_after_hours_is_the_next_working_day(sign_guide: Guide) -> None:
    limit = sign_guide.promised_limit
    assert limit is not None
    quick = sign_guide.model_copy(update={"promised_limit": limit.model_copy(update={"days": 0, "text": "当场办结。"})})
    text = answer(quick, "ask_time_limit", {}, datetime(2026, 10, 2, 10, 0, tzinfo=SHANGHAI)).text
    assert "材料齐全、2026年10月8日受理的，当天就能办好。" in text and "今天就能办好" not in text


def test_a_limit_for_the_asker_s_case_counts_in_place_of_the_general_one(sign_guide: Guide) -> None:
    cased = with_case(sign_guide)
    leased = ask(cased, "ask_time_limit", premises="leased")
    assert leased.text.startswith("这是按您的情况说的（店铺来源：租赁）。\n按承诺，租的店面，9个工作日。")
    assert leased.cards[0].actions[0].message == "“店铺来源”要是“自有”呢？"
    own = ask(cased, "ask_time_limit", premises="own").text
    assert "9个工作日" not in own and "5个工作日" in own
    both = ask(cased, "ask_time_limit").text
    assert "5个工作日" in both and "店铺来源是“租赁”的：租的店面，9个工作日。" in both


def test_on_the_spot_is_today(sign_guide: Guide) -> None:
    limit = sign_guide.promised_limit
    assert limit is not None
    quick = sign_guide.model_copy(update={"promised_limit": limit.model_copy(update={"days": 0, "text": "当场办结。"})})
    text = ask(quick, "ask_time_limit").text
    assert "按承诺，当场办结。\n照这个承诺，材料齐全、今天（2026年9月29日）受理的，今天就能办好。" in text


def test_unverified_facts_are_marked_and_alone_end_unverified(sign_guide: Guide) -> None:
    fee = ask(sign_guide, "ask_fee")
    assert fee.status == "unanswerable_unverified"
    assert "不收费（这一点尚未核实）。" in fee.text and "请以窗口答复为准" in fee.text
    assert [citation.verified for citation in fee.citations] == [False]
    conditions = ask(sign_guide, "ask_conditions")
    assert conditions.status == "answered"
    assert "第1条，店铺有营业执照。" in conditions.text
    assert "第2条，招牌不超过门面宽度（这一点尚未核实）。" in conditions.text
    process = ask(sign_guide, "ask_process")
    assert "尚未核实" not in process.text and process.text.count("步，") == 2 and "全程不用到现场。" in process.text


def test_place_is_read_in_full(sign_guide: Guide) -> None:
    asked = ask(sign_guide, "ask_location")
    assert "办理地点：示例政务服务中心；示例路1号2楼5号窗口；办理时间：工作日9点到17点；电话：12345。" in asked.text
    assert "办理地点：示例街道窗口（这一点尚未核实）。" in asked.text


@pytest.mark.parametrize("intent", [*QUESTION_INTENTS, "overview"])
def test_every_row_and_answer_has_its_source(sign_guide: Guide, intent: str) -> None:
    asked = ask(sign_guide, intent)
    assert asked.citations
    titles = {citation.title for citation in asked.citations}
    assert titles <= {"示例招牌条例", "示例网页"}
    card = asked.cards[0]
    assert card.citations == asked.citations and card.text and card.actions[0].message == "我要办示例招牌设置"
    assert all(row.source for row in card.rows)
    assert all(line.endswith(("。", "？", "！", "）")) for line in asked.text.splitlines())


def test_sources_carry_article_and_address(sign_guide: Guide) -> None:
    first = ask(sign_guide, "ask_conditions").citations[0]
    assert (first.title, first.article, first.url, first.verified) == ("示例招牌条例", "第一条", "https://example.com/law", True)
    assert ask(sign_guide, "ask_conditions").cards[0].rows[0].source == "《示例招牌条例》第一条"


def test_overview_says_it_all_in_short(sign_guide: Guide) -> None:
    said = overview(sign_guide, {"premises": "own"}, TUESDAY)
    for part in ("示例招牌设置：店门口要挂招牌的", "店铺有营业执照", "招牌设置申请表", "5个工作日", "不收费",
                 "示例政务服务中心", "准予设置决定书"):
        assert part in said.text
    assert "街道窗口" not in said.text
    assert "今天" not in overview(sign_guide, {}).text


def test_a_known_question_gets_its_own_answer_first(sign_guide: Guide) -> None:
    asked = ask(sign_guide, "ask_process", "我旧的招牌要不要先拆掉呀")
    assert asked.text == "要，拆了再装新的。"
    assert asked.cards[0].title == "示例招牌设置：办理流程"
    assert asked.citations[0].article == "第二条"
    assert len(asked.citations) == len({citation.model_dump_json() for citation in asked.citations})
    light = ask(sign_guide, "ask_conditions", "灯箱也算招牌吗")
    assert light.text.startswith("算，一样要办（这一点尚未核实）。") and light.status == "unanswerable_unverified"


@pytest.mark.parametrize("question", ["招牌设置怎么办", "示例招牌设置要什么材料", "招牌多少钱", "今天天气怎么样", "", "？？"])
def test_other_questions_are_no_faq(sign_guide: Guide, question: str) -> None:
    assert closest_faq(sign_guide, question) is None


@pytest.mark.parametrize("intent", ["ask_fee", "ask_materials", "overview"])
def test_an_outline_says_it_is_not_written_yet(fixture_catalogue: Catalogue, intent: str) -> None:
    outline = fixture_catalogue.guides["card-renewal"]
    asked = answer(outline, intent, {}, TUESDAY)
    assert asked.status == "unanswerable_unknown"
    assert "居民身份证换领" in asked.text and "12345" in asked.text
    assert not asked.citations and not asked.cards
    assert overview(outline, {}) == asked


@pytest.mark.parametrize("question", ["办护照要什么材料", "护照要多久", "护照在哪里办", "请问办护照要准备哪些东西"])
def test_a_question_every_guide_answers_is_no_faq(question: str) -> None:
    """骗取护照会怎么罚 shares its few characters with 办护照要什么材料, and is no answer to it."""
    guide = FULL["passport"]
    assert general(guide, question) and closest_faq(guide, question) is None
    assert not general(guide, "护照丢了怎么补")
