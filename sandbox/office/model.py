"""What the office holds: files, the packages and history in them, and how they stand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sandbox.office.statuses import Status


@dataclass(frozen=True)
class Package:
    """One version of a package as received."""

    version: int
    sha256: str
    size: int
    idempotency_key: str
    received_at: str
    manifest: dict[str, Any]
    file_name: str


@dataclass(frozen=True)
class Entry:
    """One line of an office file's history. ``at`` is RFC 3339 with offset."""

    at: str
    status: Status
    text: str
    by: str
    version: int


@dataclass(frozen=True)
class Stop:
    """A stretch in which the time limit does not run: ``kind`` is correction or inspection, ``until`` None while it lasts."""

    kind: str
    start: str
    until: str | None
    why: str


@dataclass(frozen=True)
class Extension:
    """More time for the decision, approved by the head of the office: working days, why, and since when (RFC 3339)."""

    days: int
    reason: str
    at: str


@dataclass(frozen=True)
class Share:
    """Whose file it is where one case goes to several departments: ``part`` is the item's code there, ``name`` its name."""

    department: str = ""
    part: str = ""
    name: str = ""

    @property
    def key(self) -> str:
        """What tells the files of one case apart."""
        return self.part or self.department


@dataclass(frozen=True)
class Standing:
    """What an entry leaves a file with besides its status; ``None`` and empty clear what was there before."""

    correction: str | None = None
    wanting: list[dict[str, str]] = field(default_factory=list)
    due: str | None = None
    decision: dict[str, str] | None = None
    result: dict[str, Any] | None = None


@dataclass(frozen=True)
class OfficeFile:
    """What the office holds about one department's share of a case: packages by rising version, the history in order."""

    receipt_no: str
    case_no: str
    share: Share
    guide_code: str
    guide_name: str
    status: Status
    version: int
    standing: Standing
    examined: dict[str, Any] | None
    created_at: str
    updated_at: str
    packages: list[Package]
    history: list[Entry]
    stops: list[Stop]
    extension: Extension | None = None

    @property
    def item(self) -> str:
        """Code of the item decided on here."""
        return self.share.part or self.guide_code

    @property
    def title(self) -> str:
        """Name of the item decided on here."""
        return self.share.name or self.guide_name

    @property
    def correction(self) -> str | None:
        """What has to be corrected, in words."""
        return self.standing.correction

    @property
    def inspecting(self) -> bool:
        """Whether an inspection runs."""
        return any(stop.kind == "inspection" and stop.until is None for stop in self.stops)
