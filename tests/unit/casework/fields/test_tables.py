"""Rows read out of what people write, paste and upload."""

from __future__ import annotations

import io
import zipfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.casework.fields.parse import parse
from assistant.casework.fields.result import Accepted, Rejected
from assistant.casework.fields.table_cells import printed_table, table_text
from assistant.casework.fields.table_read_sheet import MOST_ROWS, SheetProblem, read_sheet
from assistant.casework.fields.table_rows import broken_rules, merged, read_rows
from assistant.casework.fields.table_sheet import sheet_of
from assistant.casework.fields.table_words import command
from tests.unit.casework.fields.tables import SHAREHOLDERS, TODAY, id_number

KEYS = ("name", "id", "amount")
SAID = yaml.safe_load(Path(__file__).with_name("tables_said.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", SAID, ids=lambda case: case["say"][:40])
def test_said(case: dict[str, Any]) -> None:
    read = read_rows(SHAREHOLDERS, case["say"], {}, TODAY)
    wanted = [{key: cell for key, cell in zip(KEYS, row, strict=False) if cell is not None} for row in case["rows"]]
    assert read.rows == wanted
    assert [[p.row, p.column, p.code] for p in read.problems] == case.get("wrong", [])
    assert read.expected == case.get("n")
    assert read.whole is case.get("whole", False)
    assert read.left == []


# ---- any rows, any layout ----

_HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5, exclude_characters="和跟与及各均出占投拿叫是我你您他她它这请想的吗呢吧啥谁没")
_RARE = st.sampled_from(["㼆𠮷", "阿卜杜拉·买买提", "欧阳示例", "𠮷野㼆", "John Smith", "Mary-Jane O'Neill", "诺尔·阿依古丽·买买提江"])
_PLAIN = st.sampled_from(["张三", "李四", "王五", "赵六", "钱七", "孙八", "周九", "吴十"])
_NAMES = st.one_of(_PLAIN, _RARE, st.text(_HAN, min_size=40, max_size=40).map(lambda rest: "张" + rest[:39]))
_IDS = st.builds(
    lambda days, order: id_number(110105, date(1950, 1, 1) + timedelta(days=days), order),
    st.integers(0, 18_000), st.integers(1, 999),
)  # fmt: skip
_ROWS = st.lists(
    st.fixed_dictionaries({"name": _NAMES, "id": _IDS, "amount": st.integers(1, 10**9)}),
    min_size=1, max_size=6, unique_by=(lambda row: row["id"], lambda row: row["name"]),
)  # fmt: skip


def _usable(row: dict[str, Any]) -> bool:
    from assistant.casework.fields.table_cells import read_cell

    read = read_cell(SHAREHOLDERS.columns[0], row["name"], {}, {}, TODAY)
    return isinstance(read, Accepted) and read.value == row["name"]


LAYOUTS = {
    "tabs": lambda rows: "\n".join(f"{r['name']}\t{r['id']}\t{r['amount']}" for r in rows),
    "tabs with headings": lambda rows: "姓名\t身份证号码\t认缴出资额\n" + "\n".join(f"{r['name']}\t{r['id']}\t{r['amount']}" for r in rows),
    "headings in another order": lambda rows: "出资\t姓名\t身份证\n" + "\n".join(f"{r['amount']}\t{r['name']}\t{r['id']}" for r in rows),
    "commas": lambda rows: "\n".join(f"{r['name']}，{r['id']}，{r['amount']}元" for r in rows),
    "CSV": lambda rows: "姓名,身份证号码,认缴出资额\n" + "\n".join(f"{r['name']},{r['id']},{r['amount']}" for r in rows),
    "numbered": lambda rows: "\n".join(f"{n}. {r['name']}，{r['id']}，{r['amount']}元" for n, r in enumerate(rows, 1)),
    "one sentence": lambda rows: "；".join(f"{r['name']}，{r['id']}，出资{r['amount']}元" for r in rows),
    "labels": lambda rows: "\n".join(f"姓名：{r['name']}\n身份证：{r['id']}\n出资：{r['amount']}元" for r in rows),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@settings(max_examples=40, deadline=None)
@given(rows=_ROWS)
def test_any_rows_in_any_layout_read_back_equal(layout: str, rows: list[dict[str, Any]]) -> None:
    rows = [row for row in rows if _usable(row)]
    read = read_rows(SHAREHOLDERS, LAYOUTS[layout](rows), {}, TODAY) if rows else None
    assert read is None or (read.rows == rows and not read.problems)


@settings(max_examples=20, deadline=None)
@given(rows=_ROWS)
def test_a_sheet_filled_in_reads_back_equal(rows: list[dict[str, Any]]) -> None:
    rows = [row for row in rows if _usable(row)]
    if rows:
        read = read_sheet(SHAREHOLDERS, sheet_of(SHAREHOLDERS, {}, rows), {}, TODAY)
        assert read.rows == rows and read.whole and not read.problems


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=200))
def test_no_text_breaks_reading(text: str) -> None:
    read_rows(SHAREHOLDERS, text, {}, TODAY)
    command(SHAREHOLDERS, text, [{"name": "张三"}])


# ---- sheets ----


def _book(*lines: list[Any], **more: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in lines:
        sheet.append(line)
    for name, rows in more.items():
        other = book.create_sheet(name)
        for line in rows:
            other.append(line)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_the_empty_sheet_has_headings_an_example_and_nothing_to_read() -> None:
    data = sheet_of(SHAREHOLDERS, {}, [])
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]] == ["姓名", "身份证号码", "认缴出资额"]
    assert [cell.value for cell in sheet[2]] == ["示例", "11010519491231002X", "250000"]
    with pytest.raises(SheetProblem) as caught:
        read_sheet(SHAREHOLDERS, data, {}, TODAY)
    assert caught.value.code == "sheet_empty"


def test_two_hundred_rows_below_a_title() -> None:
    rows = [["股东名单", None, None], ["姓名", "身份证", "出资额"]]
    rows += [[f"示例{chr(0x9000 + n)}", id_number(110105, date(1980, 1, 1), n), 1000.0 + n] for n in range(1, 201)]
    read = read_sheet(SHAREHOLDERS, _book(*rows), {}, TODAY)
    assert len(read.rows) == 200 and not read.problems
    assert read.rows[199]["amount"] == 1200


@pytest.mark.parametrize(
    ("data", "code", "says"),
    [
        (b"PK\x03\x04 no zip", "sheet_broken", "另存为"),
        (b"", "sheet_broken", "另存为"),
        (_book(["名单", "电话"], ["张三", "1"]), "sheet_headings", "姓名、身份证号码、认缴出资额"),
        (_book(["姓名", "身份证号码", "认缴出资额"]), "sheet_empty", "第二行"),
        (_book(), "sheet_headings", "姓名"),
        (_book(["姓名", "身份证号码", "认缴出资额"], *[["张三", "1", 1]] * (MOST_ROWS + 1)), "sheet_too_large", str(MOST_ROWS)),
    ],
)
def test_a_sheet_that_cannot_be_read_says_what_to_do(data: bytes, code: str, says: str) -> None:
    with pytest.raises(SheetProblem) as caught:
        read_sheet(SHAREHOLDERS, data, {}, TODAY)
    assert caught.value.code == code and says in caught.value.message


def test_a_bomb_is_not_unpacked() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (64 << 20))
    with pytest.raises(SheetProblem) as caught:
        read_sheet(SHAREHOLDERS, buffer.getvalue(), {}, TODAY)
    assert caught.value.code == "sheet_too_large"


def test_a_number_excel_has_shortened_is_refused_with_row_and_column() -> None:
    data = _book(["姓名", "身份证号码", "认缴出资额"], ["张三", 110105194912310020.0, 1], ["李四", "440106199801020017", 2])
    read = read_sheet(SHAREHOLDERS, data, {}, TODAY)
    assert [(p.row, p.column) for p in read.problems] == [(0, "id")]
    assert read.rows[1] == {"name": "李四", "id": "440106199801020017", "amount": 2}


def test_hidden_sheets_are_not_read() -> None:
    book = openpyxl.load_workbook(io.BytesIO(_book(["姓名", "身份证号码", "认缴出资额"], ["张三", "11010519491231002X", 1], 另=[["x"]])))
    book.worksheets[0].sheet_state = "hidden"
    book.active = 1
    buffer = io.BytesIO()
    book.save(buffer)
    with pytest.raises(SheetProblem):
        read_sheet(SHAREHOLDERS, buffer.getvalue(), {}, TODAY)


# ---- rules, words, display ----

ZHANG = {"name": "张三", "id": "11010519491231002X", "amount": 600000}
LI = {"name": "李四", "id": "440106199801020017", "amount": 400000}


def test_rules_over_all_rows() -> None:
    assert broken_rules(SHAREHOLDERS, [ZHANG, LI], {"capital": 1000000}) == []
    assert broken_rules(SHAREHOLDERS, [ZHANG, LI], {}) == []
    assert "1000000，应是900000" in broken_rules(SHAREHOLDERS, [ZHANG, LI], {"capital": 900000})[0].said
    twice = broken_rules(SHAREHOLDERS, [ZHANG, LI, ZHANG], {})
    assert {found.rule.column for found in twice} == {"id", "name"} and twice[0].row == 2
    assert broken_rules(SHAREHOLDERS, [{"amount": 0.1}, {"amount": 0.2}], {"capital": 0.3}) == []


def test_rows_said_again_are_filled_up_and_others_come_after() -> None:
    rows, places = merged(SHAREHOLDERS, [{"name": "张三"}, LI], [{"name": "李四", "amount": 1}, {"name": "王五"}])
    assert rows == [{"name": "张三"}, {**LI, "amount": 1}, {"name": "王五"}] and places == {0: 1, 1: 2}


@pytest.mark.parametrize(
    ("text", "kind", "row"),
    [
        ("就这些", "done", None), ("没有了", "none", None), ("就这两个股东", "done", None), ("好了，就这些了", "done", None),
        ("没有", "none", None), ("再加一个", "add", None), ("再加一个股东", "add", None), ("还有一个王五", "add", None),
        ("删掉李四", "drop", 1), ("把第二个删了", "drop", 1), ("李四不要了", "drop", 1), ("删除第1行", "drop", 0), ("最后一个去掉", "drop", 1),
        ("李四的出资改成50万", "set", 1), ("第二个改成王五", "set", 1), ("第一个股东的身份证号码是440106199801020017", "set", 0),
        ("把张三的认缴出资额改为30万", "set", 0), ("全部清空", "clear", None), ("that's all", "done", None),
    ],
)  # fmt: skip
def test_words_about_rows(text: str, kind: str, row: int | None) -> None:
    said = command(SHAREHOLDERS, text, [ZHANG, LI])
    assert said is not None and (said.kind, said.row) == (kind, row)


@pytest.mark.parametrize(
    "text", ["张三 11010519491231002X 60万", "王五", "转人工", "注册资本改成200万", "第三个改成王五", "删掉王五", "要多少钱", "电话改成13800138000"]
)
def test_other_words_are_none_about_rows(text: str) -> None:
    assert command(SHAREHOLDERS, text, [ZHANG, LI]) is None


@pytest.mark.parametrize("text", ["就这些", "好了", "电话13800138000", "再加一个", "张三", "李四是我朋友", "没有"])
def test_while_something_else_is_asked_only_clear_words_touch_the_table(text: str) -> None:
    assert command(SHAREHOLDERS, text, [ZHANG, LI], outside=True) is None


def test_identity_numbers_of_rows_are_masked_where_they_are_shown() -> None:
    shown = table_text(SHAREHOLDERS, [ZHANG, LI], masked=True)
    assert "11010519491231002X" not in shown and "600000元" in shown
    assert "11010519491231002X" in printed_table(SHAREHOLDERS, [ZHANG])
    assert "一共3个股东" in table_text(SHAREHOLDERS, [ZHANG, LI, ZHANG], masked=True, most=2)


def test_a_whole_table_in_one_answer() -> None:
    read = parse(SHAREHOLDERS, "张三 11010519491231002X 60万，李四 440106199801020017 40万", TODAY, {"capital": 1000000})
    assert isinstance(read, Accepted) and read.value == [ZHANG, LI]
    assert read.display == "1. 张三，11010519491231002X，600000元；2. 李四，440106199801020017，400000元"
    short = parse(SHAREHOLDERS, "张三 60万", TODAY, {})
    assert isinstance(short, Rejected) and "第1个股东（张三）还缺身份证号码" in short.message
