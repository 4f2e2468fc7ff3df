"""Is an uploaded file usable, and is it good enough?

Order matters. First what costs nothing and needs no parser: size, the test virus, what the bytes really are. Then the
antivirus. Only then is the file opened, in a helper process of its own with limits on memory, time and file access
(``upload_checks/worker.py``): a hostile PDF that crashes or hangs its parser costs that process, not the app.
Unusable files raise; doubts (blurred, dark, small, a name that says something else, scripts inside) are checks with
``ok`` false, which the citizen may attach all the same.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from pydantic import BaseModel

from assistant.casework.upload_checks.findings import Unusable
from assistant.casework.upload_checks.helpers import helpers
from assistant.casework.upload_checks.kinds import ALLOWED, EICAR, ROWS_ONLY, Kind, Unacceptable, kind_of, name_fits
from assistant.casework.upload_checks.scanner import ClamdScanner, NoScanner, Scanner, ScannerUnavailable
from assistant.foundation.logging import get_logger
from assistant.foundation.messages import t

_log = get_logger(__name__)
_MIB = 1 << 20
_PAPERS = "、".join(info.name for kind, info in ALLOWED.items() if kind not in ROWS_ONLY)
_VAGUE = ("", "application/octet-stream", "binary/octet-stream", "image/jpg")


class Check(BaseModel):
    """One check, in words for the citizen."""

    code: str
    ok: bool
    message: str


class Inspection(BaseModel):
    """A usable file: what it is, how many pages, and what may be wrong with it."""

    media_type: str
    kind: Kind = "pdf"
    pages: int
    checks: list[Check]


class UnusableUpload(Exception):
    """The file cannot be taken: why (``message``) and what to do instead (``remedy``), in Chinese; ``code`` is stable."""

    def __init__(self, code: str, message: str, remedy: str) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.remedy = remedy


class UploadSettings(Protocol):
    """What the checks need of the settings; ``clamd_socket`` (a path) may be there too."""

    @property
    def upload_max_bytes(self) -> int: ...
    @property
    def upload_max_pages(self) -> int: ...


def inspect_upload(
    data: bytes, filename: str, declared_type: str, settings: UploadSettings, *, rows: bool = False
) -> Inspection:
    """Look into a file. ``declared_type`` is what the client says it is; the bytes decide.

    ``rows``: it may be a spreadsheet, because it is for no material: the rows of a table that is asked for.

    Raises:
        UnusableUpload: with one of the codes ``empty too_large infected program type heic old_word encrypted macros polyglot
            broken truncated too_many_pages archive_bomb image_bomb too_complex busy scanner_down``.
    """
    most = settings.upload_max_bytes
    if not data:
        raise unusable("empty")
    if len(data) > most:
        raise unusable("too_large", most=f"{most / _MIB:.0f} MB" if most >= _MIB else f"{max(1, most // 1024)} KB")
    if EICAR in data:
        raise unusable("infected", name="EICAR")
    try:
        kind = kind_of(data)
    except Unacceptable as error:
        raise unusable(error.code, kinds=_PAPERS) from None
    if kind in ROWS_ONLY and not rows:
        raise unusable("type", kinds=_PAPERS)
    _scan(data, scanner_of(settings))
    try:
        reply = helpers.inspect(kind, data, settings.upload_max_pages)
    except Unusable as error:
        raise unusable(error.code, **error.params) from None
    if "problem" in reply:
        raise unusable(reply["problem"], **reply["params"])
    checks = [_named(filename, declared_type, kind)]
    checks += [check(found["code"], found["ok"], found["params"]) for found in reply["checks"]]
    return Inspection(media_type=ALLOWED[kind].media_type, kind=kind, pages=reply["pages"], checks=checks)


def scanner_of(settings: object) -> Scanner:
    """The antivirus the settings name."""
    path = getattr(settings, "clamd_socket", None)
    return ClamdScanner(Path(path)) if path else NoScanner()


def unusable(code: str, **params: Any) -> UnusableUpload:
    """The exception for ``code`` with its words."""
    return UnusableUpload(code, t(f"uploads.{code}", **params), t(f"uploads.{code}_remedy", **params))


def _scan(data: bytes, scanner: Scanner) -> None:
    try:
        found = scanner.scan(data)
    except ScannerUnavailable as error:
        _log.error("upload.scanner_down", reason=str(error))
        raise unusable("scanner_down") from None
    if found is not None:
        _log.warning("upload.infected", reason=found)
        raise unusable("infected", name=found)


def _named(filename: str, declared_type: str, kind: Kind) -> Check:
    info = ALLOWED[kind]
    declared = declared_type.partition(";")[0].strip().lower()
    # The client's type comes from the name's ending; it says something of its own only where there is none.
    fits = name_fits(filename, kind) if "." in filename else declared in (*_VAGUE, info.media_type)
    return check("name", fits, {"name": info.name})


def check(code: str, ok: bool, params: dict[str, Any]) -> Check:
    """A check in words: those of ``uploads.<code>_ok`` or ``uploads.<code>_doubt``."""
    return Check(code=code, ok=ok, message=t(f"uploads.{code}_ok" if ok else f"uploads.{code}_doubt", **params))
