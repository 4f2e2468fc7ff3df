"""What the channels can show, and a turn made into words: nothing told on one is missing on the other, in as few messages as fit."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.api.models import OpenConversation
from channels.registry import CHANNELS
from channels.rendering import MOST_ROWS, SHOWS, Pick, Said, Told, cut, messages
from knowledge.replies import Action, Ask, AskColumn, Card, Choices, Citation, File, Notice, Option, Row, Text
from tests.architecture.source import ROOT

WECHAT = SHOWS["wechat"]
RENTED = [Option(value="rent", label="租赁"), Option(value="own", label="自有")]


def rendered(*turns: Said) -> list[Told]:
    return messages(WECHAT, turns, lambda path: f"https://bandao.example{path}?ticket=t")


def test_the_table_has_every_channel_of_the_api_and_no_other() -> None:
    channels = set(get_args(OpenConversation.model_fields["channel"].annotation))
    assert set(SHOWS) == channels
    served = {name for channel in CHANNELS for name in channel.serves}
    assert served <= channels and {"web", "kiosk", "wechat", "miniprogram"} <= served


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda channel: channel.name)
def test_a_channel_is_a_folder_and_a_page(channel: object) -> None:
    name, doc = channel.name, channel.doc  # type: ignore[attr-defined]
    assert (ROOT / "channels" / name).is_dir() and (ROOT / "docs" / doc).is_file()


def test_a_question_with_options_is_one_message_with_a_menu() -> None:
    ask = Ask(field="source", label="新地址的房子是租的还是自己的？", kind="choice", options=RENTED)
    told = rendered(Said([Text(text="好的。"), Text(text=ask.label)], ask))
    assert told == [Told("好的。\n\n新地址的房子是租的还是自己的？", (Pick("租赁", "rent", True), Pick("自有", "own", True)))]


def test_a_question_no_reply_has_said_is_said() -> None:
    ask = Ask(field="name", label="公司叫什么？", kind="text", example="示例公司", optional=True)
    (told,) = rendered(Said([Text(text="记下了。")], ask))
    assert "公司叫什么？" in told.text and "示例公司" in told.text and "跳过" in told.text and told.picks == ()


def test_while_a_value_is_asked_for_a_number_is_a_value() -> None:
    ask = Ask(field="days", label="要几天？", kind="number")
    card = Card(title="材料", text="", actions=[Action(label="上一步", message="上一步")])
    (told,) = rendered(Said([card, Text(text="要几天？")], ask))
    assert told.picks == () and "回复“上一步”" in told.text


def test_a_card_becomes_lines_and_a_file_a_link() -> None:
    card = Card(title="已填好", text="请核对。", rows=[Row(label="公司", value="示例公司"), Row(label="电话", value="138****8000")])
    file = File(name="材料包.zip", url="/api/v1/cases/BD1/package", media_type="application/zip", text="下载")
    (told,) = rendered(Said([card, file]))
    assert told.text.splitlines()[:4] == ["【已填好】", "请核对。", "公司：示例公司", "电话：138****8000"]
    assert "https://bandao.example/api/v1/cases/BD1/package?ticket=t" in told.text


def test_a_guides_long_list_is_left_to_its_page_and_an_answer_of_hers_never_is() -> None:
    rows = [Row(label=f"材料{n}", value="原件") for n in range(MOST_ROWS + 1)]
    (told,) = rendered(Said([Card(title="材料", text="", rows=rows, citations=[Citation(title="某法")])], more="https://bandao.example/guides/x"))
    assert "材料8" not in told.text and "https://bandao.example/guides/x" in told.text
    (told,) = rendered(Said([Card(title="请核对", text="", rows=rows)], more="https://bandao.example/guides/x"))
    assert "材料8" in told.text


def test_what_nobody_checked_is_marked() -> None:
    (told,) = rendered(Said([Text(text="三天。", citations=[Citation(title="某法", article="第二条", verified=False)])]))
    assert told.text == "三天。\n\n依据：某法第二条（未经核对）"


def test_several_turns_and_words_beside_them_are_one_message_with_the_last_list() -> None:
    choices = Choices(text="您想问什么？", options=[Option(value="社保", label="社保")])
    told = rendered(Said([choices]), Said([Notice(level="warning", text="网络慢")]), Said([Text(text="3号坐席：您好")]))
    assert len(told) == 1 and told[0].picks == () and told[0].text.startswith("您想问什么？\n\n· 社保\n\n请注意：网络慢") is False
    assert "网络慢" in told[0].text and told[0].text.endswith("3号坐席：您好")


def test_a_table_and_several_choices_say_how_they_are_answered() -> None:
    (told,) = rendered(Said([], Ask(field="t", label="有哪些人？", kind="text", columns=[AskColumn(field="n", label="姓名", kind="text")])))
    assert "一行写一条" in told.text and "姓名" in told.text
    (told,) = rendered(Said([], Ask(field="m", label="要哪些？", kind="multi", options=RENTED)))
    assert "1. 租赁\n2. 自有" in told.text and told.picks == ()


def test_what_cannot_be_done_here_is_a_link_to_the_page_and_made_only_then() -> None:
    made: list[str] = []

    def onward() -> str:
        made.append("https://bandao.example/#go=t")
        return made[-1]

    columns = [AskColumn(field="n", label="姓名", kind="text")]
    for ask, word in ((Ask(field="t", label="有哪些人？", kind="text", columns=columns), "网页上"), (Ask(field="submit", label="现在提交吗？", kind="confirm"), "手写签名")):
        told = rendered(Said([], ask, onward=onward))[0]
        assert word in told.text and "/#go=t" in told.text
    assert len(made) == 2
    rendered(Said([], Ask(field="a", label="在哪里？", kind="text"), onward=onward))
    assert len(made) == 2, "a way in is not given without need"


def test_many_actions_are_one_line_and_none_is_left_out() -> None:
    actions = [Action(label="修改", message=f"修改第{n}项") for n in range(9)]
    (told,) = rendered(Said([Card(title="请核对", text="请逐项核对。", rows=[], actions=actions)], Ask(field="review", label="对吗？", kind="choice", options=RENTED)))
    assert all(action.message in told.text for action in actions) and told.text.count("可以回复") == 1


def test_more_options_than_a_menu_takes_are_numbered_lines() -> None:
    options = [Option(value=str(n), label=f"第{n}区") for n in range(1, 15)]
    (told,) = rendered(Said([], Ask(field="d", label="在哪个区？", kind="choice", options=options)))
    assert "14. 第14区" in told.text and len(told.picks) == 14


def test_a_menu_below_a_long_text_has_a_short_head() -> None:
    told = rendered(Said([Text(text="很长的话。" * 100)], Ask(field="s", label="选哪个？", kind="choice", options=RENTED)))
    assert len(told) == 2 and told[1].picks and len(told[1].text.encode()) <= WECHAT.longest_head


@given(st.lists(st.text(max_size=1500), max_size=6))
@settings(max_examples=60)
def test_no_message_is_longer_than_the_platform_takes_and_nothing_is_left_out(texts: list[str]) -> None:
    told = rendered(Said([Text(text=text) for text in texts]))
    assert all(0 < len(one.text.encode()) <= WECHAT.longest for one in told)
    everything = "".join("".join(one.text for one in told).split())
    assert all("".join(text.split()) in everything for text in texts)


@given(st.text(max_size=3000), st.integers(min_value=8, max_value=400))
@settings(max_examples=60)
def test_cutting_loses_nothing_but_blanks(text: str, most: int) -> None:
    pieces = cut(text, most)
    assert all(len(piece.encode()) <= most for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())
