"""Rows in a spreadsheet, through the public API: fetched empty, filled in, attached, and all of them in the package; two hundred where
the law lets there be so many. A half-filled table goes on where it was, on another channel."""

from __future__ import annotations

import io
import re
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl

from benchmarks.citizens.answers import answer
from benchmarks.citizens.citizen import Citizen
from benchmarks.citizens.facts import Facts, load
from benchmarks.citizens.papers import pdf_text
from benchmarks.stack import Stack
from tests.unit.casework.fields.tables import id_number

CASES = Path(__file__).with_name("cases")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_TURNS = 80


def facts_of(guide: str, name: str) -> Facts:
    return next(facts for facts in load(CASES) if facts.guide == guide and name in facts.name)


def until(citizen: Citizen, facts: Facts, wanted: str) -> None:
    """Answer from the facts until ``wanted`` is asked."""
    citizen.say(facts.opening)
    for _ in range(MOST_TURNS):
        if citizen.asking == wanted:
            return
        answer(citizen, facts)
    raise AssertionError(f"{wanted} was never asked")


def filled(citizen: Citizen, field: str, rows: list[list[Any]]) -> bytes:
    """The service's own sheet, with these rows written into it in the place of those there."""
    empty = citizen.get(f"/cases/{citizen.case_no}/fields/{field}/sheet")
    assert empty.status_code == 200 and empty.headers["content-type"] == XLSX
    book = openpyxl.load_workbook(io.BytesIO(empty.content))
    sheet = book.active
    assert sheet is not None
    sheet.delete_rows(2, sheet.max_row)
    for number, row in enumerate(rows, start=2):
        for column, value in enumerate(row, start=1):
            sheet.cell(number, column, value)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def attach(citizen: Citizen, data: bytes) -> dict[str, Any]:
    kept = citizen.upload(data, "填好的表.xlsx", media_type=XLSX)
    assert kept.status_code == 201, kept.text
    return citizen.attach(kept.json()["upload_id"])


def test_a_haulier_with_two_hundred_lorries_gets_a_package_with_all_of_them(server: Stack) -> None:
    citizen, facts = Citizen(server.base_url), facts_of("road-freight-permit", "three heavy lorries")
    until(citizen, facts, "fleet")
    rows = [["重型厢式货车", 18000, f"沪A{10000 + n}"] for n in range(200)]
    turn = attach(citizen, filled(citizen, "fleet", rows))
    assert turn["ask"]["field"] != "fleet", citizen.texts()
    for _ in range(MOST_TURNS):
        if citizen.asking in (None, "submit"):
            break
        answer(citizen, facts)
    assert citizen.turn["status"] == "ready", citizen.texts()
    package = citizen.package()
    form = next(name for name in package.namelist() if name.startswith("01_") and name.endswith(".pdf"))
    text = "".join(pdf_text(package.read(form)).split())
    assert all(plate in text for _, _, plate in rows)


def test_a_spreadsheet_is_taken_for_rows_only(server: Stack) -> None:
    citizen, facts = Citizen(server.base_url), facts_of("road-freight-permit", "three heavy lorries")
    until(citizen, facts, "fleet")
    material = next(m["code"] for m in citizen.turn["case"]["materials"])
    refused = citizen.upload(filled(citizen, "fleet", []), "表.xlsx", material, XLSX)
    assert refused.status_code == 422 and refused.json()["code"] == "type"
    assert citizen.get(f"/cases/{citizen.case_no}/fields/phone/sheet").status_code == 404
    assert citizen.http.get(f"/api/v1/cases/{citizen.case_no}/fields/fleet/sheet").status_code == 401


def people(count: int) -> list[str]:
    """So many invented names."""
    family, given = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许", "一二三四五六七八九十"
    return [f"{name}示{sign}" for name in family for sign in given][:count]


def to_the_end(citizen: Citizen, facts: Facts) -> str:
    """Answer the rest from the facts; the text of all PDFs of the package."""
    for _ in range(MOST_TURNS):
        if citizen.asking in (None, "submit"):
            break
        answer(citizen, facts)
    assert citizen.turn["status"] == "ready", citizen.texts()
    package = citizen.package()
    return "".join("".join(pdf_text(package.read(name)).split()) for name in package.namelist() if name.endswith(".pdf"))


def test_two_hundred_shareholders_who_dissolve_their_company_all_sign(server: Stack) -> None:
    citizen, held = Citizen(server.base_url), facts_of("enterprise-deregistration", "three shareholders part")
    facts = held.model_copy(update={"say": {**held.say, "company_kind": "股份有限公司"}})
    until(citizen, facts, "voters")
    names = people(200)
    turn = attach(citizen, filled(citizen, "voters", [[name, "0.5%"] for name in names]))
    assert turn["ask"]["field"] != "voters", citizen.texts()
    text = to_the_end(citizen, facts)
    assert [name for name in names if name not in text] == []


def test_founders_of_a_company_may_be_fifty_and_two_hundred_are_told_the_law(server: Stack) -> None:
    citizen, facts = Citizen(server.base_url), facts_of("company-founding", "two friends")
    until(citizen, facts, "shareholders")
    names = people(200)
    numbers = [id_number(110105, date(1980, 1, 1), n) for n in range(200)]
    many = [[name, number, 5000] for name, number in zip(names, numbers, strict=True)]
    turn = attach(citizen, filled(citizen, "shareholders", many))
    assert turn["ask"]["field"] == "shareholders" and turn["ask"]["error"]["code"] == "table_too_many"
    assert "最多50个股东（公司法第四十二条）" in citizen.texts() + str(turn["ask"]["error"]["message"])
    fifty = [[name, number, 20000] for name, number, _ in many[:50]]
    turn = attach(citizen, filled(citizen, "shareholders", fifty))
    assert turn["ask"]["field"] != "shareholders", citizen.texts()
    text = to_the_end(citizen, facts)
    assert [cell for row in fifty for cell in row[:2] if str(cell) not in text] == []


def test_a_half_filled_table_goes_on_where_it_was_on_another_channel(server: Stack) -> None:
    citizen, facts = Citizen(server.base_url), facts_of("company-founding", "two friends")
    until(citizen, facts, "shareholders")
    citizen.say("张三 11010519491231002X 60万")
    citizen.say("还有李四 440106199801020017")
    assert citizen.asking == "shareholders"
    citizen.say("先暂停，我过两天再办")
    code = re.search(r"恢复码：([0-9A-Z]{6})", citizen.texts())
    assert code is not None, citizen.texts()
    other = Citizen(server.base_url, channel="kiosk")
    answered = other.http.post(f"/api/v1/cases/{citizen.case_no}/resume", json={"proof": code[1]}, headers=other.headers)
    assert answered.status_code == 200, answered.text
    other.turn = answered.json()
    assert other.asking == "shareholders" and "张三" in str(other.turn["ask"]["value"]) and "李四" in str(other.turn["ask"]["value"])
    other.say("40万")
    if other.asking == "shareholders":
        other.say("就这些")
    assert other.asking != "shareholders", other.texts()
    fields = {field["field"]: field["value"] for field in other.get(f"/cases/{other.case_no}").json()["fields"]}
    assert "1. 张" in fields["shareholders"] and "2. 李" in fields["shareholders"] and "600000元" in fields["shareholders"]
