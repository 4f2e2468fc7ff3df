"""A draft goes on in another conversation, on another channel and in another language, by its number and its proof in words."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from benchmarks.citizens.answers import sample_pdf
from benchmarks.citizens.citizen import Citizen
from benchmarks.stack import Stack

ROAD = ["租的", "没丢，还在", "两个股东", "我就是法人", "91310115MA1K3TL06A", "上海示例商贸有限公司", "张三", "11010519491231002X", "13800138000",
        "等下再说", "浦东新区样板路8号3楼301室", "上海样板置业有限公司", "昨天", "第三条", "上海市浦东新区示例路100号2幢301室"]  # fmt: skip


@pytest.fixture
def paused(server: Stack) -> Iterator[tuple[str, str]]:
    """The number of a case paused with an upload in it, and its resume code."""
    citizen = Citizen(server.base_url)
    citizen.say("我们公司搬家了，执照上的地址要改")
    for text in ROAD:
        if citizen.asking == "consent":
            citizen.choose("no")
        citizen.say(text)
    assert citizen.asking is not None and citizen.asking.startswith("material:"), citizen.asking
    material = citizen.turn["ask"]["material"]
    upload = citizen.upload(sample_pdf(), "租赁合同.pdf", material, "application/pdf")
    assert upload.status_code == 201, upload.text
    citizen.attach(upload.json()["upload_id"])
    citizen.say("修改法定代表人移动电话")
    citizen.say("先暂停，我过两天再办")
    code = re.search(r"恢复码：([0-9A-Z]{6})", citizen.texts())
    assert code is not None, citizen.texts()
    yield citizen.case_no, code[1]


def test_by_number_and_proof_in_words(server: Stack, paused: tuple[str, str]) -> None:
    case_no, code = paused
    other = Citizen(server.base_url, channel="kiosk", locale="en")
    turn = other.say(f"I want to continue {case_no}")
    assert turn["status"] == "clarify" and turn["case"] is None
    turn = other.say(f"continue {case_no}, 002X, code {code}")
    assert turn["case"] is not None and turn["case"]["case_no"] == case_no and turn["understanding"]["intent"] == "resume"
    assert turn["case"]["missing"] == [] and turn["ask"] is not None
    assert any(material["status"] == "uploaded" for material in turn["case"]["materials"])
    again = Citizen(server.base_url)
    again.say(f"我要继续办 {case_no}，后四位002X，恢复码{code}")
    assert again.turn["case"] is None  # a code opens once
    assert other.get(f"/cases/{case_no}").status_code == 200 and again.get(f"/cases/{case_no}").status_code == 404


def test_five_wrong_tries_lock_it_in_words_as_by_the_api(server: Stack, paused: tuple[str, str]) -> None:
    case_no, code = paused
    other = Citizen(server.base_url)
    for _ in range(5):
        turn = other.say(f"我要继续办{case_no}，后四位002X，恢复码222222")
        assert turn["case"] is None and turn["status"] == "clarify" and "不对" in other.texts()
    other.say(f"我要继续办{case_no}，后四位002X，恢复码{code}")
    assert other.turn["case"] is None and "已锁" in other.texts()
    answer = other.http.post(f"/api/v1/cases/{case_no}/resume", json={"proof": f"002X{code}"}, headers=other.headers)
    assert answer.status_code == 423
