"""The receiving office over HTTP, as ``sandbox/README.md`` describes it. Every call is timed, logged and judged by ``calls``."""

from __future__ import annotations

import json
from typing import Any, Literal, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ValidationError

from assistant.casework.submission.calls import LARGEST_ANSWER, LARGEST_RESULT, answered, failure, http_client, timed
from assistant.casework.submission.office import (
    Consignment,
    OfficeFile,
    OfficeRejected,
    OfficeUnavailable,
    Receipt,
    ReceivingOffice,
)

_SYSTEM = "receiving_office"
_Model = TypeVar("_Model", bound=BaseModel)


class HttpOffice(ReceivingOffice):
    """Client of one receiving office. ``way`` is said of every package: how its papers get there, "" for online alone.

    Args:
        url: the office's address, without ``/office/v1``.
        api_key: the secret shared with it.
        timeout_s: longest silence in seconds while sending or waiting for an answer; connecting has five at most.
    """

    way: Literal["", "window", "post"] = ""

    def __init__(self, url: str, api_key: str, *, timeout_s: float = 60.0) -> None:
        self._client = http_client(url, timeout_s, {"X-Api-Key": api_key})

    def find(self, case_no: str, part: str = "", department: str = "") -> OfficeFile | None:
        """See ReceivingOffice."""
        answer = self._call("find", "GET", "/office/v1/submissions", params={"case_no": case_no})
        items = answer.get("items") if isinstance(answer, dict) else None
        if not isinstance(items, list):
            raise OfficeUnavailable("unreadable")
        files = [_read(OfficeFile, item) for item in items]
        files = [file for file in files if file.case_no == case_no]
        own = next((file for file in files if file.part == part), None)
        # An office that knows no parts tells them apart by department.
        return own or next((file for file in files if part and not file.part and file.department == department), None)

    def send(self, consignment: Consignment) -> Receipt:
        """See ReceivingOffice."""
        metadata = {
            "case_no": consignment.case_no,
            "version": consignment.version,
            "sha256": consignment.sha256,
            "guide": consignment.item.model_dump(),
            **({"department": consignment.department} if consignment.department else {}),
            **({"way": self.way} if self.way else {}),
        }
        parts = {
            "metadata": (None, json.dumps(metadata, ensure_ascii=False), "application/json"),
            "package": ("package.zip", consignment.package, "application/zip"),
        }
        headers = {"Idempotency-Key": consignment.key}
        return _read(Receipt, self._call("send", "POST", "/office/v1/submissions", files=parts, headers=headers))

    def file(self, office_ref: str) -> OfficeFile:
        """See ReceivingOffice."""
        return _read(OfficeFile, self._call("file", "GET", f"/office/v1/submissions/{quote(office_ref, safe='')}"))

    def withdraw(self, office_ref: str) -> OfficeFile:
        """See ReceivingOffice."""
        path = f"/office/v1/submissions/{quote(office_ref, safe='')}/withdraw"
        return _read(OfficeFile, self._call("withdraw", "POST", path, json={}))

    def result(self, office_ref: str) -> bytes:
        """See ReceivingOffice. A file above ``LARGEST_RESULT`` bytes is not read to its end."""
        path = f"/office/v1/submissions/{quote(office_ref, safe='')}/result"
        with timed(_SYSTEM, "result"):
            return self._answered("GET", path, LARGEST_RESULT, headers={"Accept": "*/*"}).content

    def reachable(self, timeout_s: float) -> bool:
        """See ReceivingOffice."""
        try:
            return self._client.get("/healthz", timeout=timeout_s).status_code == httpx.codes.OK
        except (httpx.HTTPError, OSError, RuntimeError):  # RuntimeError: the client has been closed
            return False

    def close(self) -> None:
        """See ReceivingOffice."""
        self._client.close()

    def _call(self, step: str, method: str, path: str, **request: Any) -> Any:
        """One call: its JSON, or one of the two exceptions."""
        with timed(_SYSTEM, step):
            response = self._answered(method, path, LARGEST_ANSWER, **request)
            try:
                return response.json()
            except (ValueError, RecursionError) as error:
                raise OfficeUnavailable("unreadable") from error

    def _answered(self, method: str, path: str, most: int, **request: Any) -> httpx.Response:
        """A successful answer, read whole."""
        too_large = OfficeRejected("result-too-large") if most == LARGEST_RESULT else OfficeUnavailable("unreadable")
        response = answered(self._client, lambda: self._client.build_request(method, path, **request), most, too_large)
        if not response.is_success:
            raise failure(response, _code(response))
        return response


def _read(model: type[_Model], answer: Any) -> _Model:
    try:
        return model.model_validate(answer)
    except ValidationError as error:
        raise OfficeUnavailable("unreadable") from error


def _code(response: httpx.Response) -> str:
    """The office's code for its refusal."""
    try:
        code = response.json().get("code", "")
    except (ValueError, RecursionError, AttributeError):
        return ""
    return code if isinstance(code, str) else ""
