"""The receiving office over HTTP, as ``sandbox/README.md`` describes it. One method does every call: timed, logged, mapped."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

import httpx
from pydantic import BaseModel, ValidationError

from assistant.casework.submission.office import (
    Consignment,
    OfficeFile,
    OfficeRejected,
    OfficeUnavailable,
    Receipt,
    ReceivingOffice,
)
from assistant.foundation import metrics
from assistant.foundation.logging import get_logger

_SYSTEM = "receiving_office"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_MAX_CODE = 60
LARGEST_RESULT = 64 * 1024 * 1024
"""Bytes; the largest result taken from an office."""
# Refused now, perhaps not later. 401 and 403 are here because the remedy is ours (a wrong key is a setting, not a
# fault of the package): giving up would turn an operator's slip into a lost submission.
_RETRIABLE = frozenset({401, 403, 408, 421, 423, 425, 429})

log = get_logger(__name__)
_Model = TypeVar("_Model", bound=BaseModel)


class HttpOffice(ReceivingOffice):
    """Client of one receiving office.

    Args:
        url: the office's address, without ``/office/v1``.
        api_key: the secret shared with it.
        timeout_s: longest silence in seconds while sending or waiting for an answer; connecting has five at most.
    """

    def __init__(self, url: str, api_key: str, *, timeout_s: float = 60.0) -> None:
        self._client = httpx.Client(
            base_url=url.rstrip("/"),
            headers={"X-Api-Key": api_key, "Accept": "application/json"},
            timeout=httpx.Timeout(timeout_s, connect=min(5.0, timeout_s)),
            limits=httpx.Limits(max_connections=16, max_keepalive_connections=4),
            # A proxy of the environment must not stand between two programs of one machine.
            trust_env=urlsplit(url).hostname not in _LOOPBACK,
        )

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
        return bytes(self._call("result", "GET", path, read=self._bytes))

    def _bytes(self, method: str, path: str, **request: Any) -> bytes:
        body = bytearray()
        with self._client.stream(method, path, headers={"Accept": "*/*"}, **request) as response:
            if not response.is_success:
                response.read()
                self._answer(response)
            for piece in response.iter_bytes():
                body += piece
                if len(body) > LARGEST_RESULT:
                    raise OfficeRejected("result-too-large")
        return bytes(body)

    def reachable(self, timeout_s: float) -> bool:
        """See ReceivingOffice."""
        try:
            return self._client.get("/healthz", timeout=timeout_s).status_code == httpx.codes.OK
        except (httpx.HTTPError, OSError, RuntimeError):  # RuntimeError: the client has been closed
            return False

    def close(self) -> None:
        """See ReceivingOffice."""
        self._client.close()

    def _call(self, step: str, method: str, path: str, read: Callable[..., Any] | None = None, **request: Any) -> Any:
        """One call: its JSON (or what ``read`` makes of it), or one of the two exceptions."""
        started = time.perf_counter()
        outcome = "ok"
        try:
            return read(method, path, **request) if read else self._answer(self._client.request(method, path, **request))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            outcome = "timeout" if isinstance(error, httpx.TimeoutException) else "no-connection"
            raise OfficeUnavailable(outcome) from error
        except OfficeUnavailable as error:
            outcome = error.code
            raise
        except OfficeRejected:
            outcome = "rejected"
            raise
        finally:
            seconds = time.perf_counter() - started
            metrics.far_side_seconds.labels(_SYSTEM).observe(seconds)
            if outcome == "ok":
                log.debug("office.called", step=step, duration_ms=round(seconds * 1000))
            else:
                metrics.far_side_errors_total.labels(_SYSTEM, outcome).inc()
                log.warning("office.failed", step=step, reason=outcome, duration_ms=round(seconds * 1000))

    def _answer(self, response: httpx.Response) -> Any:
        if response.is_success:
            try:
                return response.json()
            except ValueError as error:
                raise OfficeUnavailable("unreadable") from error
        if response.status_code in _RETRIABLE:
            raise OfficeUnavailable("not-authorised" if response.status_code in {401, 403} else "busy")
        if response.is_client_error:
            raise OfficeRejected(_code(response))
        raise OfficeUnavailable("server-error" if response.is_server_error else "unreadable")


def _read(model: type[_Model], answer: Any) -> _Model:
    try:
        return model.model_validate(answer)
    except ValidationError as error:
        raise OfficeUnavailable("unreadable") from error


def _code(response: httpx.Response) -> str:
    """The office's code for its refusal; only a plain word is taken over, since it goes into logs."""
    try:
        code = response.json().get("code", "")
    except (ValueError, AttributeError):
        code = ""
    plain = isinstance(code, str) and 0 < len(code) <= _MAX_CODE and code.isascii() and code.replace("-", "").isalpha()
    return code if plain else f"http-{response.status_code}"
