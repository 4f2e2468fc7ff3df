"""The whole package as one PDF to print and to post: cover, contents, every part in order, with page numbers and bookmarks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

import segno

from assistant.casework.model import Case
from assistant.casework.package.errors import PackageError
from assistant.casework.package.gate import check, expect_texts
from assistant.casework.package.pages import compile_page, day
from assistant.casework.package.press import Leaf, Press, PressError
from assistant.casework.package.values import printed_values
from assistant.foundation.logging import get_logger
from assistant.foundation.messages import t
from knowledge.schema import Guide

_log = get_logger(__name__)
PICTURES = ("image/jpeg", "image/png", "image/webp")
_NAMES = ("applicant_name", "insured_name", "company_name")
_TRIES = 6  # after so many parts that cannot be bound, none of the uploads is


@dataclass(frozen=True)
class Entry:
    """A line of the contents. ``data`` is what is bound in; without it the part is listed only (Word files)."""

    title: str
    kind: str
    media_type: str
    data: bytes
    pages: int
    ours: bool = True

    @property
    def leaf(self) -> Leaf | None:
        """What the press binds in; None for what cannot be printed here."""
        if self.media_type == "application/pdf" and self.pages:
            return Leaf("pdf", self.data, self.pages)
        if self.media_type in PICTURES:
            return Leaf("picture", self.data, 1)
        return None


@dataclass(frozen=True)
class Cover:
    """What the cover says. ``link`` opens the case; it holds its number and no secret. ``part`` is empty for the whole."""

    link: str
    version: int
    made: datetime
    part: str = ""
    department: str = ""


@dataclass(frozen=True)
class Book:
    """``front`` is cover and contents, ``whole`` everything (None where it could not be bound); ``notices`` for the citizen."""

    front: bytes
    whole: bytes | None
    notices: list[str]


def bind(case: Case, guide: Guide, cover: Cover, entries: Sequence[Entry], press: Press) -> Book:
    """Bind the entries in their order. What cannot be bound is listed and handed over as a file of its own; a notice says so.

    Raises:
        PackageError: ``page_broken`` or ``document_incomplete`` for cover and contents, which are ours.
    """
    held, notices = list(entries), list[str]()
    for attempt in range(_TRIES):
        base = _base(case, guide, cover, held)
        printable = [index for index, entry in enumerate(held) if entry.leaf is not None]
        leaves = [leaf for entry in held if (leaf := entry.leaf) is not None]
        try:
            front, whole = press.bind(base, leaves)
        except PressError as error:
            failed = _failed(error, printable, held)
            if failed is None and attempt == 0 and any(not entry.ours for entry in held):
                failed = [index for index in printable if not held[index].ours]  # one of them killed it; which, it cannot say
            if not failed:
                break
            for index in failed:
                notices.append(t("package.notice_unbound", title=held[index].title))
                held[index] = replace(held[index], data=b"", media_type="", pages=0)
        else:
            return Book(front, whole, notices)
    _log.error("package.unbound", case_no=case.case_no)
    nothing = [replace(entry, data=b"", media_type="", pages=0) for entry in held]
    return Book(_base(case, guide, cover, nothing), None, [*notices, t("package.notice_no_book")])


def applicant(case: Case, guide: Guide) -> str:
    """Who applies, as the cover names them; empty where no answer says so."""
    answered = [(field, text) for field, _, text in printed_values(case, guide)]
    for key in _NAMES:
        for field, text in answered:
            if field.key == key:
                return text
    people = [text for field, text in answered if field.type in ("person_name", "company_name") and "agent" not in field.key]
    return people[0] if people else ""


def _failed(error: PressError, printable: list[int], held: list[Entry]) -> list[int] | None:
    word, _, rest = error.code.partition(" ")
    number = rest.partition(" ")[0]
    if word != "part" or not number.isdigit() or int(number) >= len(printable):
        return None
    index = printable[int(number)]
    return [index] if not held[index].ours else None


def _base(case: Case, guide: Guide, cover: Cover, entries: Sequence[Entry]) -> bytes:
    name = applicant(case, guide)
    facts = [
        (t("package.cover_item"), guide.name),
        (t("package.cover_case_no"), case.case_no),
        (t("package.cover_applicant"), name),
        (t("package.cover_department"), cover.department or guide.department or ""),
        (t("package.cover_made"), day(cover.made)),
        (t("package.cover_version"), t("package.cover_version_text", version=cover.version)),
    ]
    title = t("package.book_title")
    counted = [{"title": e.title, "kind": e.kind, "pages": e.leaf.pages if e.leaf else 0} for e in entries]
    apart = [t("package.apart", title=e.title) for e in entries if e.leaf is None]
    pdf = compile_page("book", title, {
        "title": t("package.book_of", guide=guide.name, case_no=case.case_no), "case_no": case.case_no, "guide": guide.name,
        "part": cover.part, "applicant": name, "facts": [fact for fact in facts if fact[1]], "entries": counted, "apart": apart,
        "qr": qr_svg(cover.link), "qr_caption": t("package.cover_qr"), "remark": t("package.cover_remark"),
    }, tagged=False, at=cover.made)
    shown = [case.case_no, guide.name, name, *(entry.title for entry in entries)]
    check(pdf, expect_texts(shown), title)
    return pdf


@lru_cache(64)  # a department's package has the code of the whole
def qr_svg(link: str) -> str:
    """The QR code (GB/T 18284, level M) of an address as SVG."""
    return segno.make(link, error="m", micro=False).svg_inline(scale=4, border=2)


__all__ = ["Book", "Cover", "Entry", "PackageError", "applicant", "bind", "qr_svg"]
