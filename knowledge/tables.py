"""Repeated groups (重复组): a field whose answer is a list of rows, such as shareholders, vehicles or family members."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Any, Literal, Protocol

from pydantic import Field, model_validator

from knowledge.conditions import holds
from knowledge.facts import Condition, Option, Strict, condition_fields

CellType = Literal[
    "text", "company_name", "person_name", "id_number", "uscc", "phone", "email", "address", "date", "area", "amount",
    "integer", "percent", "choice", "yes_no",
]  # fmt: skip
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
#: Words a template and a condition use of a row or a table themselves.
RESERVED = frozenset({"no", "tick", "first", "rows"})
MOST_ROWS = 200


class Column(Strict):
    """One column (列). ``when`` looks at the columns of the same row and at the other fields of the case.

    ``options`` of a text column are the wordings people use for some of its values (英国人, UK: 英国), which are kept as one.
    ``names`` are other words for its heading; ``example`` stands in the sheet people fill in.
    """

    key: Key
    label: str
    type: CellType
    options: list[Option] = []
    when: Condition | None = None
    optional: bool = False
    international: bool = False
    example: str | None = None
    names: list[str] = []

    @model_validator(mode="after")
    def fits_its_type(self) -> Column:
        if self.type == "choice" and len(self.options) < 2:
            raise ValueError(f"column {self.key}: a choice column needs at least two options")
        if self.key in RESERVED:
            raise ValueError(f"column {self.key}: this key is reserved")
        return self


class Rows(Strict):
    """How many rows there may be, and what one is called: ``{least: 1, most: 50, called: 股东, counter: 个}``.

    ``too_many`` says what to do with more. Where ``one_when`` holds for the other fields there is just one row.
    """

    least: int = Field(default=1, ge=0)
    most: int = Field(default=MOST_ROWS, ge=1, le=MOST_ROWS)
    called: str = "项"
    counter: str = "个"
    too_many: str | None = None
    one_when: Condition | None = None

    @model_validator(mode="after")
    def in_order(self) -> Rows:
        if self.least > self.most:
            raise ValueError("rows: least is more than most")
        return self


class TableRule(Strict):
    """A rule over all rows. ``soft`` ones warn and let pass.

    distinct: no two rows have the same cell in ``column`` · differs: no cell of ``column`` is the answer to ``field`` ·
    sum_equals, sum_at_most: the cells of ``column`` added up, against the answer to ``field``, or ``value``.
    """

    kind: Literal["distinct", "differs", "sum_equals", "sum_at_most"]
    column: Key
    field: str | None = None
    value: float | None = None
    message: str
    soft: bool = False

    @model_validator(mode="after")
    def has_what_it_needs(self) -> TableRule:
        if self.kind == "distinct" and (self.field is not None or self.value is not None):
            raise ValueError("table rule distinct takes neither field nor value")
        if self.kind == "differs" and (self.field is None or self.value is not None):
            raise ValueError("table rule differs takes a field and no value")
        if self.kind not in ("distinct", "differs") and (self.field is None) == (self.value is None):
            raise ValueError(f"table rule {self.kind}: exactly one of field and value")
        return self


def table_problems(key: str, columns: Sequence[Column], rules: Sequence[TableRule]) -> list[str]:
    """What is wrong with a table field in itself, for the schema's own error."""
    keys = [column.key for column in columns]
    if not columns:
        return [f"field {key}: a table field needs columns"]
    problems = [f"field {key}: column {name} is defined twice" for name in sorted({k for k in keys if keys.count(k) > 1})]
    if all(column.optional for column in columns):
        problems.append(f"field {key}: a table field needs a column that is not optional")
    by_key = {column.key: column for column in columns}
    for rule in rules:
        held = by_key.get(rule.column)
        if held is None:
            problems.append(f"field {key}: table rule {rule.kind} names unknown column {rule.column}")
        elif rule.kind not in ("distinct", "differs") and held.type not in ("amount", "integer", "area"):
            problems.append(f"field {key}: table rule {rule.kind} needs a column of numbers, {rule.column} is none")
    return problems


class TableField(Protocol):
    """What is looked at of a guide's field here."""

    @property
    def key(self) -> str: ...
    @property
    def columns(self) -> list[Column]: ...
    @property
    def rows(self) -> Rows | None: ...
    @property
    def table_rules(self) -> list[TableRule]: ...


def table_references(fields: Sequence[TableField]) -> list[str]:
    """References of tables that point nowhere: conditions of columns, and what sums are held against."""
    keys = {field.key for field in fields}
    problems = []
    for field in fields:
        for column in field.columns:
            known = keys | {other.key for other in field.columns}
            named = condition_fields(column.when) if column.when else []
            problems += [
                f"field {field.key}: column {column.key} depends on unknown field {name}" for name in named if name not in known
            ]
        one = field.rows.one_when if field.rows is not None else None
        problems += [
            f"field {field.key} depends on unknown field {name}" for name in condition_fields(one) if name not in keys
        ] if one is not None else []
        problems += [
            f"field {field.key}: table rule {rule.kind} names unknown field {rule.field}"
            for rule in field.table_rules
            if rule.field is not None and rule.field not in keys
        ]
    return problems


def most_rows(rows: Rows, values: Mapping[str, Any]) -> int:
    """How many rows there may be in this case."""
    return 1 if rows.one_when is not None and holds(rows.one_when, values) else rows.most


def applies(column: Column, row: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    """Whether a column is wanted in this row."""
    return column.when is None or holds(column.when, {**values, **row})


def choices_for(
    columns: Sequence[Column], filled: Collection[str], row: Mapping[str, Any], values: Mapping[str, Any]
) -> list[tuple[Column, list[Option]]]:
    """The choices of a row nobody made yet, each with the options that let all ``filled`` columns apply."""
    given = [column for column in columns if column.key in filled]
    return [
        (choice, [o for o in choice.options if all(applies(c, {**row, choice.key: o.value}, values) for c in given)])
        for choice in columns
        if choice.type == "choice" and choice.key not in filled and applies(choice, row, values)
    ]


def columns_of(columns: Sequence[Column], values: Mapping[str, Any]) -> list[Column]:
    """The columns a sheet or a card has in this case: those that can be wanted in some row, given what is known."""
    found: list[Column] = []
    for column in columns:
        if column.when is None or _possible(column.when, {other.key for other in found}, values):
            found.append(column)
    return found


def _possible(condition: Condition, unknown: set[str], values: Mapping[str, Any]) -> bool:
    if condition.all_ is not None:
        return all(_possible(part, unknown, values) for part in condition.all_)
    if condition.any_ is not None:
        return any(_possible(part, unknown, values) for part in condition.any_)
    if any(name in unknown for name in condition_fields(condition)):
        return True
    return holds(condition, values)

