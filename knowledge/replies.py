"""What the bot can say: the reply, ask and citation shapes of the public API, shared by every room that speaks."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field


class Citation(BaseModel):
    """The source of a stated fact. ``verified`` is false for what nobody has checked yet."""

    title: str
    article: str | None = None
    url: str | None = None
    verified: bool = True


class Option(BaseModel):
    """One thing to choose: ``value`` is what the client sends back, ``label`` what people read."""

    value: str
    label: str


class Row(BaseModel):
    """A line of a card; ``source`` says where the value came from, in words."""

    label: str
    value: str
    source: str | None = None


class Action(BaseModel):
    """A button of a card: pressing it sends ``message`` as the citizen's own text."""

    label: str
    message: str


class Text(BaseModel):
    kind: Literal["text"] = "text"
    text: str
    citations: list[Citation] | None = None


class Choices(BaseModel):
    kind: Literal["choices"] = "choices"
    text: str
    options: list[Option]


class Card(BaseModel):
    kind: Literal["card"] = "card"
    title: str
    text: str
    rows: list[Row] = []
    actions: list[Action] = []
    citations: list[Citation] | None = None


class File(BaseModel):
    kind: Literal["file"] = "file"
    name: str
    url: str
    media_type: str
    text: str = ""


class Notice(BaseModel):
    kind: Literal["notice"] = "notice"
    level: Literal["info", "warning", "error"]
    text: str


Reply = Annotated[Text | Choices | Card | File | Notice, Field(discriminator="kind")]


class AskError(BaseModel):
    """Why the last answer was not taken, and what to do instead."""

    code: str
    message: str


class AskColumn(BaseModel):
    """One column of a table that is asked for: its heading, and what a cell is."""

    field: str
    label: str
    kind: Literal["text", "number", "date", "choice"]
    options: list[Option] | None = None
    optional: bool = False
    example: str | None = None


class Ask(BaseModel):
    """The one thing the bot is asking now. ``value`` is the present answer when it is asked again.

    ``columns`` are there for a table: a client may draw one card of it. Its answer is ``text`` with one line a row, cells
    separated by tabs, the headings as first line; ``value`` are the rows there are, each an object by column.
    """

    field: str
    label: str
    kind: Literal["text", "number", "date", "choice", "multi", "file", "confirm"]
    options: list[Option] | None = None
    columns: list[AskColumn] | None = None
    value: Any = None
    example: str | None = None
    why: str | None = None
    optional: bool = False
    error: AskError | None = None
    accept: list[str] | None = None
    max_bytes: int | None = None
    material: str | None = None
