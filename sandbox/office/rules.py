"""The items the office knows: which result each ends in, and what may be passed without a person. Read from ``rules.yaml``."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

_FILE = Path(__file__).with_name("rules.yaml")


class _Rule(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ResultRule(_Rule):
    """What an approval issues. ``valid_years`` or ``valid_days`` from the day of issue; neither: no end."""

    kind: str = Field(pattern=r"^[a-z_]{1,40}$")
    title: str = Field(max_length=100)
    valid_years: int | None = Field(default=None, ge=1)
    valid_days: int | None = Field(default=None, ge=1)
    shows: list[str] = []
    statement: str = ""


class FileRule(_Rule):
    """A file that must be in the package: of this kind, with these words in its title."""

    kind: str
    title: str = ""


class ValueRule(_Rule):
    """What an answer must be, if there is one: one of these, of this shape, or right by its check character."""

    field: str
    one_of: list[str] = []
    matches: str = ""
    check: Literal["", "id_number", "uscc", "phone"] = ""
    why: str = Field(min_length=1)

    @field_validator("matches")
    @classmethod
    def _compiles(cls, given: str) -> str:
        re.compile(given)
        return given

    @model_validator(mode="after")
    def _asks_something(self) -> ValueRule:
        if sum(map(bool, (self.one_of, self.matches, self.check))) != 1:
            raise ValueError("a value rule has exactly one of one_of, matches and check")
        return self


class Known(_Rule):
    """Which answers have to agree with the register: the codes of the fields they stand in.

    Of an enterprise that is active ``uscc``, ``name`` and ``legal_representative``; of a person ``id_number`` and ``name``.
    """

    enterprise: dict[Literal["uscc", "name", "legal_representative"], str] = {}
    person: dict[Literal["id_number", "name"], str] = {}

    @model_validator(mode="after")
    def _whole(self) -> Known:
        if (self.enterprise and not {"uscc", "name"} <= set(self.enterprise)) or (self.person and len(self.person) != 2):
            raise ValueError("an enterprise needs uscc and name, a person id_number and name")
        return self


class PassRule(_Rule):
    """What must be so for an application to be passed without a person."""

    fields: list[str] = Field(min_length=1)
    known: Known = Known()
    files: list[FileRule] = []
    values: list[ValueRule] = []


class ItemRule(_Rule):
    """One item. Without ``passing`` it is never passed automatically."""

    result: ResultRule
    passing: PassRule | None = Field(default=None, alias="pass")


class Rules(_Rule):
    """All items; ``default`` is for those that are not listed."""

    default: ItemRule
    items: dict[str, ItemRule]

    def item(self, code: str) -> ItemRule:
        """The rule for an item."""
        return self.items.get(code, self.default)


@cache
def rules() -> Rules:
    """The rules as shipped; pydantic.ValidationError when the file is wrong, at the first use."""
    return Rules.model_validate(yaml.safe_load(_FILE.read_text(encoding="utf-8")))
