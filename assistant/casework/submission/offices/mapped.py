"""A receiving office with an HTTP/JSON interface of its own, spoken to as its mapping file says; every call is signed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import Any
from urllib.parse import quote

import httpx

from assistant.casework.submission.calls import LARGEST_ANSWER, LARGEST_RESULT, answered, failure, http_client, plain, timed
from assistant.casework.submission.office import (
    Consignment,
    OfficeFile,
    OfficeRejected,
    OfficeUnavailable,
    Receipt,
    ReceivingOffice,
)
from assistant.casework.submission.offices.answers import at, read_file, read_receipt
from assistant.casework.submission.offices.mapping import Call, Code, Mapping, fill
from assistant.foundation.clock import Clock

NOT_SENT = frozenset({"no-connection", "not-authorised", "busy"})
"""Codes after which it is certain that the office has taken nothing in."""


class _Absent(Exception):
    """The office says it has no such case."""


class MappedOffice(ReceivingOffice):
    """Client of one such office; thread-safe.

    Args:
        name: what it is called in logs and metrics.
        url: the address the mapping's paths are below.
        key: the secret calls are signed with.
        app: what the office knows us as.
        timeout_s: longest silence in seconds; connecting has five at most.
    """

    def __init__(
        self, name: str, url: str, mapping: Mapping, key: str, clock: Clock, *, app: str = "", timeout_s: float = 60.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:  # fmt: skip
        self._name, self._mapping, self._key, self._clock, self._app = name, mapping, key.encode(), clock, app
        self.asks = mapping.calls.find is not None
        self._client = http_client(url, timeout_s, {}, transport)

    def find(self, case_no: str, part: str = "", department: str = "") -> OfficeFile | None:
        """See ReceivingOffice. Only for an office that can be asked by our number (``asks``)."""
        call = self._mapping.calls.find
        if call is None:
            raise OfficeRejected("cannot-be-asked")
        try:
            answer = self._json("find", call, {"case_no": case_no, "part": part, "department": department})
        except _Absent:
            return None
        found = at(answer, call.at)
        if found is None or found == {}:
            return None
        files = [read_file(self._mapping, record) for record in (found if isinstance(found, list) else [found])]
        return next((file for file in files if file.case_no == case_no and file.part == self._part(part)), None)

    def send(self, consignment: Consignment) -> Receipt:
        """See ReceivingOffice."""
        call = self._mapping.calls.send
        values = {
            **consignment.model_dump(include={"case_no", "part", "department", "version", "key", "sha256"}),
            "item": consignment.item.code,
            "item_name": consignment.item.name,
            "package_base64": "" if call.files else base64.b64encode(consignment.package).decode(),
        }
        answer = self._known("send", call, values, files={name: consignment.package for name in call.files})
        return read_receipt(self._mapping, answer, consignment.case_no)

    def file(self, office_ref: str) -> OfficeFile:
        """See ReceivingOffice."""
        return self._own_file("file", self._mapping.calls.file, office_ref)

    def withdraw(self, office_ref: str) -> OfficeFile:
        """See ReceivingOffice. What the office then says of the case is what it is asked for after it."""
        call = self._mapping.calls.withdraw
        if call is None:
            raise OfficeRejected("no-withdrawal")
        if (held := self.file(office_ref)).status == "withdrawn":
            return held
        self._known("withdraw", call, {"number": office_ref})
        return self.file(office_ref)

    def result(self, office_ref: str) -> bytes:
        """See ReceivingOffice. A file above ``LARGEST_RESULT`` bytes is not read to its end."""
        call = self._mapping.calls.result
        if call is None:
            raise OfficeRejected("no-result")
        try:
            return self._call("result", call, {"number": office_ref}, {}, LARGEST_RESULT, json=False)[1]
        except _Absent:
            raise OfficeRejected("no-result") from None

    def reachable(self, timeout_s: float) -> bool:
        """See ReceivingOffice. Without a ``health`` call any answer that is no server's error will do."""
        call = self._mapping.calls.health or Call(path="/")
        try:
            request = self._request(call, {}, {}, timeout_s)
            return self._client.send(request).status_code < (400 if self._mapping.calls.health else 500)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, RuntimeError):
            return False

    def close(self) -> None:
        """See ReceivingOffice."""
        self._client.close()

    def _part(self, part: str) -> str:
        """What their record says of the part: nothing where they keep none."""
        return part if self._mapping.record.part is not None else ""

    def _own_file(self, step: str, call: Call, number: str) -> OfficeFile:
        file = read_file(self._mapping, at(self._known(step, call, {"number": number}), call.at))
        if file.receipt_no != number:
            raise OfficeUnavailable("unreadable")  # an answer about another case
        return file

    def _known(self, step: str, call: Call, values: dict[str, Any], files: dict[str, bytes] | None = None) -> Any:
        try:
            return self._json(step, call, values, files)
        except _Absent:
            raise OfficeRejected("not-found") from None

    def _json(self, step: str, call: Call, values: dict[str, Any], files: dict[str, bytes] | None = None) -> Any:
        return self._call(step, call, values, files or {}, LARGEST_ANSWER, json=True)[0]

    def _call(
        self, step: str, call: Call, values: dict[str, Any], files: dict[str, bytes], most: int, *, json: bool
    ) -> tuple[Any, bytes]:
        """One call: its JSON and bytes, or one of the exceptions."""
        too_large = OfficeUnavailable("unreadable") if json else OfficeRejected("result-too-large")
        with timed(f"office_{self._name}", step):
            response = answered(self._client, lambda: self._request(call, values, files), most, too_large)
            return self._judge(response, json=json), response.content

    def _request(
        self, call: Call, values: dict[str, Any], files: dict[str, bytes], timeout_s: float | None = None
    ) -> httpx.Request:
        path = fill(call.path, {name: quote(str(value), safe="") for name, value in values.items()})
        given: dict[str, Any] = {"params": fill(call.query, values)} if call.query else {}
        if files:
            given["files"] = {name: ("package.zip", content, "application/zip") for name, content in files.items()}
            given["data"] = {name: str(value) for name, value in fill(call.body or {}, values).items()}
        elif call.body is not None:
            given["json"] = fill(call.body, values)
        if timeout_s is not None:
            given["timeout"] = timeout_s
        request = self._client.build_request(call.method, path, **given)
        request.headers.update(self._signed(request))
        return request

    def _signed(self, request: httpx.Request) -> dict[str, str]:
        sign = self._mapping.sign
        seconds = self._clock.now().timestamp()
        values = {
            "app": self._app,
            "method": request.method,
            "path": request.url.raw_path.decode("ascii"),
            "timestamp": str(int(seconds * 1000) if sign.timestamp == "milliseconds" else int(seconds)),
            "nonce": secrets.token_hex(16),
            "body_sha256": hashlib.sha256(request.read()).hexdigest(),
        }
        mac = hmac.digest(self._key, str(fill(sign.text, values)).encode(), "sha256")
        values["signature"] = mac.hex() if sign.encoding == "hex" else base64.b64encode(mac).decode()
        return {name: str(fill(text, values)) for name, text in sign.headers.items()}

    def _judge(self, response: httpx.Response, *, json: bool) -> Any:
        """The JSON of an answer that says all is well.

        Raises:
            OfficeUnavailable, OfficeRejected, _Absent: it says otherwise, or cannot be read.
        """
        codes = self._mapping.codes
        answer = _parsed(response.content) if json or not response.is_success else None
        theirs = at(answer, codes.at)
        by_http = f"http-{response.status_code}"
        code = str(theirs) if isinstance(theirs, str | int) and theirs != "" else by_http
        if _in(codes.none, code, by_http):
            raise _Absent
        if _in(codes.retriable, code, by_http):
            raise OfficeUnavailable("busy")
        if _in(codes.final, code, by_http):
            raise OfficeRejected(plain(code, by_http))
        if not response.is_success:
            raise failure(response, code)
        if json and (answer is None or (codes.at is not None and not _in(codes.ok, code))):
            raise OfficeUnavailable("unreadable")
        return answer


def _in(listed: list[Code], *codes: str) -> bool:
    return bool({str(code) for code in listed} & set(codes))


def _parsed(body: bytes) -> Any:
    try:
        return httpx.Response(200, content=body).json()
    except (ValueError, RecursionError):
        return None
