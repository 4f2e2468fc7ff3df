"""Checks over several answers: said once all is answered, mended by any of them, never in a package while broken."""

from __future__ import annotations

from typing import Any

from assistant.casework import interview
from assistant.casework.flow.summary import review_card
from knowledge.schema import Guide
from tests.unit.casework.flow.support import Conversation, World, small_guide
from tests.unit.casework.flow.test_flow import begun, said, take

SUM = {
    "must": {"field": "total", "sum_of": ["first", "second"]},
    "message": "加起来不等于总数。",
    "remedy": "改不对的那个。",
    "ask": "first",
}


def summed(**more: Any) -> Conversation:
    """A conversation about a guide of three amounts; everything up to the amounts is answered."""
    raw = small_guide().model_dump(by_alias=True, exclude_unset=True)
    asked = [("total", "总额"), ("first", "甲方出资"), ("second", "乙方出资")]
    raw["fields"] += [
        {"key": key, "label": label, "type": "amount", "question": f"{label}？", "why": "要写"} for key, label in asked
    ]
    guide = Guide.model_validate({**raw, "checks": [{**SUM, **more}]})
    conv = begun(World(guides={guide.code: guide}))
    for text in ("自有", "示例商贸有限公司", "13800138000", "跳过"):
        take(conv, text)
    return conv


def test_what_adds_up_goes_on() -> None:
    conv = summed()
    for text in ("100万", "60万", "40万"):
        talk = take(conv, text)
    assert conv.asking == "review" and "加起来" not in said(talk)


def test_what_does_not_add_up_is_said_with_the_numbers_and_asked_again() -> None:
    conv = summed()
    for text in ("100万", "60万", "30万"):
        talk = take(conv, text)
    assert conv.asking == "first" and talk.status == "collecting"
    assert conv.state.ask is not None and conv.state.ask.error is not None and conv.state.ask.value == 600000
    for words in ("加起来不等于总数", "总额 1000000元", "甲方出资 600000元", "乙方出资 300000元", "改不对的那个", "甲方出资？"):
        assert words in said(talk)
    take(conv, "60万")
    assert conv.asking == "first", "the same answer mends nothing"
    take(conv, "70万")
    assert conv.asking == "review"


def test_any_of_the_answers_may_be_mended_instead() -> None:
    conv = summed()
    for text in ("100万", "60万", "30万", "修改总额"):
        take(conv, text)
    assert conv.asking == "total"
    take(conv, "90万")
    assert conv.asking == "review"


def test_a_change_on_the_review_page_is_checked_again() -> None:
    conv = summed()
    for text in ("100万", "60万", "40万", "修改乙方出资", "50万"):
        take(conv, text)
    assert conv.asking == "first" and conv.case is not None and conv.case.package is None


def test_a_soft_check_is_pointed_out_and_stops_nothing() -> None:
    conv = summed(soft=True)
    for text in ("100万", "60万", "30万"):
        talk = take(conv, text)
    assert conv.asking == "review" and "加起来不等于总数" in said(talk)
    assert take(conv, "确认无误").status == "ready"


def test_a_check_waits_for_its_situation_and_for_all_answers() -> None:
    conv = summed(when={"field": "source", "is": "leased"})
    assert conv.case is not None
    guide = conv.world.guides["address"]
    take(conv, "100万")
    assert interview.broken_checks(guide, conv.case) == [] and "加起来" not in review_card(guide, conv.case).text
    for text in ("60万", "30万"):
        take(conv, text)
    assert conv.asking == "review"
