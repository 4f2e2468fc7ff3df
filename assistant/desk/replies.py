"""Canned replies: what staff say often, with fields filled from the case. Declared in a YAML file; a city may have its own."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, field_validator

from assistant.casework.flow.summary import case_view
from assistant.casework.model import Case
from knowledge.conditions import holds
from knowledge.schema import Guide

SHIPPED = Path(__file__).with_name("replies.yaml")
NAME, CASE_NO, ITEM, MATERIALS, ANSWERS, PLACE, MYSELF = (
    "姓名称呼", "办件号", "事项", "缺的材料", "还缺的内容", "办理地点", "坐席",
)  # fmt: skip
FIELDS = (NAME, CASE_NO, ITEM, MATERIALS, ANSWERS, PLACE, MYSELF)
_FIELD = re.compile(r"\{([^{}]*)\}")
_TWO_CHARACTERS = ("欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "夏侯", "端木", "南宫")


class Canned(BaseModel):
    """One of them. ``then`` opens a dialog once it was sent."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,32}$")]
    title: Annotated[str, Field(min_length=1, max_length=32)]
    text: Annotated[str, Field(min_length=1, max_length=2000)]
    then: Literal["wrap_up", "transfer"] | None = None

    @field_validator("text")
    @classmethod
    def known_fields(cls, text: str) -> str:
        if unknown := set(_FIELD.findall(text)) - set(FIELDS):
            raise ValueError("、".join(sorted(unknown)))
        return text


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    replies: list[Canned]

    @field_validator("replies")
    @classmethod
    def each_once(cls, replies: list[Canned]) -> list[Canned]:
        codes = [one.code for one in replies]
        if twice := {code for code in codes if codes.count(code) > 1}:
            raise ValueError("、".join(sorted(twice)))
        return replies


@lru_cache(maxsize=4)
def canned(path: Path = SHIPPED) -> tuple[Canned, ...]:
    """The replies of a file.

    Raises:
        OSError, ValueError, yaml.YAMLError: it cannot be read, a field is unknown, or a code is there twice.
    """
    return tuple(_File.model_validate(yaml.safe_load(path.read_text(encoding="utf-8"))).replies)


def filled(text: str, values: Mapping[str, str]) -> str:
    """A text with its fields; one nothing is known for is left for the operator to fill in.

    >>> filled("您的办件号是 {办件号}，{姓名称呼}", {"办件号": "BD1"})
    '您的办件号是 BD1，〔姓名称呼〕'
    """
    return _FIELD.sub(lambda found: values.get(found[1]) or f"〔{found[1]}〕", text)


def values(guide: Guide | None, case: Case | None, myself: str) -> dict[str, str]:
    """What the fields stand for in this conversation."""
    found = {MYSELF: myself}
    if guide is None or case is None:
        return found
    view = case_view(guide, case)
    place = next((one for one in guide.places if holds(one.when, case.values())), None)
    missing = [one["name"] for one in view["materials"] if one["required"] and one["status"] == "missing"]
    return found | {
        CASE_NO: case.case_no,
        ITEM: guide.name,
        MATERIALS: "、".join(missing),
        ANSWERS: "、".join(one["label"] for one in view["missing"]),
        PLACE: "，".join(part for part in (place.name, place.address) if part) if place else "",
        NAME: _called(guide, case),
    }


def _called(guide: Guide, case: Case) -> str:
    """Surname and 先生 or 女士 of the first person who gave name and identity number, in that order; else nothing."""
    answered = [(field, str(case.answers[field.key].value)) for field in guide.fields if field.key in case.answers]
    for (name_of, name), (number_of, number) in itertools.pairwise(answered):
        if name_of.type == "person_name" and number_of.type == "id_number" and len(number) == 18 and number[16].isdigit():
            return surname(name) + ("先生" if int(number[16]) % 2 else "女士")
    return ""


def surname(name: str) -> str:
    """The surname of a Chinese name.

    >>> surname("张三"), surname("欧阳小四")
    ('张', '欧阳')
    """
    return name[:2] if name.startswith(_TWO_CHARACTERS) and len(name) > 2 else name[:1]
