"""Two hundred rows in a spreadsheet, through the public API: too many partners for a company, lorries enough for a haulier."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl

from benchmarks.citizens.answers import answer
from benchmarks.citizens.citizen import Citizen
from benchmarks.citizens.facts import Facts, load
from benchmarks.citizens.papers import pdf_text
from benchmarks.stack import Stack

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
    """The service's own empty sheet, with these rows written into it."""
    empty = citizen.get(f"/cases/{citizen.case_no}/fields/{field}/sheet")
    assert empty.status_code == 200 and empty.headers["content-type"] == XLSX
    book = openpyxl.load_workbook(io.BytesIO(empty.content))
    sheet = book.active
    assert sheet is not None
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


def id_number(order: int) -> str:
    """An invented identity number whose check digit holds (GB 11643-1999)."""
    body = f"11010519800101{order:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11]


def test_two_hundred_shareholders_by_excel_are_too_many_for_the_law_and_fifty_are_not(server: Stack) -> None:
    citizen, facts = Citizen(server.base_url), facts_of("company-founding", "two friends")
    until(citizen, facts, "shareholders")
    ask = citizen.turn["ask"]
    assert [column["field"] for column in ask["columns"]] == ["name", "id", "amount"] and ".xlsx" in ask["accept"]
    names = ["阿卜杜拉·买买提", "㼆𠮷", "张" + "三" * 39, *(f"示例{chr(0x9000 + n)}" for n in range(200))]
    rows = [[names[n], id_number(n + 1), 20000] for n in range(200)]
    turn = attach(citizen, filled(citizen, "shareholders", rows))
    assert turn["status"] == "rejected_answer" and "最多50个股东" in turn["ask"]["error"]["message"]
    wrong = [row[:] for row in rows[:50]]
    wrong[7][1] = wrong[7][1][:17] + ("1" if wrong[7][1][17] != "1" else "2")
    turn = attach(citizen, filled(citizen, "shareholders", wrong))
    assert turn["status"] == "rejected_answer" and "第8个股东" in turn["ask"]["error"]["message"]
    turn = citizen.say(rows[7][1])
    assert turn["ask"]["field"] != "shareholders", citizen.texts()
    held = {entry["field"]: entry["value"] for entry in citizen.get(f"/cases/{citizen.case_no}").json()["fields"]}
    assert "一共50个股东" in held["shareholders"] and rows[0][1] not in held["shareholders"]


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
