"""What registers know of enterprises, persons and licences, whatever they are behind: the records and the small interface.

Every member but the key may be missing. Texts are as printed on the official record, dates are ISO, money is yuan. What a
register says beyond the members here is kept in ``fields``.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, Protocol

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

Line = Annotated[str, Field(max_length=500)]
Text = Annotated[str, Field(max_length=20_000)]
Money = Annotated[int | float, Field(ge=0, allow_inf_nan=False)]
EnterpriseStatus = Literal["active", "revoked", "abnormal", "deregistered"]
LicenceStatus = Literal["valid", "expired", "revoked", "cancelled", "lost"]
Sex = Literal["male", "female"]
MaritalStatus = Literal["unmarried", "married", "divorced", "widowed"]


class FarSideUnavailable(Exception):
    """A register gave no answer that can be used: time-out, an error of its own, or data that cannot be right.

    ``code`` is one of a closed list, fit for logs and metrics: ``timeout``, ``no-connection``, ``not-authorised``,
    ``server-error``, ``busy``, ``refused``, ``unreadable``, ``wrong-record``, ``broken-off`` (not asked: it failed moments ago).
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class _Record(BaseModel):
    """Registers add members over time; what is not known here is ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True, str_strip_whitespace=True)


class Shareholder(_Record):
    """One shareholder of an enterprise. ``amount`` is subscribed, in yuan; ``share`` in per cent."""

    name: Line
    id_kind: Line | None = None
    id_number_masked: Line | None = None
    amount: Money | None = None
    share: Annotated[float, Field(ge=0, le=100)] | None = None


class Enterprise(_Record):
    """An enterprise as registered (GB 32100 code as the key). ``region`` is its registry's GB/T 2260 code.

    ``kind`` is the register's own word (有限责任公司, 个体工商户 …). ``barred`` means its legal representative, or the
    enterprise itself, may not make changes now, ``barred_reason`` why.
    """

    uscc: Line
    name: Line | None = None
    kind: Line | None = None
    legal_representative: Line | None = None
    address: Line | None = None
    registered_capital: Money | None = None
    established: date | None = None
    business_term: Line | None = None
    business_scope: Text | None = None
    status: EnterpriseStatus | None = None
    registry: Line | None = None
    region: Annotated[str, Field(pattern=r"^\d{6}$")] | None = None
    phone: Line | None = None
    shareholders: Annotated[list[Shareholder], Field(max_length=1000)] = []
    barred: bool = False
    barred_reason: Line | None = None
    fields: dict[str, Any] = {}


class Person(_Record):
    """A natural person (GB 11643 number as the key). ``barred`` means on the list of those who may not hold a post."""

    id_number: Line
    name: Line | None = None
    sex: Sex | None = None
    birth_date: date | None = None
    nation: Line | None = None
    address: Line | None = None
    phone: Line | None = None
    household_region: Line | None = None
    marital_status: MaritalStatus | None = None
    barred: bool = False
    barred_reason: Line | None = None
    fields: dict[str, Any] = {}


class Licence(_Record):
    """An electronic licence (电子证照).

    ``kind`` is one of the register's closed list (``business_licence``, ``identity_card``, ``household_book`` …), ``code`` the
    number of this licence in the licence store, ``number`` the one printed on it, ``holder`` the holder's credit code or
    identity number. ``expires`` is the last day it holds; None = no end.
    """

    code: Line = ""
    kind: Line
    name: Line | None = None
    number: Line | None = None
    holder: Line
    holder_name: Line | None = None
    issued: date | None = None
    expires: date | None = None
    issuer: Line | None = None
    address: Line | None = None
    scope: Text | None = None
    status: LicenceStatus | None = None
    fields: dict[str, Any] = {}


def years(since: date, today: date) -> int:
    """Completed years between two days."""
    return today.year - since.year - ((today.month, today.day) < (since.month, since.day))


class ConductArea(_Record):
    """An area (领域) there are records of, whose they are, and what people call it."""

    code: Line
    name: Line
    authority: Line = ""
    aliases: Annotated[list[Line], Field(max_length=100)] = []


class ConductItem(_Record):
    """One published penalty."""

    area: Line
    decided: date
    number: Line = ""
    authority: Line = ""
    act: Text = ""
    penalty: Text = ""


class Conduct(_Record):
    """What public-credit records say of an enterprise in a period, both days counted: penalties by area, or none.

    ``as_of`` is the moment the register answered. An area without an item has no record.
    """

    uscc: Line
    name: Line | None = None
    start: date = Field(alias="from")
    end: date = Field(alias="to")
    as_of: AwareDatetime
    areas: Annotated[list[ConductArea], Field(min_length=1, max_length=200)]
    items: Annotated[list[ConductItem], Field(max_length=10_000)]


class Register(Protocol):
    """The registers a turn may ask, with the citizen's consent. Calls block for a short while at most, from any thread.

    Every call raises FarSideUnavailable where there is no usable answer; None and an empty list mean: asked, and not there.
    """

    def enterprise(self, *, uscc: str | None = None, name: str | None = None) -> Enterprise | None:
        """The enterprise with this credit code, or, where no code is given, the one with exactly this registered name."""

    def person(self, *, id_number: str, name: str) -> Person | None:
        """The person with this identity number, if this is also the name: nobody gets a person's data by a number alone."""

    def licences(self, *, holder: str) -> list[Licence]:
        """The licences held under a credit code or identity number, those that no longer hold included.

        Ask only about a holder whose name ``enterprise`` or ``person`` has confirmed.
        """
