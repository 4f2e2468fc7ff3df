"""What people answer to a question of each kind: some hundreds of sentences, and what is to be read out of each.

``said/<kind>.tsv``: the sentence, what it must give, and, where that matters, what was asked (the words of the question, or the
name of one of the fields below). What it must give: a value as it is kept; ``!`` asked about again (``!code`` with that code);
``?value`` asked about, and taken when the citizen says yes or the same again; ``~value`` taken with a warning.
"""

from __future__ import annotations

import re
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from assistant.casework.fields.parse import parse
from assistant.casework.fields.result import Accepted, Parsed
from knowledge.schema import GuideField

TODAY = date(2026, 11, 10)  # a Tuesday
SAID = Path(__file__).with_name("said")


def _options(**labels: tuple[str, ...]) -> list[dict[str, Any]]:
    return [{"value": value, "label": label, "aliases": aliases} for value, (label, *aliases) in labels.items()]


OPTIONS = {
    "choice": _options(own=("自有", "自己的", "买的"), leased=("租赁", "租的", "租来的"), lent=("无偿使用", "借的", "借我用", "白用"), other=("其他",)),
    "choice two": _options(first=("新办", "第一次办"), again=("补办", "丢了")),
    "multi": _options(hot=("热食类食品制售", "热食", "热菜", "炒菜"), cold=("冷食类食品制售", "冷食", "凉菜"), raw=("生食类食品制售", "生食", "刺身"),
                      drinks=("自制饮品制售", "饮料", "奶茶", "咖啡"), cake=("糕点类食品制售", "糕点", "蛋糕", "面包")),
    "multi two": _options(main=("正本", "大的"), copy=("副本", "小的")),
    "multi nothing": _options(house=("一套自己住的房子", "一套房"), car=("汽车", "车", "有车"), none=("都没有", "没有")),
    "yes_no light": _options(yes=("是", "都是小货车", "都是轻卡", "都不超过", "面包车"), no=("否", "不是", "有大车", "大货车", "重卡", "超过了", "有重的")),
    "yes_no married": _options(yes=("已婚", "结婚了", "有配偶", "有老公", "有老婆"), no=("未婚、离异或者丧偶", "未婚", "单身", "没结婚", "离婚了", "离异")),
    "yes_no store": _options(yes=("是", "有", "有仓库", "有外仓", "另外租了仓库"), no=("否", "没有", "没有仓库", "没仓库", "没有外仓", "就在店里", "都放店里")),
}  # fmt: skip


def rows() -> list[tuple[str, str, str, str]]:
    """Kind, sentence, what it must give, what was asked."""
    found = []
    for path in sorted(SAID.glob("*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            sentence, wanted, *asked = line.split("\t")
            found.append((path.stem, sentence, wanted, asked[0] if asked else ""))
    return found


def asked_for(kind: str, asked: str) -> GuideField:
    options = OPTIONS.get(f"{kind} {asked}".strip(), [])
    plain = not asked or bool(options)
    label = asked if kind == "text" and asked else "所问的"
    return GuideField.model_validate(
        {"key": "f", "label": label, "type": kind, "question": "？" if plain else asked, "why": "x", "options": options}
    )


def as_noted(parsed: Parsed) -> str:
    """What reading gave, as the tables note it."""
    if isinstance(parsed, Accepted):
        value = ",".join(parsed.value) if isinstance(parsed.value, list) else str(parsed.value)
        value = parsed.display if re.search(r"[，（；]", parsed.display) else value  # printed as Chinese print has it
        return f"~{value}" if parsed.warning else value
    return f"?{parsed.insist.value}" if parsed.insist else f"!{parsed.code}"


@pytest.mark.parametrize(("kind", "sentence", "wanted", "asked"), rows())
def test_an_answer_is_read_rightly(kind: str, sentence: str, wanted: str, asked: str) -> None:
    read = as_noted(parse(asked_for(kind, asked), sentence, TODAY, {}))
    assert read == wanted or (wanted == "!" and read.startswith("!")), read


def test_every_kind_has_its_table() -> None:
    kinds = [kind for kind, *_ in rows()]
    assert all(kinds.count(kind) >= 30 for kind in set(kinds)) and len(set(kinds)) == 15


@pytest.mark.parametrize("kind", ["person_name", "amount", "multi", "yes_no", "date", "address"])
def test_a_long_story_is_no_answer_and_takes_no_time(kind: str) -> None:
    begun = time.thread_time()  # of the processor's time: what else the machine does is not ours
    for part in ("张三，", "1-", "一", "不是", "我叫", "，"):
        parse(asked_for(kind, "nothing" if kind == "multi" else ""), part * (5000 // len(part)), TODAY, {})
    assert time.thread_time() - begun < 1.0  # measured: 1 ms
