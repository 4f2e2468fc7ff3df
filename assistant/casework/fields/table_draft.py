"""A table on its way to be an answer: kept in the case between turns."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel


class CellProblem(BaseModel):
    """A cell of a table that could not be used. ``insist`` is taken, with its ``warning``, when it is said again."""

    row: int
    column: str
    given: str
    code: str
    message: str
    insist: Any = None
    warning: str | None = None


class TableDraft(BaseModel):
    """A table being filled in. ``asked`` is the row and column asked for; ``closed`` says that no further rows come.

    ``rows`` hold normalised cells by column key; ``expected`` is how many rows she said there are.
    """

    rows: list[dict[str, Any]] = []
    problems: list[CellProblem] = []
    warnings: list[str] = []
    asked: tuple[int, str] | None = None
    closed: bool = False
    expected: int | None = None
