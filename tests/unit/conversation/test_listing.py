"""A list of items in one question is told from other lists, and each member is found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import pytest

from assistant.conversation import listing
from assistant.conversation.reading import requests_of
from knowledge.search import Decision, Hit
from tests.unit.casework.flow.support import World, small_guide
from tests.unit.conversation.test_hearing import Engine


class Shelf:
    """Finds items by the names they are called; 身份证 may be either of two."""

    CALLED: ClassVar = {"居住证": "permit", "食品证": "food", "护照": "passport", "公司注册": "founding", "公司注销": "closing"}

    def find(self, text: str) -> list[Hit]:
        found = [Hit(code, code, 0.95, [], 0.95, plain=True) for name, code in self.CALLED.items() if name in text]
        return found or ([Hit("renew", "", 0.3, []), Hit("reissue", "", 0.3, [])] if "身份证" in text or "注销" in text else [])

    def decide(self, hits: Sequence[Hit], *, expected: bool = True) -> Decision:
        return Decision("none" if not hits else "one" if len(hits) == 1 else "which", list(hits), {})


@pytest.mark.parametrize(("text", "names"), [
    ("居住证和食品证都要多少钱", ("居住证", "食品证")),
    ("公司注册和注销分别要多久", ("公司注册", "注销")),
    ("身份证和护照去哪办", ("身份证", "护照")),
    ("请问去哪里办身份证跟护照？", ("身份证", "护照")),
    ("居住证、护照和身份证分别要多少钱", ("居住证", "护照", "身份证")),
    ("我要办居住证和办护照", ("居住证", "护照")),
    ("How much do a residence permit and a passport cost?", ("residence permit", "passport")),
])  # fmt: skip
def test_the_members_of_a_list(text: str, names: tuple[str, ...]) -> None:
    found = listing.listed(listing.joined(text))
    assert found is not None and found.names == names


@pytest.mark.parametrize("text", [
    "居住证和护照有什么区别", "居住证和护照能一起办吗", "居住证要多少钱", "和平路的派出所在哪", "居住证和护照能不能一次办完",
    "上海市浦东新区示例路100号、102号",
])  # fmt: skip
def test_what_is_asked_of_the_members_together_is_no_list(text: str) -> None:
    found = listing.listed(text)
    assert found is None or listing.members(found, Shelf()) == []


def test_what_the_members_share_is_given_back_to_each() -> None:
    found = listing.listed("公司注册和注销分别要多久")
    assert found is not None
    assert [(m.item, m.text) for m in listing.members(found, Shelf())] == [
        ("founding", "公司注册分别要多久"), ("closing", "公司注销分别要多久"),
    ]  # fmt: skip


def test_the_clear_member_goes_first_and_the_other_is_asked_back() -> None:
    found = listing.listed("身份证和护照去哪办")
    assert found is not None
    clear, unclear = listing.members(found, Shelf())
    assert (clear.item, unclear.item, unclear.name, unclear.options) == ("passport", None, "身份证", ("renew", "reissue"))


@pytest.mark.parametrize("text", ["身份证和户口本都要多少钱", "居住证和居住证卡都要多少钱"])
def test_a_list_of_other_things_or_of_one_item_is_none(text: str) -> None:
    found = listing.listed(text)
    assert found is not None and listing.members(found, Shelf()) == []


async def test_one_question_about_two_items_is_two_requests() -> None:
    found = await requests_of(Engine(), World(), "示例变更登记和示例食品许可都要多少钱", None)
    assert [(request.intent, request.item) for request in found] == [("ask_fee", "address"), ("ask_fee", "food")]


async def test_a_further_question_is_asked_of_all_of_them() -> None:
    text = "示例变更登记和示例食品许可都要多少钱，几天"
    found = await requests_of(Engine(), World(), text, None)
    assert [(request.intent, request.item) for request in found] == [
        ("ask_fee", "address"), ("ask_fee", "food"), ("ask_time_limit", "address"), ("ask_time_limit", "food"),
    ]  # fmt: skip


async def test_the_story_before_a_list_may_be_what_it_is_about() -> None:
    world = World()
    world.guides["shop"] = small_guide("shop", "开示例店")
    text = "我家开示例店的，示例变更登记和示例食品许可都要多少钱"
    assert await requests_of(Engine(), world, text, None) == []
