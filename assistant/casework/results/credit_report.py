"""市场主体专用信用报告 as a page: number, code, who, which period and areas, and every record there is, or that there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from assistant.casework.package.book import qr_svg
from assistant.casework.package.gate import check, expect_texts
from assistant.casework.package.pages import compile_page, day
from assistant.casework.package.text import clean
from assistant.casework.prefill.records import Conduct, ConductArea
from assistant.casework.results.codes import grouped
from assistant.foundation.messages import t


@dataclass(frozen=True)
class Subject:
    """One enterprise (or branch) of a report, with its records in the areas asked for."""

    name: str
    uscc: str
    conduct: Conduct


@dataclass(frozen=True)
class Report:
    """All that stands on a report. ``start`` and ``end`` both count; ``link`` is where its QR code leads."""

    number: str
    code: str
    issuer: str
    purpose: str
    receiver: str
    case_no: str
    start: date
    end: date
    at: datetime
    link: str
    areas: Sequence[ConductArea]
    subjects: Sequence[Subject]
    fictitious: bool = False


def page(report: Report) -> bytes:
    """The report as PDF; its text layer is checked to hold every record.

    Raises:
        PackageError: ``page_broken`` or ``document_incomplete``.
    """
    title = t("results.report_title")
    first = report.subjects[0]
    period = t("results.report_period", start=day(report.start), end=day(report.end))
    facts = [
        (t("results.report_name"), first.name), (t("results.report_uscc"), first.uscc),
        (t("results.report_span"), period), (t("results.report_areas"), _scope(report)),
        (t("results.report_purpose"), clean(report.purpose)), (t("results.report_receiver"), clean(report.receiver)),
        (t("results.report_at"), f"{day(report.at)} {report.at:%H:%M}"), (t("results.code"), grouped(report.code)),
        (t("results.report_case"), report.case_no),
    ]  # fmt: skip
    subjects = [_subject(report, subject) for subject in report.subjects]
    pdf = compile_page("credit-report", title, {
        "title": title, "number": report.number, "code": grouped(report.code), "issuer": report.issuer, "day": day(report.at),
        "facts": [fact for fact in facts if fact[1]], "summary": _summary(report), "subjects": subjects,
        "qr": qr_svg(report.link), "qr_caption": t("results.report_qr"),
        "notes": [t(f"results.report_note_{number}") for number in ("1", "2", "3", "4")],
        "remark": t("results.report_fictitious") if report.fictitious else "",
    }, at=report.at)  # fmt: skip
    shown = [report.number, grouped(report.code), period, _summary(report), *(value for _, value in facts)]
    for subject in report.subjects:
        items = [item for item in subject.conduct.items if item.area in _codes(report)]
        shown += [text for item in items for text in (item.number, item.act, item.penalty)]
        shown += [area.name for area in report.areas]
    check(pdf, expect_texts([clean(text) for text in shown]), title)
    return pdf


def _codes(report: Report) -> set[str]:
    return {area.code for area in report.areas}


def _scope(report: Report) -> str:
    whole = len(report.areas) == len(report.subjects[0].conduct.areas)
    if whole:
        return t("results.report_all_areas", count=len(report.areas))
    return t("results.report_some_areas", count=len(report.areas), names="、".join(area.name for area in report.areas))


def _summary(report: Report) -> str:
    codes = _codes(report)
    count = sum(item.area in codes for subject in report.subjects for item in subject.conduct.items)
    return t("results.report_records", count=count) if count else t("results.report_none")


def _subject(report: Report, subject: Subject) -> dict[str, object]:
    names = {area.code: area.name for area in report.areas}
    items = [item for item in subject.conduct.items if item.area in names]
    areas = [
        {"name": area.name, "authority": area.authority, "count": sum(item.area == area.code for item in items)}
        for area in report.areas
    ]
    details = [
        [
            pair
            for pair in (
                (t("results.report_area"), names[item.area]), (t("results.report_decided"), day(item.decided)),
                (t("results.report_decision"), clean(item.number)), (t("results.report_authority"), clean(item.authority)),
                (t("results.report_act"), clean(item.act)), (t("results.report_penalty"), clean(item.penalty)),
            )
            if pair[1]
        ]
        for item in items
    ]  # fmt: skip
    return {"title": t("results.report_subject", name=subject.name, uscc=subject.uscc), "areas": areas, "items": details}
