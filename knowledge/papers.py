"""The papers people hand in, as data: what each is called, the words on it, and what can be read from it (``papers.yaml``)."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import Field, field_validator

from knowledge.facts import Strict

FILE = Path(__file__).with_name("papers.yaml")
FieldKind = Literal["person_name", "company_name", "name", "id_number", "uscc", "address", "date", "until", "text", "mrz"]
#: Pictures of things, not papers: nothing is to be read on them.
_PICTURES = re.compile(r"照片|相片|证件照|近照|平面图|布局图|示意图|图纸|效果图|实景")


class PaperField(Strict):
    """One thing a paper says. It stands behind one of ``anchors``, over at most ``lines`` lines, or is what ``regex`` finds."""

    label: str
    english: str
    type: FieldKind
    anchors: list[str] = []
    regex: str | None = None
    lines: int = 1

    @field_validator("regex")
    @classmethod
    def compiles(cls, regex: str | None) -> str | None:
        if regex is not None:
            re.compile(regex)
        return regex


class PaperKind(Strict):
    """One kind of paper.

    ``titles`` stand on a line of their own, ``words`` anywhere, ``patterns`` are its own numbers; with one of ``not_``
    it is something else. ``least`` words make it out where there is no title. ``size`` is millimetres, the long side
    first. ``stops`` are words that end a value without being one themselves.
    """

    name: str
    english: str
    titles: list[str] = []
    words: list[str] = []
    patterns: list[str] = []
    not_: Annotated[list[str], Field(alias="not")] = []
    least: int = 3
    prose: bool = False
    materials: list[str] = []
    size: tuple[float, float] | None = None
    fields: dict[str, PaperField] = {}
    stops: list[str] = []


@lru_cache(maxsize=1)
def paper_kinds() -> dict[str, PaperKind]:
    """Every kind by its code."""
    return {code: PaperKind.model_validate(kind) for code, kind in yaml.safe_load(FILE.read_text(encoding="utf-8")).items()}


def kinds_of_name(material: str) -> list[str]:
    """The kinds a material of this name asks for, where its guide does not say; none where the name tells none."""
    if is_picture(material):
        return []
    return [code for code, kind in paper_kinds().items() if any(word in material for word in kind.materials)]


def is_picture(material: str) -> bool:
    """Whether a material is a photograph or a drawing, with nothing on it to be read."""
    return _PICTURES.search(material) is not None
