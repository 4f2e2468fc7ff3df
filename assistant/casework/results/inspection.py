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
_LABELS = ("主体名称", "经营者名称", "企业名称", "单位名称", "持证人", "持有人", "权利人", "申请人", "姓名")
_SIGN = r"(?:[^\W_]|[·•・])"
"""What a name goes on with: 张三 is not 张三丰, a firm not its branch. A line to be filled in (____) is no name."""
_GAP = "[ \n]?"
_BELOW = rf"\n(?:{_SIGN}{{2,4}}|{_SIGN}+(?:公司|店|行|部|厂|社|中心))(?:\n|$)"
"""A line that is a name and nothing else: where tables have the value under its label."""
_NEXT = (
    "性别|民族|出生|公民身份|身份证|证件|证号|号码|编号|住址|住所|地址|电话|"
    "类型|统一社会信用代码|法定代表人|经营者|有效期|发证|签发"
)
"""Labels that stand right behind a name where a PDF's text has lost the space between two columns."""
_HOLDER = re.compile(rf"(?:{'|'.join(map(_GAP.join, _LABELS))}){_GAP}: ?(?P<stated>{_SIGN}|{_BELOW})?")
_BEGINS = "|".join([r"(?<![^\W_])(?<![·•・])", *(f"(?<={label})" for label in _LABELS)])

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
    their own words. A name is matched whole, whatever line it is broken over.

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
    _about_the_case((read_text or text_of)(data), note, wanted)


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


def _about_the_case(layer: str, note: ResultNote, wanted: Wanted) -> None:
    text = squash(layer)
    stated = set(_CASE_NO.findall(text))
    if stated and wanted.case_no not in stated:
        raise BadResult("other_case")
    # A scan has no words in it: nothing is stated, so nothing is contradicted.
    if note.number and text and squash(note.number) not in text:
        raise BadResult("other_number")
    if wanted.names and not _named(_lines(layer), wanted.names):
        raise BadResult("other_holder")


def _named(lines: str, names: Iterable[str]) -> bool:
    """Whether the text does not say whose it is, or names one of these, whole."""
    labels = list(_HOLDER.finditer(lines))
    if not labels or any(_whole(name).search(lines) for name in names):
        return True
    # A form that leaves the line empty says it in its sentences, where a name has no end that could be seen.
    return not any(label["stated"] for label in labels) and any(squash(name) in squash(lines) for name in names)


def _lines(layer: str) -> str:
    """The text layer with its lines kept and one blank for any."""
    return "\n".join(" ".join(squash(run) for run in line.split()) for line in layer.splitlines())


def _whole(name: str) -> re.Pattern[str]:
    signs = _GAP.join(map(re.escape, squash(name)))
    return re.compile(f"(?:{_BEGINS}){signs}(?:(?!{_SIGN})|(?={_NEXT}))")
