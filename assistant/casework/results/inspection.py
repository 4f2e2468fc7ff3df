"""Is a result what the office says it is? Bytes first, then what stands on it.

The file is opened in the helper process that opens uploads, never here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from assistant.casework.package.text import squash
from assistant.casework.submission.office import ResultNote
from assistant.casework.upload_checks.findings import Unusable
from assistant.casework.upload_checks.helpers import helpers
from assistant.casework.upload_checks.kinds import Unacceptable, kind_of

PDF = "application/pdf"
MOST_PAGES = 500
_CASE_NO = re.compile(r"BD\d{8}[0-9A-Z]{8}")
_HOLDER = re.compile(r"(?:主体名称|经营者名称|企业名称|单位名称|持证人|持有人|权利人|申请人|姓名)[:：]")

ReadText = Callable[[bytes], str]


class BadResult(Exception):
    """The file is not what it says. ``code``: too_large, empty, other_hash, not_pdf, broken, encrypted, other_type, other_case,
    other_number or other_holder; fit for logs, the audit chain and the catalogue (``results.fault_<code>``)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Wanted:
    """What the result is to be about: our case number, the office's, and every name the case's answers hold."""

    case_no: str
    office_ref: str
    names: frozenset[str]


def check(data: bytes, note: ResultNote, wanted: Wanted, max_bytes: int, read_text: ReadText | None = None) -> None:
    """Pass, or say what is wrong.

    A name counts only against a file that says whose it is and yet names nobody of the case: offices print much, and in
    their own words. Blanks and line ends never count.

    Raises:
        BadResult: see there.
        Unusable: the helper has no time just now (``busy``): nothing is known of the file.
    """
    if not data:
        raise BadResult("empty")
    if len(data) > max_bytes:
        raise BadResult("too_large")
    if hashlib.sha256(data).hexdigest() != note.sha256:
        raise BadResult("other_hash")
    if note.media_type not in ("", PDF):
        raise BadResult("other_type")
    try:
        if kind_of(data) != "pdf":
            raise BadResult("not_pdf")
    except Unacceptable:
        raise BadResult("not_pdf") from None
    _about_the_case(squash((read_text or text_of)(data)), note, wanted)


def text_of(pdf: bytes) -> str:
    """The text layer of a PDF from elsewhere.

    Raises:
        BadResult: ``broken`` or ``encrypted``.
        Unusable: ``busy``.
    """
    try:
        return helpers.text(pdf, MOST_PAGES)
    except Unusable as unusable:
        if unusable.code == "busy":
            raise
        raise BadResult("encrypted" if unusable.code == "encrypted" else "broken") from None


def _about_the_case(text: str, note: ResultNote, wanted: Wanted) -> None:
    stated = set(_CASE_NO.findall(text))
    if stated and wanted.case_no not in stated:
        raise BadResult("other_case")
    # A scan has no words in it: nothing is stated, so nothing is contradicted.
    if note.number and text and squash(note.number) not in text:
        raise BadResult("other_number")
    if _HOLDER.search(text) and wanted.names and not _named(text, wanted.names):
        raise BadResult("other_holder")


def _named(text: str, names: Iterable[str]) -> bool:
    return any(squash(name) in text for name in names)
