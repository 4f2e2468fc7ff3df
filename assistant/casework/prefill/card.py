"""A resident identity card (居民身份证) that a kiosk's reader has read: what it proves, under the names records have."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

#: How answers taken from a card name their source: this, and the machine that read it. No licence store gives such a reference.
REF = "identity_card@"


class CardRead(BaseModel):
    """What the chip says. ``number`` by GB 11643, ``nation`` as printed (汉), ``valid_until`` None where the card says 长期.

    It shows nothing of itself in logs.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=30, repr=False)
    sex: Literal["男", "女"] = Field(repr=False)
    nation: str = Field(max_length=20, repr=False)
    birth_date: date = Field(repr=False)
    address: str = Field(min_length=1, max_length=70, repr=False)
    number: str = Field(pattern=r"^\d{17}[\dX]$", repr=False)
    issuer: str = Field(max_length=30)
    valid_from: date
    valid_until: date | None

    def holds(self, today: date) -> bool:
        """Whether it may be used as a proof today."""
        return self.valid_from <= today and (self.valid_until is None or self.valid_until >= today)

    def values(self) -> dict[str, Any]:
        """By the names of a register's record of a person."""
        return {
            "id_number": self.number,
            "name": self.name,
            "sex": "male" if self.sex == "男" else "female",
            "nation": f"{self.nation}族",
            "birth_date": self.birth_date.isoformat(),
            "address": self.address,
        }


class CardShown(BaseModel):
    """A card and the machine that read it, as its statement was believed."""

    machine: str
    card: CardRead

    @property
    def ref(self) -> str:
        """What its answers are known by."""
        return f"{REF}{self.machine}"
