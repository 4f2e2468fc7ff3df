"""A greeting before a request is left out of what the engine reads; a greeting alone stays one."""

from __future__ import annotations

import pytest

from assistant.engine.client import Entity, Parse
from assistant.engine.gateway import moved, words_only
from assistant.engine.greeting import without_greeting


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("你好，我要开一家餐馆", "我要开一家餐馆"), ("你好我要开一家餐馆", "我要开一家餐馆"), ("您好！请问护照怎么办", "请问护照怎么办"),
        ("喂，你好，社保卡丢了", "社保卡丢了"), ("你好，下午好，老师，我想补办身份证", "我想补办身份证"), ("妳好，我要辦居住證", "我要辦居住證"),
        ("/你好，我要开店", "我要开店"),
    ],
)  # fmt: skip
def test_the_request_is_read(said: str, read: str) -> None:
    assert words_only(said) == read


@pytest.mark.parametrize(
    "said",
    ["你好", "您好啊", "你好吗", "喂，你好，在吗", "你好，我是张三", "您好，我想咨询", "你好，我想问个事", "你好，有人吗", "你好啊，机器人", "大家好",
     "你好超市要变更地址", "我要开一家叫你好的店", "hello, I want to open a shop", "", "你好，"],
)  # fmt: skip
def test_a_greeting_alone_and_a_name_that_begins_like_one_stay(said: str) -> None:
    assert without_greeting(said) == said


def test_values_are_where_they_stand_in_what_was_said() -> None:
    said = "你好，我要办83平米的餐馆"
    given = words_only(said)
    start = given.index("83")
    parse = moved(Parse(intent="apply", confidence=1.0, entities=[Entity(entity="area", value="83", start=start, end=start + 2)]), said, given)
    [entity] = parse.entities
    assert said[entity.start : entity.end] == "83"
