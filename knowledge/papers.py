"""The papers people hand in, as data: what each is called, the words on it, and what can be read from it (``papers.yaml``)."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import Field, field_validator, model_validator

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
    return [code for code, kind in paper_kinds().items() if any(re.search(word, material) for word in kind.materials)]


def is_picture(material: str) -> bool:
    """Whether a material is a photograph or a drawing, with nothing on it to be read."""
    return _PICTURES.search(material) is not None


class Shows(Strict):
    """What an upload for a material should show: papers of these kinds, and which of its fields say what an answer says.

    ``compare`` goes from a field of the guide to a field of the paper (``papers.yaml``). Without ``kind`` the material's name
    decides.
    """

    kind: list[str] = []
    compare: dict[str, str] = {}

    @model_validator(mode="after")
    def known(self) -> Shows:
        kinds = paper_kinds()
        problems = [f"shows unknown kind of paper {code}" for code in self.kind if code not in kinds]
        said = {key for code in self.kind or kinds if code in kinds for key in kinds[code].fields}
        problems += [f"shows compares with {key}, which no such paper says" for key in self.compare.values() if key not in said]
        if problems:
            raise ValueError("; ".join(problems))
        return self


def dangling_shows(materials: Iterable[Any], keys: Container[str]) -> list[str]:
    """What materials compare with fields their guide does not have."""
    return [
        f"material {material.code} compares unknown field {key}"
        for material in materials
        if material.shows is not None
        for key in material.shows.compare
        if key not in keys
    ]


def wanted_kinds(name: str, shows: Shows | None) -> list[str]:
    """The kinds of paper a material asks for; none where any will do."""
    return shows.kind if shows is not None and shows.kind else kinds_of_name(name)
