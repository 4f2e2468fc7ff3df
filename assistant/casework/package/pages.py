"""Our own pages of a package, set with typst: checklist, receipt, and a plain rendering of a form when LibreOffice is missing.

The page designs are the ``.typ`` files in ``designs/``. Values reach them as data (JSON in ``sys.inputs``), never as
source, so nothing a citizen types can be read as markup.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

import typst

from assistant.casework.model import Case, CasePart, OfficeReceipt
from assistant.casework.package.errors import PackageError
from assistant.casework.package.gate import check, expect_texts
from assistant.casework.package.text import chinese_date, clean
from assistant.foundation.clock import SHANGHAI
from assistant.foundation.messages import t
from knowledge.originals import original
from knowledge.schema import Guide, Material

DESIGNS = Path(__file__).resolve().parent / "designs"
_compiling = threading.Lock()


@dataclass(frozen=True)
class Listed:
    """A document as the checklist names it; ``todo`` is what is still to be done about it, a signature say."""

    title: str
    todo: str = ""


@dataclass(frozen=True)
class Block:
    """A piece of a filled form in reading order: a paragraph, or a table whose cells are (text, columns spanned)."""

    kind: Literal["paragraph", "table"]
    text: str = ""
    bold: bool = False
    centred: bool = False
    rows: Sequence[Sequence[tuple[str, int]]] = ()
    columns: int = 0


def checklist(
    case: Case, guide: Guide, materials: Sequence[Material], documents: Sequence[Listed], now: datetime, applicant: str = "",
) -> bytes:
    """材料清单 as PDF: every applying material, how it is met and what is still to do; the documents, and who has to sign them.

    Raises:
        PackageError: ``page_broken`` or ``document_incomplete``.
    """
    rows = [_material_row(case, guide, material) for material in materials]
    title = t("package.checklist_title")
    pdf = compile_page("checklist", title, {
        "case_no": case.case_no, "guide": guide.name, "department": guide.department or "", "made": day(now),
        "rows": rows, "documents": [{"title": one.title, "todo": one.todo} for one in documents], "applicant": applicant,
    }, at=now)
    shown = [row[key] for row in rows for key in ("name", "status", "todo")] + [one.todo for one in documents if one.todo]
    check(pdf, expect_texts([case.case_no, guide.name, *shown]), title)
    return pdf


def receipt(case_no: str, guide: Guide, held: OfficeReceipt, applicant: str = "") -> bytes:
    """收件回执: that the receiving office has the package, under which number, since when and which bytes exactly.

    Raises:
        PackageError: ``page_broken`` or ``document_incomplete``.
    """
    title, office = t("package.receipt_title"), held.office or guide.department or t("package.receipt_office")
    moment = held.at.astimezone(SHANGHAI)
    at = f"{day(moment)} {moment:%H:%M}"
    pdf = compile_page("receipt", title, {
        "case_no": case_no, "guide": guide.name, "applicant": applicant, "office": office, "number": held.number, "at": at,
        "part": held.name, "version": str(held.version), "sha256": held.sha256, "files": held.files,
    }, at=held.at)
    check(pdf, expect_texts([case_no, guide.name, held.number, office, at, held.sha256, *held.files]), title)
    return pdf


def plain_form(title: str, blocks: Sequence[Block], case: Case, guide: Guide) -> bytes:
    """A filled form in a plain layout: all its words, none of its Word formatting. Raises PackageError ``page_broken``."""
    return compile_page("form", title, {
        "title": title, "case_no": case.case_no, "guide": guide.name,
        "blocks": [
            {"kind": block.kind, "text": clean(block.text), "bold": block.bold, "centred": block.centred,
             "columns": block.columns,
             "rows": [[{"text": clean(text), "span": span} for text, span in row] for row in block.rows]}
            for block in blocks
        ],
    })


def _material_row(case: Case, guide: Guide, material: Material) -> dict[str, str]:
    state = case.materials.get(material.code)
    status = state.status if state else "missing"
    if status == "tolerated":
        due = state.due if state else None
        todo = t("package.todo_tolerated", due=day(due)) if due else t("package.todo_tolerated_open")
    elif status == "uploaded":
        todo = t("package.todo_uploaded", count=len(state.upload_ids) if state else 0)
    elif status == "licence":
        todo = t(f"package.todo_licence_{original(material, guide)}")
    else:
        todo = t(f"package.todo_{status}")
    return {
        "name": material.name, "form": t(f"package.form_{material.form}"), "status": t(f"package.status_{status}"), "key": status,
        "todo": todo, "note": material.note or "",
    }


def handover(case: Case, guide: Guide, materials: Sequence[Material], applicant: str, now: datetime) -> bytes:
    """材料接收回执: the slip whoever takes the papers fills in and gives back. Raises as ``checklist``."""
    title = t("package.handover_title")
    states = [(material, case.materials.get(material.code)) for material in materials]
    rows = [
        {"name": material.name, "how": t(f"package.how_{state.status if state else 'missing'}")}
        for material, state in states if state and state.status != "missing"
    ]
    pdf = compile_page("handover", title, {
        "case_no": case.case_no, "guide": guide.name, "department": guide.department or "", "applicant": applicant, "rows": rows,
    }, at=now)
    check(pdf, expect_texts([case.case_no, guide.name, *(row["name"] for row in rows)]), title)
    return pdf


def handing_sheet(
    case: Case, guide: Guide, part: CasePart, materials: Sequence[Material], *, applicant: str, qr: str, when: str, at: datetime
) -> bytes:
    """交件单: goes on top of the papers that are brought or posted; what is in them, where they go, and the case as a QR code.

    Raises:
        PackageError: ``page_broken`` or ``document_incomplete``.
    """
    held = part.handing
    assert held is not None
    place = held.booking.place if held.booking is not None else held.place
    title = t(f"bookings.sheet_title_{held.way}")
    states = [(material, case.materials.get(material.code)) for material in materials]
    rows = [
        {"name": one.name, "how": t(f"package.how_{state.status}"), "original": state.status == "bring"}
        for one, state in states if state is not None and state.status != "missing"
    ]
    office = part.department or guide.department or t("package.receipt_office")
    pdf = compile_page("handing-sheet", title, {
        "title": title, "way": held.way, "case_no": case.case_no, "guide": guide.name, "part": part.name, "applicant": applicant,
        "office": office, "place": place.name if place else "", "address": place.address if place else "",
        "postcode": place.postcode if place else "", "phone": place.phone if place else "",
        "when": when, "number": held.booking.booking_no if held.booking else "", "rows": rows, "qr": qr, "made": day(at),
    }, at=at)  # fmt: skip
    shown = [place.address, place.name] if place else []
    check(pdf, expect_texts([case.case_no, guide.name, *shown, *(str(row["name"]) for row in rows)]), title)
    return pdf


def day(moment: date) -> str:
    """A date as Chinese forms print it."""
    return chinese_date(moment.year, moment.month, moment.day)


@cache
def _compiler() -> typst.Compiler:
    # Kept: looking through the system's fonts is most of a first compilation.
    return typst.Compiler(root=str(DESIGNS))


def compile_page(design: str, title: str, data: dict[str, Any], *, tagged: bool = True, at: datetime | None = None) -> bytes:
    """One of our designs as PDF. ``at`` is written into the file as its date, so that the same values give the same bytes.

    Raises:
        PackageError: ``page_broken``.
    """
    payload = json.dumps(data, ensure_ascii=False)
    try:
        with _compiling:
            pdf = _compiler().compile(
                input=str(DESIGNS / f"{design}.typ"), sys_inputs={"data": payload}, pdf_tags=tagged,
                timestamp=None if at is None else int(at.timestamp()),
            )
    except Exception as error:  # typst has its own error class, a fault in a design has no other cure than ours
        raise PackageError("page_broken", t("package.page_broken", title=title)) from error
    if not isinstance(pdf, bytes):
        raise PackageError("page_broken", t("package.page_broken", title=title))
    return pdf
