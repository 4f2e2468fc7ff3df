"""The files of a drop: what they are called, what stands in them, and how they are signed. No network here.

A signed file is a JWS in flattened JSON (RFC 7515, section 7.2.2) with ``HS256`` and the office's key: every language has a
library for it, one file carries text and signature, and half a file is none. docs/submission.md describes the folders.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from typing import Any, Literal, Self
from urllib.parse import quote

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from assistant.casework.package.manifest import sm3
from assistant.casework.submission.office import Consignment, OfficeFile

MANIFEST, WITHDRAWAL, STATUS = "bandao-drop/1", "bandao-withdrawal/1", "bandao-status/1"
WHOLE = "_"
"""Stands for the part in the name of a case that goes whole to one office; no item is called so."""

_HEADER = b'{"alg":"HS256"}'


class NotGenuine(ValueError):
    """Not signed with our key, or not readable: half a file, another's, or a forged one."""


class _Signed(BaseModel):
    model_config = ConfigDict(extra="ignore")
    protected: str
    payload: str
    signature: str


class Refused(BaseModel):
    """A drop the office did not take: its key, when that was said, and the office's code."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    key: str
    at: AwareDatetime
    code: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")


class Status(BaseModel):
    """A status file: what the office holds of a part (None until it has taken something), and what it refused."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    type: Literal["bandao-status/1"]
    case_no: str
    part: str = ""
    refused: list[Refused] = []
    file: OfficeFile | None = None

    @model_validator(mode="after")
    def _counted(self) -> Self:
        """Every line of the history has its number: files are copied, restored and mixed up more easily than answers."""
        if self.file is not None and any(line.seq is None for line in self.file.history):
            raise ValueError("history: every line needs its seq")
        return self


def base_name(case_no: str, part: str) -> str:
    """What the files of a part begin with."""
    return f"{quote(case_no, safe='')}.{quote(part, safe='') if part else WHOLE}"


def manifest(consignment: Consignment, package_name: str, at: str) -> dict[str, Any]:
    """What is said of a package: whose it is, and size and hashes of each file handed over."""
    package = consignment.package
    hashes = {"sha256": hashlib.sha256(package).hexdigest(), "sm3": sm3(package)}
    return {
        "type": MANIFEST,
        **consignment.model_dump(include={"case_no", "part", "department", "version", "key"}),
        "item": consignment.item.model_dump(),
        "sent_at": at,
        "files": [{"name": package_name, "bytes": len(package), **hashes}],
    }


def withdrawal(case_no: str, part: str, number: str, key: str, at: str) -> dict[str, Any]:
    """The request to let a case go."""
    return {"type": WITHDRAWAL, "case_no": case_no, "part": part, "receipt_no": number, "key": key, "sent_at": at}


def sign(document: dict[str, Any], key: bytes) -> bytes:
    """The file that holds ``document``."""
    protected, payload = _encode(_HEADER), _encode(json.dumps(document, ensure_ascii=False).encode())
    mac = hmac.digest(key, f"{protected}.{payload}".encode(), "sha256")
    return json.dumps({"protected": protected, "payload": payload, "signature": _encode(mac)}).encode()


def read(data: bytes, key: bytes) -> Any:
    """The JSON a signed file holds.

    Raises:
        NotGenuine: see there.
    """
    try:
        given = _Signed.model_validate_json(data)
        mac = hmac.digest(key, f"{given.protected}.{given.payload}".encode(), "sha256")
        if not hmac.compare_digest(mac, _decode(given.signature)):
            raise NotGenuine("signature")
        if json.loads(_decode(given.protected)) != {"alg": "HS256"}:
            raise NotGenuine("protected")
        return json.loads(_decode(given.payload))
    except (ValidationError, binascii.Error, ValueError, RecursionError) as error:
        raise error if isinstance(error, NotGenuine) else NotGenuine("unreadable") from error


def read_status(data: bytes, key: bytes, case_no: str, part: str) -> Status:
    """The status file of this part.

    Raises:
        NotGenuine: it is not the office's, not whole, or about something else.
    """
    try:
        status = Status.model_validate(read(data, key))
    except (ValidationError, AttributeError, TypeError) as error:
        raise NotGenuine("not as described") from error
    of = [(status.case_no, status.part)] + ([(status.file.case_no, status.file.part)] if status.file is not None else [])
    if any(told != (case_no, part) for told in of):
        raise NotGenuine("somebody else's")
    return status


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
