"""Where a parcel goes and how a result is to come, as the citizen said it. Part of the case, so kept encrypted with it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Way = Literal["electronic", "post", "counter"]


class Address(BaseModel):
    """Who sends or receives. Kept encrypted, never logged."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    name: Annotated[str, Field(min_length=1, max_length=100)]
    phone: Annotated[str, Field(pattern=r"^\+?\d{7,15}$")]
    address: Annotated[str, Field(min_length=5, max_length=300)]


class Wish(BaseModel):
    """How the result is to come, chosen at ``at``. ``address`` is hers to be sent to, agreed by her as it stands here."""

    way: Way
    at: datetime
    address: Address | None = None


class Envelope(BaseModel):
    """A prepaid envelope (免跑腿信封) she asked for at ``at``: where the courier fetches her papers, and which they are."""

    at: datetime
    address: Address
    papers: list[str] = []
