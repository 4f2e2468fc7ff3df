"""The words of a filled Word form as blocks, for the plain layout used when LibreOffice is missing."""

from __future__ import annotations

from typing import Any

from assistant.casework.package.forms import W, body, paragraph_text
from assistant.casework.package.pages import Block


def blocks(docx: bytes) -> list[Block]:
    """Paragraphs and tables of the body in reading order. A table inside a cell becomes the lines of that cell."""
    return [block for node in body(docx) if (block := _block(node)) is not None]


def _block(node: Any) -> Block | None:
    if node.tag == f"{W}tbl":
        return _table(node)
    text = "\n".join(paragraph_text(paragraph) for paragraph in node.iter(f"{W}p"))
    if node.tag not in (f"{W}p", f"{W}sdt") or not text.strip():
        return None
    alignment = node.find(f"{W}pPr/{W}jc")
    return Block(
        "paragraph", text, bold=node.find(f".//{W}b") is not None,
        centred=alignment is not None and alignment.get(f"{W}val") == "center",
    )


def _table(node: Any) -> Block | None:
    rows: list[list[tuple[str, int]]] = []
    for row in node.findall(f"{W}tr"):
        cells: list[tuple[str, int]] = []
        for cell in row.iter(f"{W}tc"):
            if next(cell.iterancestors(f"{W}tr")) is not row:
                continue
            span = cell.find(f"{W}tcPr/{W}gridSpan")
            text = "\n".join(paragraph_text(paragraph) for paragraph in cell.iter(f"{W}p"))
            cells.append((text, int(span.get(f"{W}val")) if span is not None else 1))
        if cells:
            rows.append(cells)
    if not rows:
        return None
    columns = max(sum(span for _, span in row) for row in rows)
    return Block("table", rows=[_pad(row, columns) for row in rows], columns=columns)


def _pad(row: list[tuple[str, int]], columns: int) -> list[tuple[str, int]]:
    text, span = row[-1]
    return [*row[:-1], (text, span + columns - sum(width for _, width in row))]
