"""Reading and writing the files: JSON, JSON lines, Excel; YAML drafts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import yaml
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from assistant.foundation.messages import t
from knowledge.schema import Guide

MOST_ROWS = 100_000
_CELL = 32_000
_HEADER = "# {title}\n"


class Unreadable(ValueError):
    """The file is none of the kinds that can be imported; the message says what to do, in Chinese."""


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a ``.json`` (a list, or an object with one), ``.jsonl`` or ``.xlsx`` file.

    Raises:
        Unreadable: it is none of these, or damaged; or it has more than ``MOST_ROWS`` rows.
    """
    try:
        rows = _excel(path) if path.suffix.lower() == ".xlsx" else _json(path)
    except OSError as error:
        raise Unreadable(t("knowledge.import_no_file", file=path.name, detail=error.strerror or "")) from error
    except (ValueError, KeyError, BadZipFile, InvalidFileException) as error:
        raise Unreadable(t("knowledge.import_unreadable", file=path.name, detail=str(error).splitlines()[0])) from error
    if len(rows) > MOST_ROWS:
        raise Unreadable(t("knowledge.import_too_many", file=path.name, most=MOST_ROWS))
    return rows


def stream_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a file of any length: a ``.jsonl`` line by line, the others as ``read_rows`` has them.

    Raises:
        Unreadable: as ``read_rows``; of a ``.jsonl``, when the faulty line is reached.
    """
    if path.suffix.lower() != ".jsonl":
        yield from read_rows(path)
        return
    with path.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, 1):
            try:
                row = json.loads(line) if line.strip() else {}
            except ValueError as error:
                detail = f"{number}: {error}"
                raise Unreadable(t("knowledge.import_unreadable", file=path.name, detail=detail)) from error
            if isinstance(row, dict):
                yield row


def _json(path: Path) -> list[dict[str, Any]]:
    text = path.read_text(encoding="utf-8-sig")
    try:
        data = json.loads(text)
    except json.JSONDecodeError:
        data = [json.loads(line) for line in text.splitlines() if line.strip()]
    if isinstance(data, Mapping):
        lists = [value for value in data.values() if isinstance(value, list)]
        data = lists[0] if len(lists) == 1 else [data]
    if not isinstance(data, list) or not all(isinstance(row, dict) for row in data):
        raise ValueError("not a list of objects")
    return data


def _excel(path: Path) -> list[dict[str, Any]]:
    book = load_workbook(path, read_only=True, data_only=True)
    try:
        sheet = book.worksheets[0]
        lines = sheet.iter_rows(values_only=True, max_row=MOST_ROWS + 2)
        heads = [str(cell).strip() if cell is not None else "" for cell in next(lines, ())]
        return [
            {name: cell for name, cell in zip(heads, line, strict=False) if name and cell is not None}
            for line in lines
            if any(cell is not None for cell in line)
        ]
    finally:
        book.close()


def write_excel(rows: Sequence[Mapping[str, str]], heads: Sequence[str], path: Path) -> None:
    """One sheet: a row a guide, a column a fact, the head fixed."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = t("knowledge.export_sheet")
    sheet.append(list(heads))
    for row in rows:
        sheet.append([_plain(row.get(name, "")) for name in heads])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for number in range(1, len(heads) + 1):
        sheet.column_dimensions[get_column_letter(number)].width = 24
    for line in sheet.iter_rows():
        for cell in line:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "B2"
    book.save(path)


def _plain(text: str) -> str:
    """A cell's text; what a spreadsheet would take for a formula is kept as text."""
    cut = text[:_CELL]
    return f"'{cut}" if cut[:1] in ("=", "+", "-", "@") else cut


def write_json(rows: Iterable[Mapping[str, Any]], path: Path) -> None:
    """JSON lines, one guide a line."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def write_draft(guide: Guide, missing: Sequence[str], path: Path) -> None:
    """One draft as YAML, with what it lacks in its head."""
    data = guide.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    data["effective"] = guide.effective
    body = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=120)
    wanted = t("knowledge.list_separator").join(missing)
    lines = [t("knowledge.draft_head", name=guide.name), t("knowledge.draft_missing", parts=wanted)]
    path.write_text("".join(_HEADER.format(title=line) for line in lines) + "\n" + body, encoding="utf-8")
