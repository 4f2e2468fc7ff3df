"""The shapes of results and of their public verification."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel


class ResultItem(BaseModel):
    """A result handed over. ``state``: valid, replaced by a later edition, or withdrawn. ``part``: the item in a 一件事."""

    id: str
    part: str
    title: str
    number: str
    kind: str
    issuer: str
    issued: date | None
    expires: date | None
    state: Literal["valid", "replaced", "withdrawn"]
    code: str
    sha256: str
    size: int
    media_type: str
    received_at: str
    url: str
    proof_url: str
    verify_url: str


class ResultList(BaseModel):
    """Oldest first."""

    items: list[ResultItem]
    total: int


class Verification(BaseModel):
    """What anybody may know who has the code. ``holder`` is masked; ``sha256`` is over the file, lower-case hex."""

    code: str
    title: str
    number: str
    issuer: str
    issued: date | None
    expires: date | None
    holder: str
    standing: Literal["valid", "withdrawn", "expired"]
    text: str
    sha256: str
    checked_at: str
