"""The shapes of the package's own routes."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import BaseModel, Field, model_validator

from channels.api.models import In

MOST_IMAGE = 700_000  # characters of base64: half a megabyte of PNG
Number = Annotated[float, Field(ge=-100_000, le=100_000, allow_inf_nan=False)]
Point = Annotated[list[Number], Field(min_length=2, max_length=2)]
Stroke = Annotated[list[Point], Field(min_length=1, max_length=2000)]


class Signature(In):
    """Either ``strokes`` (each a list of [x, y], y downwards, in any unit) or ``image`` (a PNG in base64, a data URL too)."""

    strokes: Annotated[list[Stroke], Field(min_length=1, max_length=100)] | None = None
    image: Annotated[str, Field(min_length=1, max_length=MOST_IMAGE)] | None = None

    @model_validator(mode="after")
    def exactly_one(self) -> Signature:
        if (self.strokes is None) == (self.image is None):
            raise ValueError("exactly one of strokes, image")
        if self.strokes is not None and not all(math.isfinite(n) for stroke in self.strokes for point in stroke for n in point):
            raise ValueError("points are finite numbers")
        return self


class Signed(BaseModel):
    """``version`` and ``sha256`` are the package's as it is now; null while there is none. ``signed_at`` is null without one."""

    case_no: str
    signed_at: str | None
    version: int | None
    sha256: str | None


class PackagePage(BaseModel):
    """``page`` counts over the package, ``file_page`` in its file, both from 1."""

    page: int
    title: str
    file: str
    file_page: int
    url: str


class PackagePages(BaseModel):
    items: list[PackagePage]
    total: int
    version: int
    signed_at: str | None


class PackageKey(BaseModel):
    """``public_key`` is base64 of 32 bytes (Ed25519) or of x and y, 64 bytes (SM2)."""

    key_id: str
    algorithm: Literal["ed25519", "sm2"]
    public_key: str
    created_at: str | None
    retired_at: str | None


class PackageKeyList(BaseModel):
    items: list[PackageKey]
    total: int
