"""A platform's rows become drafts that say what they lack; guides go out as rows and come back the same."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from assistant.foundation.settings import ROOT
from knowledge.catalogue import Catalogue
from knowledge.editor_schema import FILES, text_of
from knowledge.exchange.drafts import drafts
from knowledge.exchange.files import Unreadable, read_rows, write_draft, write_excel, write_json
from knowledge.exchange.rows import cells_of, heads, row_of
from knowledge.guide_file import read_guide

TODAY = date(2026, 11, 10)
REAL = ROOT.parent / "shared" / "data" / "real_guides_2021.jsonl"
ROW: dict[str, Any] = {
    "task_code": "11440000006939756B2440101007000", "catalog_code": "440101007000", "name": "示例价格申报", "parent": "价格申报",
    "type": "行政许可", "dept": "示例省发展和改革委员会", "area": "广东省", "area_code": "440000", "level": "省级", "visits": "1",
    "time_raw_handle_time": "30(工作日)", "time_raw_handle_time_limit": "7(自然日)", "conditions": "第一条。\n第二条。",
    "materials": ["申请报告", "申请报告", "无"], "themes": ["教育科研"], "objects": ["自然人", "企业法人", "行政机关"],
    "location": "示例路1号", "url": "https://example.gov.cn/1",
}  # fmt: skip


def one(row: dict[str, Any]) -> Any:
    made, refused = drafts([row], "示例平台", TODAY)
    assert refused == []
    return made[0]


def test_a_row_becomes_a_draft_that_says_what_it_lacks() -> None:
    draft = one(ROW)
    guide = draft.guide
    assert guide.outline and guide.code == "shi-li-jia-ge-shen-bao" and guide.region == "440000" and guide.level == "province"
    assert guide.legal_limit is not None and (guide.legal_limit.days, guide.legal_limit.unit) == (30, "working_day")
    assert guide.promised_limit is not None and (guide.promised_limit.days, guide.promised_limit.unit) == (7, "calendar_day")
    assert [fact.text for fact in guide.conditions] == ["第一条。", "第二条。"]
    assert [material.name for material in guide.materials] == ["申请报告"]
    assert guide.applicant == ["enterprise", "person"] and guide.themes == ["education"]
    assert guide.visits is not None and guide.visits.count == 1
    assert {"fields", "documents", "faqs", "fee", "process", "result", "summary"} <= set(draft.missing)
    assert not {"conditions", "materials", "department", "legal_limit"} & set(draft.missing)


def test_nothing_of_it_counts_as_verified() -> None:
    assert [source.verified for source in one(ROW).guide.evidence.values()] == [False]


def test_a_draft_is_a_guide_file(tmp_path: Path) -> None:
    draft = one(ROW)
    path = tmp_path / f"{draft.guide.code}.yaml"
    write_draft(draft.guide, draft.missing, path)
    read = read_guide(path)
    assert read.problems == []
    assert read.guide == draft.guide
    assert "还缺" in path.read_text(encoding="utf-8").splitlines()[1]
    assert Catalogue.load(tmp_path).problems == []


@pytest.mark.parametrize(("row", "why"), [({}, "没有事项名称"), ({"name": " 无 "}, "没有事项名称"), ({"nonsense": 1}, "没有事项名称")])
def test_a_row_without_a_name_is_refused(row: dict[str, Any], why: str) -> None:
    made, refused = drafts([row], "示例平台", TODAY)
    assert made == []
    assert (refused[0].row, refused[0].why) == (1, why)


def test_the_same_item_twice_is_said_and_codes_stay_apart() -> None:
    made, refused = drafts([ROW, ROW, {**ROW, "name": "示例价格申報"}], "示例平台", TODAY, taken=["shi-li-jia-ge-shen-bao"])
    assert [r.row for r in refused] == [2]
    codes = [draft.guide.code for draft in made]
    assert len(set(codes)) == 2 and "shi-li-jia-ge-shen-bao" not in codes


@pytest.mark.parametrize("name", ["A" * 300, "１２３事项", "（）", "🏠搬家", "x" * 5 + "\n" + "y"])
def test_any_name_gets_a_code(name: str) -> None:
    made, _ = drafts([{"name": name}], "示例平台", TODAY)
    assert len(made) == 1


def test_heads_in_chinese_are_known_as_well() -> None:
    guide = one({"事项名称": "示例事项", "实施主体": "示例局", "法定办结时限": "20个工作日", "TASK_CODE": "1", "咨询方式": "示例电话 021-55550000"}).guide
    assert guide.department == "示例局" and guide.task_code == "1"
    assert [(contact.name, contact.phone) for contact in guide.contacts] == [("示例电话", "021-55550000")]


@pytest.mark.parametrize("kind", ["json", "wrapped", "jsonl", "xlsx"])
def test_files_of_every_kind(tmp_path: Path, kind: str) -> None:
    rows = [{"name": "甲事项", "dept": "甲局"}, {"name": "乙事项", "dept": "乙局"}]
    path = tmp_path / f"rows.{'xlsx' if kind == 'xlsx' else 'json'}"
    if kind == "xlsx":
        book = Workbook()
        for line in (["name", "dept"], ["甲事项", "甲局"], [None, None], ["乙事项", "乙局"]):
            book.worksheets[0].append(line)
        book.save(path)
    else:
        text = {"json": json.dumps(rows), "wrapped": json.dumps({"total": 2, "data": rows}), "jsonl": "\n".join(map(json.dumps, rows))}
        path.write_text(text[kind], encoding="utf-8-sig")
    assert [draft.guide.department for draft in drafts(read_rows(path), "示例平台", TODAY)[0]] == ["甲局", "乙局"]


@pytest.mark.parametrize(("name", "content"), [("a.json", b"{"), ("a.json", b"[1]"), ("a.json", b"\xff\xfe\x00"), ("a.xlsx", b"no zip"), ("a.xlsx", b"")])
def test_what_cannot_be_read_is_said(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Unreadable, match=name):
        read_rows(tmp_path / name)
    with pytest.raises(Unreadable, match="none"):
        read_rows(tmp_path / "none.json")


def test_guides_go_out_and_come_back(tmp_path: Path) -> None:
    guides = [g for g in Catalogue.load(ROOT / "knowledge" / "guides").for_region("310115").all() if not g.outline]
    write_excel([cells_of(guide) for guide in guides], heads(), tmp_path / "guides.xlsx")
    write_json([row_of(guide) for guide in guides], tmp_path / "guides.jsonl")
    for name in ("guides.xlsx", "guides.jsonl"):
        made, refused = drafts(read_rows(tmp_path / name), "示例平台", TODAY)
        assert refused == []
        for guide, draft in zip(guides, made, strict=True):
            back = draft.guide
            assert (back.name, back.department, back.themes) == (guide.name, guide.department, sorted(guide.themes, key=back.themes.index))
            assert [m.name for m in back.materials] == list(dict.fromkeys(m.name for m in guide.materials))
            assert [fact.text for fact in back.conditions] == [fact.text for fact in guide.conditions]
            assert [step.text for step in back.process] == [step.text for step in guide.process]
            assert [faq.question for faq in back.faqs] == [faq.question for faq in guide.faqs]
            assert back.visits is None or guide.visits is None or back.visits.count == guide.visits.count
            assert {contact.phone for contact in back.contacts} == {contact.phone for contact in guide.contacts}


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    write_excel([{"事项名称": "=1+1", "实施主体": "@x", "收费": "-5元"}], heads(), tmp_path / "out.xlsx")
    sheet = load_workbook(tmp_path / "out.xlsx").worksheets[0]
    assert [cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row if cell.value] == ["s", "s", "s"]


def test_real_rows_can_be_imported() -> None:
    if not REAL.is_file():
        pytest.skip("the platform's rows are not beside this checkout")
    rows = read_rows(REAL)
    made, refused = drafts(rows, REAL.name, TODAY)
    assert len(made) + len(refused) == len(rows) == 2262
    assert {"前面已经有一条"} == {one.why.rpartition("”")[2] for one in refused}
    assert len({draft.guide.code for draft in made}) == len(made) > 2100


@pytest.mark.parametrize("model", list(FILES))
def test_editors_have_the_schema_of_today(model: Any) -> None:
    assert FILES[model].read_text(encoding="utf-8") == text_of(model), "write it anew: ./bandao guides schema"
    assert json.loads(text_of(model))["additionalProperties"] is False
