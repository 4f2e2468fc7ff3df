"""Rows of persons named by what they are to somebody, shares in per cent, and rows taken over from an earlier case."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from assistant.casework.fields.table_rows import broken_rules, kept_rows, read_rows
from knowledge.schema import GuideField
from knowledge.tables import TableRule
from tests.unit.casework.fields.tables import TODAY

HOUSEHOLD = GuideField.model_validate(
    {
        "key": "family", "label": "家里其他人", "type": "table", "question": "还有谁？", "why": "要写",
        "rows": {"least": 1, "most": 3, "called": "家里人", "counter": "位"},
        "columns": [
            {"key": "name", "label": "姓名", "type": "person_name"},
            {"key": "relation", "label": "关系", "type": "choice", "options": [
                {"value": "spouse", "label": "配偶", "aliases": ["妻子", "老婆", "丈夫"]},
                {"value": "child", "label": "子女", "aliases": ["儿子", "女儿"]},
                {"value": "parent", "label": "父母", "aliases": ["妈", "妈妈"]}]},
            {"key": "id", "label": "身份证号码", "type": "id_number", "optional": True},
        ],
        "table_rules": [
            {"kind": "distinct", "column": "id", "message": "身份证号码不能一样。"},
            {"kind": "differs", "column": "id", "field": "applicant_id", "message": "这是申请人自己的号码。"},
        ],
    }
)  # fmt: skip
VOTERS = GuideField.model_validate(
    {
        "key": "voters", "label": "股东", "type": "table", "question": "都有谁？", "why": "要签字", "rows": {"called": "股东"},
        "columns": [
            {"key": "name", "label": "姓名（名称）", "type": "text"},
            {"key": "share", "label": "表决权比例", "type": "percent", "optional": True},
        ],
    }
)  # fmt: skip


def rows(table: GuideField, text: str) -> list[list[Any]]:
    read = read_rows(table, text, {}, TODAY)
    assert not read.problems and not read.left, text
    return [[row.get(column.key) for column in table.columns] for row in read.rows]


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("妻子李四和儿子王小样", [["李四", "spouse", None], ["王小样", "child", None]]),
        ("李四是我老婆，王小样是我女儿", [["李四", "spouse", None], ["王小样", "child", None]]),
        ("两个人：妻子李四、儿子王小样", [["李四", "spouse", None], ["王小样", "child", None]]),
        ("李四 妻子 440106199801020017，王小样 儿子", [["李四", "spouse", "440106199801020017"], ["王小样", "child", None]]),
        ("我妈周九", [["周九", "parent", None]]),
        ("儿子张和平", [["张和平", "child", None]]),
        ("阿卜杜拉·买买提是丈夫", [["阿卜杜拉·买买提", "spouse", None]]),
        ("女儿王小样，身份证号440106199801020017", [["王小样", "child", "440106199801020017"]]),
    ],
)
def test_persons_are_named_by_what_they_are(said: str, wanted: list[list[Any]]) -> None:
    assert rows(HOUSEHOLD, said) == wanted


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("张三 60%，李四 40%", [["张三", "60%"], ["李四", "40%"]]),
        ("张三占33.5%、上海示例投资有限公司66.5%", [["张三", "33.5%"], ["上海示例投资有限公司", "66.5%"]]),
        ("张三、李四", [["张三", None], ["李四", None]]),
        ("姓名（名称）\t表决权比例\n张三\t百分之六十", [["张三", "60%"]]),
    ],
)
def test_shares_stand_beside_their_holders(said: str, wanted: list[list[Any]]) -> None:
    assert rows(VOTERS, said) == wanted


@pytest.mark.parametrize("share", ["140%", "0%", "很多"])
def test_a_share_is_more_than_none_and_at_most_all(share: str) -> None:
    read = read_rows(VOTERS, f"姓名（名称）\t表决权比例\n张三\t{share}", {}, TODAY)
    assert [problem.code for problem in read.problems] == ["percent"]


def test_rows_of_an_earlier_case_are_taken_over_as_they_were() -> None:
    held = [{"name": "李四", "relation": "spouse", "id": "440106199801020017"}, {"name": "王小样", "relation": "child"}]
    taken = kept_rows(HOUSEHOLD, held, {}, TODAY)
    assert taken is not None and taken.value == held


@pytest.mark.parametrize(
    "held",
    [
        "李四、王五", [], ["李四"],
        [{"name": "李四"}],  # what she is is lacking
        [{"name": "李四", "relation": "spouse", "age": 3}],  # a column this table has not
        [{"name": "李四", "relation": "spouse", "id": "440106199801020018"}],
        [{"name": f"李{sign}", "relation": "child"} for sign in "一二三四"],  # more than may be
        [{"name": n, "relation": "child", "id": "440106199801020017"} for n in ("李四", "李五")],
    ],
)  # fmt: skip
def test_rows_this_table_would_not_take_are_left(held: Any) -> None:
    assert kept_rows(HOUSEHOLD, held, {}, TODAY) is None


def test_a_cell_that_must_differ_from_another_answer_is_said_with_its_row() -> None:
    rows = [{"name": "李四", "relation": "spouse"}, {"name": "张三", "relation": "child", "id": "11010519491231002X"}]
    assert broken_rules(HOUSEHOLD, rows, {"applicant_id": "440106199801020017"}) == []
    assert broken_rules(HOUSEHOLD, rows, {}) == []
    found = broken_rules(HOUSEHOLD, rows, {"applicant_id": "11010519491231002X"})
    assert [(one.row, one.said) for one in found] == [(1, "第2位家里人（张三）：这是申请人自己的号码。")]


@pytest.mark.parametrize("rule", [{}, {"field": "a", "value": 3}])
def test_what_it_must_differ_from_is_a_field(rule: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="differs takes a field"):
        TableRule.model_validate({"kind": "differs", "column": "id", "message": "?", **rule})
