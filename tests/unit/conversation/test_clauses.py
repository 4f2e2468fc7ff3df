"""A sentence is cut where somebody asks or wishes a second thing, and nowhere else."""

from __future__ import annotations

import pytest

from assistant.conversation.clauses import split


@pytest.mark.parametrize(("text", "clauses"), [
    ("办食品证要几天，收钱不", ["办食品证要几天", "收钱不"]),
    ("办食品证要几天收钱不", ["办食品证要几天", "收钱不"]),
    ("居住证在哪办？要带什么", ["居住证在哪办？", "要带什么"]),
    ("居住证在哪办 要带什么", ["居住证在哪办", "要带什么"]),
    ("居住证的材料和费用", ["居住证的材料", "费用"]),
    ("我要注销公司，顺便问下要不要登报", ["我要注销公司", "顺便问下要不要登报"]),
    ("公司地址要改，另外法人也换了", ["公司地址要改", "另外法人也换了"]),
    ("身份证丢了，还有驾驶证也丢了", ["身份证丢了", "还有驾驶证也丢了"]),
    ("我要办居住证，多少钱", ["我要办居住证", "多少钱"]),
    ("你好，请问办居住证要多少钱，几天能拿到？谢谢", ["你好，请问办居住证要多少钱", "几天能拿到？，谢谢"]),
    ("食品证多少钱？居住证在哪办？", ["食品证多少钱？", "居住证在哪办？"]),
    ("办护照去哪里，要预约不，几天拿到", ["办护照去哪里", "要预约不", "几天拿到"]),
    ("Where do I get a residence permit and what do I need to bring?",
     ["Where do I get a residence permit", "and what do I need to bring?"]),
])  # fmt: skip
def test_two_requests_are_two_clauses(text: str, clauses: list[str]) -> None:
    assert [clause.text for clause in split(text)] == clauses


@pytest.mark.parametrize("text", [
    "我们公司搬家了，执照地址怎么改", "我刚搬到上海，租的房子，怎么办居住证", "我要注销公司，怎么办", "身份证丢了，能补吗，怎么弄",
    "你好，请问办居住证要多少钱？谢谢", "想多经营一样药品零售，需要先通过什么审查吗", "房租每月3,500元，能提公积金吗", "还有多久能好",
    "地址是浦东新区示例路100号，2幢301室", "上海市浦东新区示例路100号，电话13800138000", "公司名称是“多少钱，在哪办”餐饮店", "多久能拿到钱",
    "有限公司，两个股东", "I moved to Shanghai, how do I get a residence permit?", "办食品证要几天？" * 40,
])  # fmt: skip
def test_a_story_an_answer_and_one_question_stay_whole(text: str) -> None:
    assert split(text) == []


def test_what_the_words_show() -> None:
    first, second = split("我要办居住证，多少钱")
    assert (first.kind, first.firm, second.kind, second.topic) == ("wishes", True, "asks", "ask_fee")
    first, second = split("公司地址要改，另外法人也换了")
    assert (second.kind, second.led) == ("adds", True)
    assert not split("营业执照想领一张，我这样行吗")[0].firm
