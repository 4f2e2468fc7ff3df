"""What a receiving office can be asked, whatever it is behind: the small interface every real one is fitted to.

An answer is either one of the values here, ``OfficeUnavailable`` (nobody knows what happened: ask again later) or
``OfficeRejected`` (the office said no: repeating it changes nothing). There is no third way for a call to end.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import date, datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

UNMAPPED = "unmapped-status"
"""Code of an answer whose status word means nothing here: the office is there, only this file has to wait."""


class OfficeUnavailable(Exception):
    """The office gave no usable answer. ``code`` is one of a closed list of ours, fit for logs and metrics."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class OfficeRejected(Exception):
    """The office refused the call for good. ``code`` is the office's stable code if it sent one, else ``http-<status>``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class _Answer(BaseModel):
    """Offices add members over time; what is not known here is ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Item(_Answer):
    """The item applied for, as the office is told."""

    code: str
    name: str
    version: str = ""


class Share(_Answer):
    """One department's part of a case, as manifests name it; empty for a case that goes whole to one office."""

    item: str = ""
    department: str = ""


class Consignment(BaseModel):
    """One package to hand over. ``sha256`` is lower-case hex over ``package``; ``key`` the same for every repeat.

    ``part`` and ``department`` say which of a case's parts it is, where it has several.
    """

    model_config = ConfigDict(frozen=True)
    case_no: str
    version: int
    item: Item
    package: bytes = Field(repr=False)
    sha256: str
    key: str
    part: str = ""
    department: str = ""


class Receipt(_Answer):
    """The office has taken a package in. ``receipt_no`` is its own number for the case, the same for later versions."""

    receipt_no: Annotated[str, Field(min_length=1, max_length=128)]
    received_at: AwareDatetime
    status: str


class ReceivedVersion(_Answer):
    """One version of the package the office holds."""

    version: int
    sha256: str
    received_at: AwareDatetime


class HistoryLine(_Answer):
    """One line of the office's history, in the office's words. ``status`` is the office's, mapped by ``statuses``.

    ``seq`` is the office's number of the line (1, 2, …) where it gives one: by it a repeat is told from news.
    """

    seq: Annotated[int, Field(ge=0, lt=2**31)] | None = None
    at: AwareDatetime
    status: str
    text: str = ""
    by: str = ""


class ResultNote(_Answer):
    """The result an office has made: what it is, and the SHA-256 (lower-case hex) its bytes must have."""

    kind: Annotated[str, Field(max_length=80)] = ""
    number: Annotated[str, Field(max_length=200)] = ""
    title: Annotated[str, Field(max_length=200)] = ""
    issued: date | None = None
    expires: date | None = None
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    media_type: Annotated[str, Field(max_length=120)] = ""


class Decision(_Answer):
    """Why an office refused or denied, where it says so apart from the words of its history."""

    reason: str = ""
    basis: str = ""
    remedy: str = ""


class Wanted(_Answer):
    """One thing to be corrected. ``kind`` is field, material or other; ``code`` the manifest's."""

    kind: str
    code: str = ""
    text: str = ""


class Stopped(_Answer):
    """A stretch the office does not count; ``until`` is null while it goes on."""

    start: AwareDatetime = Field(alias="from")
    until: AwareDatetime | None = None
    why: str = ""


class Extended(_Answer):
    """The office has added ``days`` to its time for the decision, with the approval of its head."""

    days: int = Field(ge=1, le=366)
    reason: str = ""
    at: AwareDatetime


class OfficeFile(_Answer):
    """What the office holds about one part of a case: the versions it received, and its history from the beginning.

    ``wanting`` and ``due`` belong to the request to correct that stands now, ``decision`` to the refusal or denial.
    """

    receipt_no: Annotated[str, Field(min_length=1, max_length=128)]
    case_no: str
    part: str = ""
    department: str = ""
    version: int
    status: str
    wanting: list[Wanted] = []
    due: date | None = None
    stopped: list[Stopped] = []
    extension: Extended | None = None
    decision: Decision | None = None
    versions: list[ReceivedVersion] = []
    history: list[HistoryLine] = []
    result: ResultNote | None = None

    def received(self, version: int) -> ReceivedVersion | None:
        """This version as the office received it, if it did."""
        return next((held for held in self.versions if held.version == version), None)


class ReceivingOffice(ABC):
    """One receiving office. Calls block; they may be made from several threads at once.

    Every call but ``reachable`` raises OfficeUnavailable or OfficeRejected. ``asks`` is False for one that cannot be asked by
    our case number: what was sent to it without an answer is never sent again by itself.
    """

    asks: bool = True

    @abstractmethod
    def find(self, case_no: str, part: str = "", department: str = "") -> OfficeFile | None:
        """What the office holds about this case (or this part of it), None if nothing: asked before every sending."""

    @abstractmethod
    def send(self, consignment: Consignment) -> Receipt:
        """Hand over a package. Repeating a call with the same key gives the same receipt and no second file."""

    @abstractmethod
    def file(self, office_ref: str) -> OfficeFile:
        """The office's file with this receipt number."""

    @abstractmethod
    def withdraw(self, office_ref: str) -> OfficeFile:
        """Take the case back. Withdrawing what is withdrawn succeeds; what is decided is OfficeRejected."""

    def result(self, office_ref: str) -> bytes:
        """The bytes of the result that the file of this receipt number speaks of."""
        raise OfficeRejected("no-result")

    def group(self, office_ref: str) -> str:
        """Which of several offices this receipt number belongs to: one that is away keeps no other from being asked."""
        return ""

    @abstractmethod
    def reachable(self, timeout_s: float) -> bool:
        """Whether the office answers within ``timeout_s`` seconds; never raises."""

    @abstractmethod
    def close(self) -> None:
        """Let go of connections."""


class Received(BaseModel):
    """The office has this version: how it says so matters no more than that it does."""

    model_config = ConfigDict(frozen=True)
    office_ref: str
    at: datetime
