"""The result of an approval: a PDF set with typst, and the same as data."""

from __future__ import annotations

import hashlib
import json
import threading
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import typst

from sandbox.office import manifest
from sandbox.office.decisions import ResultGiven
from sandbox.office.model import OfficeFile
from sandbox.office.rules import ResultRule, rules
from sandbox.problems import Problem

MEDIA_TYPE = "application/pdf"
PUBLIC = ("kind", "number", "title", "issued", "expires", "sha256", "media_type")
"""What the file's JSON tells of a result; the rest is its record."""

_DESIGN = Path(__file__).parent / "designs" / "certificate.typ"
# By the code of a field where the sender uses plain ones, else by its label. The company before the person who applies.
_HOLDER_CODES = ("company_name", "shop_name", "name", "applicant_name", "insured_name")
_HOLDER_LABELS = ("企业名称", "公司名称", "单位名称", "经营者", "申请人姓名", "姓名", "名称")
_compiling = threading.Lock()


def settle(held: OfficeFile, given: ResultGiven | None, number: str, now: datetime) -> dict[str, Any]:
    """The record of a result before it is printed.

    Args:
        held: the file approved.
        given: what staff settled; the rest comes from the item's rules.
        number: used when staff gave none.

    Raises:
        Problem: 422 when the dates cannot be.
    """
    rule, wish = rules().item(held.item).result, given or ResultGiven(kind="")
    issued = wish.issued or now.date()
    expires = wish.expires or _end(rule, issued)
    if issued > now.date() or (expires is not None and expires <= issued):
        raise Problem(422, "result-dates", "结果的日期不对：签发日期不能晚于今天，有效期须晚于签发日期")
    answers = manifest.answers(held.packages[-1].manifest)
    values = {answer.code: answer.value for answer in answers}
    return {
        "kind": wish.kind or rule.kind,
        "number": wish.number.strip() or number,
        "title": wish.title.strip() or rule.title or f"{held.title}办理结果",
        "issued": issued.isoformat(),
        "expires": None if expires is None else expires.isoformat(),
        "media_type": MEDIA_TYPE,
        "holder": _holder(answers),
        "item": {"code": held.item, "name": held.title},
        "department": held.share.department or "收件办公室（演示）",
        "case_no": held.case_no,
        "receipt_no": held.receipt_no,
        "fields": [{"field": a.code, "label": a.label, "value": a.value} for a in answers if a.code in rule.shows and a.value],
        "statement": _filled(rule.statement, values),
    }


def issue(record: dict[str, Any], now: datetime) -> tuple[dict[str, Any], bytes]:
    """Print a record; it comes back with the SHA-256 of the bytes.

    Raises:
        Problem: 500 when it cannot be set.
    """
    data = _pdf(record, now)
    return {**record, "sha256": hashlib.sha256(data).hexdigest()}, data


def public(record: dict[str, Any] | None) -> dict[str, Any] | None:
    """A result as the file's JSON tells it."""
    return None if record is None else {name: record[name] for name in PUBLIC}


def _end(rule: ResultRule, issued: date) -> date | None:
    if rule.valid_days is not None:
        return issued + timedelta(days=rule.valid_days)
    if rule.valid_years is None:
        return None
    try:
        after = issued.replace(year=issued.year + rule.valid_years)
    except ValueError:  # 29 February
        after = issued.replace(year=issued.year + rule.valid_years, month=3, day=1)
    return after - timedelta(days=1)


def _holder(answers: list[manifest.Answer]) -> str:
    by_code = {answer.code: answer.value for answer in answers if answer.value}
    if found := next((by_code[code] for code in _HOLDER_CODES if code in by_code), ""):
        return found
    return next((a.value for label in _HOLDER_LABELS for a in answers if label in a.label and a.value), "")


def _filled(statement: str, values: dict[str, str]) -> str:
    for code, value in values.items():
        statement = statement.replace(f"{{{code}}}", value)
    return statement


@cache
def _compiler() -> typst.Compiler:
    # Kept: looking through the system's fonts is most of a first compilation.
    return typst.Compiler(root=str(_DESIGN.parent))


def _pdf(record: dict[str, Any], now: datetime) -> bytes:
    rows = [
        ("持有人", record["holder"] or "（见申请材料）"),
        ("办理事项", record["item"]["name"]),
        ("办件编号", record["case_no"]),
        ("收件编号", record["receipt_no"]),
        *((field["label"], field["value"]) for field in record["fields"]),
        ("签发日期", _day(record["issued"])),
        ("有效期至", _day(record["expires"]) if record["expires"] else "长期"),
    ]
    data = {**{name: record[name] for name in ("title", "number", "department", "statement")}, "issued": _day(record["issued"])}
    try:
        with _compiling:
            pdf = _compiler().compile(
                input=str(_DESIGN),
                sys_inputs={"data": json.dumps({**data, "rows": rows}, ensure_ascii=False)},
                timestamp=int(now.timestamp()),
            )
    except Exception as error:  # typst has its own error class; a design that cannot be set has no other cure than ours
        raise Problem(500, "result-broken", "办理结果无法生成") from error
    if not isinstance(pdf, bytes):
        raise Problem(500, "result-broken", "办理结果无法生成")
    return pdf


def _day(text: str) -> str:
    day = date.fromisoformat(text)
    return f"{day.year}年{day.month}月{day.day}日"
