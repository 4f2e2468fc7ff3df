"""What the receiving office gave for a package (收件回执): kept with the case, offered as a page beside the package.

The package itself never changes for it: its bytes and their hash are what the citizen confirmed and the office took.
"""

from __future__ import annotations

from datetime import datetime

from assistant.casework.model import Case, OfficeReceipt
from assistant.casework.package import book, pages
from assistant.foundation.messages import t
from knowledge.replies import File
from knowledge.schema import Guide

PDF = "application/pdf"


def keep(case: Case, version: int, number: str, at: datetime, part: str = "") -> None:
    """Note that the office has this version, or one department its ``part`` of it, since ``at`` under ``number``; once."""
    share = next((package for package in case.packages if package.item == part), None) if part else None
    package = share or case.package
    if package is None or package.version != version or any((r.part, r.version) == (part, version) for r in case.receipts):
        return
    case.receipts.append(
        OfficeReceipt(
            number=number, at=at, part=part, name=share.name if share else "", office=share.department if share else "",
            version=package.version, sha256=package.sha256, files=package.files,
        )
    )  # fmt: skip


def url(case: Case, held: OfficeReceipt) -> str:
    """Where a receipt is had."""
    return f"/api/v1/cases/{case.case_no}/receipts/{case.receipts.index(held) + 1}"


def links(case: Case, part: str | None = None) -> list[File]:
    """The latest receipt of the case and of each department, or of one ``part``, to be downloaded."""
    latest = {held.part: held for held in case.receipts if part in (None, held.part)}
    return [
        File(
            name=t("package.receipt_file_part" if held.name else "package.receipt_file", case_no=case.case_no, part=held.name),
            media_type=PDF,
            url=url(case, held),
            text=t("package.receipt_link", number=held.number),
        )
        for held in latest.values()
    ]


def page(case: Case, guide: Guide, number: int) -> bytes:
    """The receipt as PDF; ``number`` counts from 1 in the order in which they came. The same receipt gives the same bytes.

    Raises:
        KeyError: there is no such receipt.
        PackageError: the page could not be made.
    """
    if not 1 <= number <= len(case.receipts):
        raise KeyError(number)
    return pages.receipt(case.case_no, guide, case.receipts[number - 1], book.applicant(case, guide))
