"""Two hundred rows in a spreadsheet, through the public API: fetched empty, filled in, attached, and all of them in the package."""

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
