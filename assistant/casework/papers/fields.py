"""What a paper says, field by field: behind the words printed before it; codes count only where their check digits hold."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from assistant.casework.papers.classify import compact
from assistant.casework.papers.lines import Line, Page, rows
from assistant.engine.components.patterns import codes
from knowledge.papers import PaperField, PaperKind

_DATE = re.compile(r"(\d{4})\s*[年.\-/]\s*(\d{1,2})\s*[月.\-/]\s*(\d{1,2})")
_FOREVER = re.compile(r"长期|永久|不约定")
_SIGNS = str.maketrans("OoQIl|ZSB", "000111258")
_HAN_NAME = re.compile(r"^[㐀-鿿豈-﫿\U00020000-\U0003134f]{1,20}(?:·[㐀-鿿豈-﫿\U00020000-\U0003134f]+)*$")
#: A company's name ends here, whatever was read on in the same breath.
_COMPANY = re.compile(r".{2,40}?(?:有限|股份)(?:责任)?公司(?:.{1,14}?分公司)?")
_EDGE = " :：,，.。、;；-—_|"
_RAGGED = 0.25  # of the width a full line of running text may leave free: digits are narrow, words are not broken
FOREVER = "9999-12-31"


@dataclass(frozen=True)
class _Spot:
    """One sign of a row: where it stands and in which line."""

    sign: str
    x: float
    line: Line


@dataclass(frozen=True)
class _Begun:
    """A value that may go on below: where its label and itself begin, how high its letters are, how many lines may follow."""

    label: float
    x: float
    height: float
    lines: int


def read_fields(kind: PaperKind, pages: list[Page], today: date) -> dict[str, str]:
    """Values by the kind's field keys. Dates are ISO 8601, ``9999-12-31`` what never ends; what is not made out is left out."""
    found: dict[str, str] = {}
    for page in pages:
        raw = _prose(kind, page) if kind.prose else _form(kind, page)
        for key, field in kind.fields.items():
            if key not in found and (value := _value(field, raw.get(key, ""), page, today)):
                found[key] = value
    return found


def _form(kind: PaperKind, page: Page) -> dict[str, str]:
    """What stands behind each anchor of a form: to its right, and below in line with that."""
    ordered = [_spots(row) for row in rows(page.lines)]
    anchors = sorted(
        [(anchor, key) for key, field in kind.fields.items() for anchor in field.anchors] + [(stop, "") for stop in kind.stops],
        key=lambda pair: -len(pair[0]),
    )
    taken: set[int] = set()
    found: dict[str, str] = {}
    for number, standing in enumerate(ordered):
        row = [spot for spot in standing if id(spot.line) not in taken]
        marks = _marks(row, anchors)
        for i, (_, end, key) in enumerate(marks):
            limit = marks[i + 1][0] if i + 1 < len(marks) else len(row)
            value = row[end:limit]
            if not key or key in found:
                continue
            text = "".join(spot.sign for spot in value)
            if not text.strip(_EDGE):
                continue
            if kind.fields[key].lines > 1:
                first = next(spot for spot in value if spot.sign not in _EDGE)
                begun = _Begun(row[marks[i][0]].x, first.x, first.line.height, kind.fields[key].lines - 1)
                text += _below(ordered[number + 1 :], begun, value[-1].line, anchors, taken)
            found[key] = text
    return found


def _spots(row: list[Line]) -> list[_Spot]:
    found = []
    for line in row:
        text = unicodedata.normalize("NFKC", line.text)
        wide = (line.box[2] - line.box[0]) / max(len(text), 1)
        found += [_Spot(sign, line.box[0] + i * wide, line) for i, sign in enumerate(text)]
        found.append(_Spot(" ", line.box[2], line))
    return found


def _marks(row: list[_Spot], anchors: list[tuple[str, str]]) -> list[tuple[int, int, str]]:
    """Where anchors begin and end in a row, and whose they are. Letters of an anchor may stand wide apart."""
    text = "".join(spot.sign for spot in row)
    taken = [False] * len(text)
    marks = []
    for anchor, key in anchors:
        pattern = r"\s*".join(re.escape(sign) for sign in compact(anchor))
        for match in re.finditer(pattern, text):
            if any(taken[match.start() : match.end()]) or not _begins(text, match.start()):
                continue
            taken[match.start() : match.end()] = [True] * (match.end() - match.start())
            marks.append((match.start(), match.end(), key))
    return sorted(marks)


def _begins(text: str, at: int) -> bool:
    """Whether a label may stand here: 新住所 is no 住所, and neither is the 名称 in 经营者名称."""
    return at == 0 or not re.match(r"[㐀-鿿]", text[at - 1]) or text[:at].endswith(("女", "男"))


def _below(further: list[list[_Spot]], begun: _Begun, last: Line, anchors: list[tuple[str, str]], taken: set[int]) -> str:
    """Lines that go on under a value: close below, beginning where it begins, and no other label's in the same column."""
    text, most = "", begun.lines
    for row in further:
        if most == 0 or min(spot.line.box[1] for spot in row) - last.box[3] > 1.1 * begun.height:
            break
        labels = [row[start].x for start, _, _ in _marks(row, anchors)]
        for line in {id(spot.line): spot.line for spot in row}.values():
            in_line = abs(line.box[0] - begun.x) < 1.6 * begun.height and line.middle > last.middle
            labelled = any(begun.label - begun.height < x <= line.box[0] + 1 for x in labels)
            if in_line and not labelled and id(line) not in taken:
                text += unicodedata.normalize("NFKC", line.text)
                taken.add(id(line))
                last, most = line, most - 1
                break
    return text


def _prose(kind: PaperKind, page: Page) -> dict[str, str]:
    """What stands behind each anchor in running text, to the end of the sentence or of a line that is not full."""
    ordered = rows(page.lines)
    right = max((line.box[2] for line in page.lines), default=0.0)
    left = min((line.box[0] for line in page.lines), default=0.0)
    text = ""
    for row in ordered:
        text += " ".join(unicodedata.normalize("NFKC", line.text) for line in row)
        full = row[-1].box[2] > right - _RAGGED * (right - left) and not row[-1].text.rstrip().endswith(
            ("。", "；", "：", ":", ";")
        )
        text += "" if full else "\n"
    found = {}
    for key, field in kind.fields.items():
        for anchor in field.anchors:
            pattern = r"\s*".join(re.escape(sign) for sign in compact(anchor))
            ends = r"\n" if field.type == "until" else r"\n。;；，,（("
            match = re.search(rf"{pattern}\s*[:：]?\s*([^{ends}]{{2,80}})", text)
            if match:
                found[key] = match[1]
                break
    return found


def _value(field: PaperField, raw: str, page: Page, today: date) -> str | None:
    raw = raw.strip(_EDGE)
    match field.type:
        case "id_number":
            return _code(raw, page, lambda number: codes.id_fault(number, today) is None, r"\d{17}[\dX]")
        case "uscc":
            return _code(raw, page, codes.uscc_fits, r"[0-9A-Z]{18}")
        case "mrz":
            return _passport(page)
        case "date":
            return _day(raw)
        case "until":
            return _until(raw)
        case "person_name":
            return _person(raw)
        case "company_name" | "name":
            plain = compact(raw).strip(_EDGE)
            whole = _COMPANY.match(plain)
            return whole[0] if whole else plain or None
        case _:
            plain = compact(raw) if field.type != "text" else re.sub(r"(?<=[㐀-鿿])\s+|\s+(?=[㐀-鿿])", "", raw)
            if field.regex is not None:
                match_ = re.search(field.regex, plain or compact(page.text)) or re.search(field.regex, compact(page.text))
                return match_[0] if match_ else None
            return plain.strip(_EDGE) or None


def _person(raw: str) -> str | None:
    name = compact(raw).replace("•", "·").replace("・", "·").strip(_EDGE)
    return name if _HAN_NAME.match(name) and 2 <= len(name) <= 20 else None


def _code(raw: str, page: Page, holds: object, shape: str) -> str | None:
    """The one code that passes its check digit, behind its anchor or else anywhere on the page; letters are put right."""
    assert callable(holds)
    for text in (raw, *(line.text for line in page.lines)):
        right = {code for code in _candidates(text, shape) if holds(code)}
        if text is raw and len(right) == 1:
            return right.pop()
    everywhere = {code for line in page.lines for code in _candidates(line.text, shape) if holds(code)}
    return everywhere.pop() if len(everywhere) == 1 else None


def _candidates(text: str, shape: str) -> Iterable[str]:
    plain = compact(text).upper().replace("×", "X")
    for run in re.findall(r"[0-9A-Z|]{18,}", plain):
        for start in range(len(run) - 17):
            code = run[start : start + 18]
            for reading in (
                code,
                code.replace("O", "0").replace("I", "1").replace("Q", "0"),
                code[:17].translate(_SIGNS) + code[17:],
            ):
                if re.fullmatch(shape, reading):
                    yield reading


def _day(raw: str) -> str | None:
    match = _DATE.search(raw)
    try:
        return date(int(match[1]), int(match[2]), int(match[3])).isoformat() if match else None
    except ValueError:
        return None


def _until(raw: str) -> str | None:
    """The last day named: 2021.05.21-2041.05.21, or a time without end."""
    days = [day for match in _DATE.finditer(raw) if (day := _day(match[0]))]
    if _FOREVER.search(raw):
        return FOREVER
    return max(days) if days else None


_MRZ = re.compile(r"([A-Z][0-9A-Z]{8})(\d)[A-Z]{3}\d{6}\d[MF<]\d{6}\d")


def _passport(page: Page) -> str | None:
    """The number of the machine-readable zone (ICAO 9303), where its own check digit holds."""
    for line in page.lines:
        match = _MRZ.search(compact(line.text).upper().replace("«", "<<"))
        if match and _icao(match[1]) == int(match[2]):
            return match[1]
    return None


def _icao(text: str) -> int:
    values = (0 if sign == "<" else int(sign) if sign.isdigit() else ord(sign) - 55 for sign in text)
    return sum(value * (7, 3, 1)[i % 3] for i, value in enumerate(values)) % 10
