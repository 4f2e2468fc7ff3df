"""A place named with a question moves the answer there; places that are only told do not."""

from __future__ import annotations

import pytest

from assistant.casework.flow import choosing
from assistant.conversation.places import noticed
from knowledge.catalogue import Catalogue
from knowledge.schema import Guide
from tests.unit.casework.flow.support import Conversation, World
from tests.unit.knowledge.full_guides import CATALOGUE


class Everywhere(World):
    """Serves the real guides, region by region."""

    def catalogue_in(self, region: str | None) -> Catalogue:
        return CATALOGUE.for_region(region or "310115")

    def guide(self, code: str, region: str) -> Guide:
        return self.catalogue_in(region).guides[code]


@pytest.mark.parametrize(("text", "code"), [
    ("中山的异地就医备案要什么", "442000"), ("在广东省中山市办异地就医备案要什么", "442000"), ("我在深圳，办居住证要多久", "440300"), ("请问中山市怎么办新生儿出生一件事", "442000"),
    ("办居住证，广州要多久", "440100"), ("新生儿出生一件事在中山要多久", "442000"), ("北京能办护照吗", "110000"), ("从北京迁户口到上海要什么", None), ("我是河南户口，能在这里办身份证吗", None),
    ("去北京看病要备案吗", None), ("中山路上开店要什么", None), ("社保从深圳转到这里", None), ("异地就医备案要什么", None), ("北京的户口迁过来要多久", None),
])  # fmt: skip
def test_which_place_is_asked_about(text: str, code: str | None) -> None:
    talk = Conversation(Everywhere()).talk(text)
    assert noticed(talk) is None and talk.state.region == code


def test_only_a_place_asks_again_for_it() -> None:
    conv = Conversation(Everywhere())
    assert noticed(conv.talk("那中山呢")) is None and conv.state.region is None
    conv.state.context_guide, conv.state.last_question = "remote-medical", "ask_time_limit"
    talk = conv.talk("那中山呢？")
    assert noticed(talk) == "ask_time_limit" and talk.region == "442000" and talk.supposed is not None


def test_in_a_case_an_address_is_no_question() -> None:
    world = Everywhere()
    world.guides = CATALOGUE.for_region("310115").guides
    conv = Conversation(world)
    begin = conv.talk("我要办居住证", intent="apply")
    choosing.begin(begin, world.guides["residence-permit"])
    conv.done(begin)
    assert noticed(conv.talk("在中山办的")) is None and conv.state.region is None


@pytest.mark.parametrize(("code", "item", "told"), [
    ("442000", "newborn", "下面按广东省中山市的办法说"), ("110000", "newborn", "北京市自己的办法我这里没有"), ("310115", "newborn", "下面按上海市浦东新区的办法说"),
])  # fmt: skip
def test_what_is_known_of_the_place_is_said(code: str, item: str, told: str) -> None:
    conv = Conversation(Everywhere())
    talk = conv.talk("要多久", intent="ask_time_limit")
    talk.state.region = talk.region = code
    choosing.answer(talk, Everywhere().guide(item, code), "ask_time_limit")
    assert told in getattr(talk.replies[0], "text", "")
    assert ("5个工作日" in getattr(talk.replies[1], "text", "")) is (code == "442000")
