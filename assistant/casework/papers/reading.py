"""One uploaded file from photograph to what it says: straightened, read, told apart, its fields, its upright PDF."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel

from assistant.casework.papers.classify import classify
from assistant.casework.papers.fields import read_fields
from assistant.casework.papers.lines import Line, Page
from assistant.casework.papers.ocr import OcrReader, OcrUnavailable, reader
from assistant.casework.upload_checks.findings import Unusable
from assistant.casework.upload_checks.helpers import Helpers, helpers
from assistant.foundation import metrics
from assistant.foundation.logging import get_logger
from knowledge.papers import paper_kinds

_log = get_logger(__name__)
_UNSURE = 0.3  # below which nobody is told that a page was turned
_BORDER = 0.008  # of a page's side: text that comes nearer to it runs over it
_LEAST_CONFIDENT = 0.75  # mean confidence of a page's lines below which it is hard to read

State = Literal["waiting", "read", "not_read", "nothing_to_read"]


class Read(BaseModel):
    """What came of reading an upload. ``values`` are by the kind's field keys; ``notes`` are codes of what is wrong with it.

    ``state`` is waiting (not done yet), read, not_read (the reader is missing, busy or hung) or nothing_to_read (a Word file).
    """

    state: State = "waiting"
    kind: str | None = None
    readable: bool = False
    values: dict[str, str] = {}
    notes: list[str] = []
    found: bool = False
    turned: bool = False


@dataclass
class Looked:
    """What is known of a file after reading it, and its straightened, upright PDF where one was made."""

    read: Read
    pdf: bytes | None = None
    quality: dict[str, bool] = field(default_factory=dict)


def look(
    data: bytes, kind: str, today: date, wait_s: float, by: OcrReader = reader, within: Helpers = helpers,
) -> Looked:  # fmt: skip
    """Read a file that the checks found usable. Never raises for what is in it: what could not be done is said in ``read``.

    ``wait_s`` limits, in seconds, the wait for other people's pages.
    """
    if kind == "docx":
        return Looked(Read(state="nothing_to_read"))
    try:
        told, pictures = within.pages(kind, data)
        pages = _read_pages(told, pictures, wait_s, by)
    except (Unusable, OcrUnavailable) as error:
        _log.warning("paper.not_read", reason=str(error))
        return Looked(Read(state="not_read"))
    held = classify(pages)
    known = paper_kinds().get(held.kind or "")
    values = read_fields(known, pages, today) if known else {}
    metrics.papers_total.labels(kind=held.kind or ("other" if held.readable else "no_text")).inc()
    turns = [page.turned if page.sure >= _UNSURE else 0 for page in pages]
    found = Read(
        state="read", kind=held.kind, readable=held.readable, values=values, notes=_notes(told, pages, values, today),
        found=any(page["found"] for page in told), turned=any(turns),
    )  # fmt: skip
    quality = {check["code"]: bool(check["ok"]) for page in told for check in page["checks"]}
    return Looked(found, _pdf(data, kind, pictures, turns, found, known.size if known else None, within), quality)


def _read_pages(told: Sequence[dict[str, Any]], pictures: Sequence[bytes], wait_s: float, by: OcrReader) -> list[Page]:
    deadline = time.monotonic() + wait_s
    pages = []
    for page, picture in zip(told, pictures, strict=True):
        if picture:
            pages.append(by.read(picture, max(0.0, deadline - time.monotonic())))
        else:
            lines = [Line(text=line["text"], box=tuple(line["box"])) for line in page.get("text", [])]
            pages.append(Page(lines=lines))
    return pages


def _notes(told: Sequence[dict[str, Any]], pages: Sequence[Page], values: dict[str, str], today: date) -> list[str]:
    """Codes of what is wrong: ``cut`` (a part is missing), ``hard_to_read``, ``expired``."""
    notes = []
    if any(page["cut"] for page in told if page["found"]) or any(_runs_over(page) for page in pages):
        notes.append("cut")
    scores = [(line.score, len(line.text)) for page in pages for line in page.lines]
    if scores and sum(s * n for s, n in scores) / sum(n for _, n in scores) < _LEAST_CONFIDENT:
        notes.append("hard_to_read")
    if "expires" in values and values["expires"] < today.isoformat():
        notes.append("expired")
    return notes


def _runs_over(page: Page) -> bool:
    """Whether text comes so near to a side that it probably went on outside."""
    if not page.width or not page.height:
        return False
    near_x, near_y = page.width * _BORDER, page.height * _BORDER
    over = [
        line
        for line in page.lines
        if line.box[0] <= near_x
        or line.box[2] >= page.width - near_x
        or line.box[1] <= near_y
        or line.box[3] >= page.height - near_y
    ]
    return len(over) >= 2


def _pdf(
    data: bytes,
    kind: str,
    pictures: list[bytes],
    turns: list[int],
    found: Read,
    size: tuple[float, float] | None,
    within: Helpers,
) -> bytes | None:
    """The upright PDF: of every photograph with words on it, and of scans that lay on their side or head; else None."""
    try:
        if kind == "pdf":
            return within.turned_pdf(data, turns) if any(turns) else None
        return within.as_pdf(pictures, turns, size) if found.readable else None
    except Unusable as error:
        _log.warning("paper.not_straightened", reason=str(error))
        return None
