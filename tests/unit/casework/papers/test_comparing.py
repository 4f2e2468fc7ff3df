from __future__ import annotations

import pytest

from assistant.casework.papers.comparing import same, side_by_side
from knowledge.schema import GuideField


def field(kind: str) -> GuideField:
    return GuideField.model_validate({"key": "x", "label": "某项", "type": kind, "question": "是什么？", "why": "要填表。"})


@pytest.mark.parametrize(
    ("kind", "one", "other", "equal"),
    [
        ("company_name", "上海示例（集团）有限公司", "上海示例(集团)有限公司", True),
        ("company_name", "上海示例甲有限公司", "上海示例乙有限公司", False),
        ("company_name", "上海日升有限公司", "上海曰升有限公司", True),
        ("person_name", "张三", "张 三", True),
        ("person_name", "张未", "张末", False),
        ("person_name", "阿卜杜拉·买买提", "阿卜杜拉买买提", True),
        ("uscc", "91310115ma1k3tl06a", "91310115MA1K3TL06A", True),
        ("uscc", "91310115MA1K3TL06A", "91310115MA1K3TLO6A", False),
        ("id_number", "11010519491231002x", "11010519491231002X", True),
        ("address", "上海市浦东新区示例路88号301室", "浦东新区示例路８８号 301", True),
        ("address", "上海市浦东新区示例路88号", "上海市浦东新区示例路89号", False),
        ("address", "上海市浦东新区示例路O8号", "上海市浦东新区示例路08号", True),
        ("date", "2026-01-01", "2026-01-07", False),
    ],
)
def test_the_same_as_people_mean_it(kind: str, one: str, other: str, equal: bool) -> None:
    assert same(field(kind), one, other) is equal


def test_what_differs_can_be_seen_and_nothing_more() -> None:
    one, other = side_by_side(field("id_number"), "310115199001011234", "310115199101011234")
    assert one != other and "19900101" not in one and len(one) == 18
    assert side_by_side(field("person_name"), "张三", "张四") == ("张三", "张四")
    assert side_by_side(field("address"), "示例路88号", "示例路89号") == ("示例路88号", "示例路89号")
