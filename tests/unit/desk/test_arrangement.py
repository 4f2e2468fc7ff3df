"""The desk's file: what it means, and every fault with its line and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.desk.arrangement import BadArrangement, arrangement

SOUND = """
capacity: 3
priorities: [complaint]
groups:
  english:
    name: 英语
    languages: [en]
    hours: 24h
  pudong-food:
    name: 浦东食品
    districts: ["310115"]
    items: [food-permit-new]
    assign: push
    limits: {first_answer: 30, warn: 0.5}
  general:
    name: 综合
"""


def read(tmp_path: Path, text: str) -> list[str]:
    """What is wrong with it."""
    path = tmp_path / "desk.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadArrangement) as caught:
        arrangement(path, "09:00-17:00", {"food-permit-new"})
    assert all(fault.why and fault.remedy for fault in caught.value.faults)
    return [f"{fault.line} {fault.why}" for fault in caught.value.faults]


def test_the_first_group_that_takes_a_conversation_gets_it(tmp_path: Path) -> None:
    path = tmp_path / "desk.yaml"
    path.write_text(SOUND, encoding="utf-8")
    found = arrangement(path, "09:00-17:00", {"food-permit-new"})
    assert found.group_for("food-permit-new", "310115", "zh-CN") == "pudong-food"
    assert found.group_for("food-permit-new", "310115", "en") == "english"
    assert found.group_for("food-permit-new", "310101", "zh-CN") == found.group_for(None, "310115", "zh-CN") == "general"
    assert (found.group("english").hours, found.group("general").hours) == ("24h", "09:00-17:00")
    assert (found.group("pudong-food").limits.first_answer, found.group("general").limits.first_answer) == (30, 60)
    assert found.priority("complaint") < found.priority("danger") == found.priority("to_human")
    assert (found.known("closed-last-year"), found.group("closed-last-year").name) == ("general", "综合")


def test_without_a_file_there_is_one_group(tmp_path: Path) -> None:
    found = arrangement(None, "24h")
    assert found.group_for("anything", None, "en") == "general"
    assert found.priority("danger") < found.priority("complaint") < found.priority("callback", "promised") < found.priority("to_human")


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("groups: {}\n", ["1 技能组 groups 的位置不对"]),
        ("groups:\n  a:\n    name: 甲\n  b:\n    name: 乙\n", ["2 技能组 a 的位置不对"]),
        ("groups:\n  a:\n    name: 甲\n    languages: [en]\n", ["2 技能组 a 的位置不对"]),
        ("groups:\n  a:\n    name: 甲\n    hour: 24h\n", ["4 没有 groups.a.hour"]),
        ("groups:\n  a:\n    name: 甲\n    hours: 9-17\n", ["4 groups.a.hours 的值不对"]),
        ("groups:\n  a:\n    assign: push\n", ["2 缺少 groups.a.name"]),
        ("groups:\n  a:\n    name: 甲\n    limits: {first_answer: -1}\n", ["4 groups.a.limits.first_answer 的值不对"]),
        ("priorities: [hurry]\ngroups:\n  a:\n    name: 甲\n", ["1 没有转人工的原因 hurry"]),
        ("groups:\n  a:\n    name: 甲\n    items: [no-such]\n  b:\n    name: 乙\n", ["4 没有事项 no-such"]),
        ("groups: [\n", ["2 不是正确的 YAML"]),
    ],
)
def test_what_is_wrong_is_said_where_it_is(tmp_path: Path, text: str, faults: list[str]) -> None:
    found = read(tmp_path, text)
    assert len(found) == len(faults)
    assert all(one.startswith(fault) for one, fault in zip(found, faults, strict=True)), found


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadArrangement, match="读不了"):
        arrangement(tmp_path / "none.yaml", "24h")
