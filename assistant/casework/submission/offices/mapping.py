"""The mapping file of a generic office: how a city's own HTTP/JSON interface says what ours says.

Only shapes and their checks are here; ``mapped.MappedOffice`` uses them. What is wrong raises pydantic.ValidationError, whose
places ``config`` turns into lines. docs/submission.md has a complete example.
"""

from __future__ import annotations

import string
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from assistant.casework.submission.statuses import OFFICE_STATUS

Pointer = Annotated[str, Field(pattern=r"^(/([^~/]|~0|~1)*)*$")]
"""A JSON pointer (RFC 6901); "" is the whole."""

Code = str | int
_ASKED = frozenset({"case_no", "part", "department"})
_NUMBERED = frozenset({"number"})
_SENT = _ASKED | {"version", "key", "sha256", "item", "item_name", "package_base64"}
_NEWS = frozenset({"id", "timestamp", "body", "body_sha256"})
_SIGNED = frozenset({"app", "method", "path", "timestamp", "nonce", "body_sha256"})


def _names(template: Any) -> Iterator[str]:
    if isinstance(template, dict):
        template = list(template.values())
    if isinstance(template, list | tuple):
        for value in template:
            yield from _names(value)
    elif isinstance(template, str):
        yield from (name for _, name, _, _ in string.Formatter().parse(template) if name is not None)


def _only(template: Any, known: frozenset[str], where: str = "") -> None:
    unknown = sorted(set(_names(template)) - known)
    if unknown:
        there = ", ".join(sorted(known)) or "nothing to fill in"
        raise ValueError(f"{where}{{{unknown[0]}}} is not known here; there is {there}")


class _Strict(BaseModel):
    """A member nobody knows is a slip of the pen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Sign(_Strict):
    """How calls are signed: HMAC-SHA256 with the office's key over ``text``, sent in ``headers``.

    ``path`` is as sent, with its query; ``body_sha256`` lower-case hex, of nothing where there is no body.
    """

    text: str = "{method}\n{path}\n{timestamp}\n{body_sha256}"
    encoding: Literal["hex", "base64"] = "hex"
    timestamp: Literal["seconds", "milliseconds"] = "seconds"
    headers: dict[str, str] = {"X-App-Id": "{app}", "X-Timestamp": "{timestamp}", "X-Signature": "{signature}"}

    @model_validator(mode="after")
    def _complete(self) -> Self:
        _only(self.text, _SIGNED)
        _only(self.headers, _SIGNED | {"signature"})
        if not all(text.isascii() and text.isprintable() for header in self.headers.items() for text in header):
            raise ValueError("headers: plain ASCII only")
        used = set(_names(self.headers))
        if "signature" not in used:
            raise ValueError("no header carries {signature}")
        for name in ("timestamp", "nonce"):
            if name in set(_names(self.text)) - used:
                raise ValueError(f"{{{name}}} is signed but no header carries it")
        missing = {"method", "path", "timestamp", "body_sha256"} - set(_names(self.text))
        if missing:
            raise ValueError(f"the signed text leaves out {', '.join(sorted(missing))}: what is not signed can be changed")
        return self


class WebhookHeaders(_Strict):
    """The names of their headers. Without ``id`` the signature itself tells one from its replay."""

    timestamp: str
    signature: str
    id: str | None = None


class Webhook(_Strict):
    """News they send by themselves: HMAC-SHA256 with the office's key over ``text``, and where the number stands in the body.

    ``{body}`` is the body as sent, ``{body_sha256}`` its lower-case hex, ``{id}`` and ``{timestamp}`` what stands in the
    headers. ``prefix`` stands before the signature in its header (``sha256=``). ``seq``, where they have it, is their number of
    the line the news is of, as in ``record.line.seq``: what we have already is not asked for again.
    """

    text: str = "{timestamp}.{body}"
    encoding: Literal["hex", "base64"] = "hex"
    timestamp: Literal["seconds", "milliseconds"] = "seconds"
    headers: WebhookHeaders = WebhookHeaders(timestamp="X-Timestamp", signature="X-Signature")
    prefix: str = ""
    number: Pointer
    seq: Pointer | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        _only(self.text, _NEWS, "webhook: ")
        used = set(_names(self.text))
        if "timestamp" not in used or not used & {"body", "body_sha256"}:
            raise ValueError("webhook: the signed text has to hold {timestamp}, and {body} or {body_sha256}")
        if ("id" in used) != (self.headers.id is not None):
            raise ValueError("webhook: an id has to stand in a header and in the signed text, or in neither")
        return self


class Call(_Strict):
    """One call. Texts may hold ``{…}``; a text that is nothing else keeps its kind (a number stays one).

    ``at`` is where in the answer the record stands; for ``find`` it may be a list of records.
    """

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    path: Annotated[str, Field(pattern=r"^/[^?#\s]*$")]
    query: dict[str, str] = {}
    body: dict[str, Any] | None = None
    files: dict[str, Literal["package"]] = {}
    at: Pointer = ""


class Calls(_Strict):
    """The calls there are. Without ``find`` a sending whose end is unknown is never repeated but left to a person."""

    find: Call | None = None
    send: Call
    file: Call
    withdraw: Call | None = None
    result: Call | None = None
    health: Call | None = None

    @model_validator(mode="after")
    def _placeholders(self) -> Self:
        for name in type(self).model_fields:
            call: Call | None = getattr(self, name)
            known = {"find": _ASKED, "send": _SENT, "health": frozenset[str]()}.get(name, _NUMBERED)
            if call is not None:
                _only((call.path, call.query, call.body), known, f"{name}: ")
        if self.find is not None and "case_no" not in set(_names((self.find.path, self.find.query, self.find.body))):
            raise ValueError("find: has to ask by {case_no}")
        for name, call in (("file", self.file), ("withdraw", self.withdraw), ("result", self.result)):
            if call is not None and "number" not in set(_names((call.path, call.query, call.body))):
                raise ValueError(f"{name}: has to name {{number}}")
        if not self.send.files and "package_base64" not in set(_names(self.send.body)):
            raise ValueError("send: the package stands neither in files nor as {package_base64} in the body")
        return self


class Codes(_Strict):
    """What their codes mean. Where they have none, and for HTTP alone, the code is ``http-<status>``.

    What is listed nowhere: a 4xx is final, everything else is asked again.
    """

    at: Pointer | None = None
    ok: list[Code] = []
    none: list[Code] = []
    retriable: list[Code] = []
    final: list[Code] = []

    @model_validator(mode="after")
    def _told_apart(self) -> Self:
        if self.at is not None and not self.ok:
            raise ValueError("codes.at says where their code stands, codes.ok has to say which mean that all is well")
        seen: set[str] = set()
        for code in map(str, [*self.ok, *self.none, *self.retriable, *self.final]):
            if code in seen:
                raise ValueError(f"code {code} is listed twice")
            seen.add(code)
        return self


class Line(_Strict):
    """Where things stand in one line of their history; ``seq`` is their number of it, where they count."""

    at: Pointer
    status: Pointer
    seq: Pointer | None = None
    text: Pointer | None = None
    by: Pointer | None = None


class Result(_Strict):
    """Where things stand about a result; there is none while ``sha256`` is absent, null or empty."""

    sha256: Pointer
    number: Pointer | None = None
    title: Pointer | None = None
    kind: Pointer | None = None
    issued: Pointer | None = None
    expires: Pointer | None = None
    media_type: Pointer | None = None


class Extension(_Strict):
    """More time they gave themselves for the decision: whole days (none or 0: none given), why, and when they said so."""

    days: Pointer
    reason: Pointer | None = None
    at: Pointer


class Stopped(_Strict):
    """Where the stretches they do not count stand: ``list`` in the record, the rest in each of its entries.

    ``until`` is absent, null or empty while one goes on. ``why`` is theirs; ``reasons`` turns their codes into ours or into the
    Chinese words of ``clocks.stops``.
    """

    list: Pointer
    start: Annotated[Pointer, Field(alias="from")]
    until: Pointer | None = None
    why: Pointer
    reasons: dict[str, str] = {}


class Record(_Strict):
    """Where things stand in their record of a case. ``history`` is a list from the beginning that only grows."""

    number: Pointer
    case_no: Pointer
    status: Pointer
    received: Pointer
    history: Pointer
    line: Line
    part: Pointer | None = None
    version: Pointer | None = None
    sha256: Pointer | None = None
    wanting: Pointer | None = None
    due: Pointer | None = None
    reason: Pointer | None = None
    basis: Pointer | None = None
    remedy: Pointer | None = None
    stopped: Stopped | None = None
    extension: Extension | None = None
    result: Result | None = None


class Mapping(_Strict):
    """A whole mapping file. ``times`` is ``iso``, ``seconds``, ``milliseconds`` or a strptime format of Asia/Shanghai."""

    calls: Calls
    record: Record
    statuses: dict[str, str]
    sign: Sign = Sign()
    webhook: Webhook | None = None
    codes: Codes = Codes()
    times: str = "iso"

    @model_validator(mode="after")
    def _fits(self) -> Self:
        unknown = sorted(set(self.statuses.values()) - set(OFFICE_STATUS))
        if unknown:
            raise ValueError(f"statuses: {', '.join(unknown)} is none of ours ({', '.join(OFFICE_STATUS)})")
        if not {"received", "approved"} <= set(self.statuses.values()):
            raise ValueError("statuses: nothing means received, or nothing means approved")
        if self.calls.find is not None and (self.record.version is None or self.record.sha256 is None):
            raise ValueError("record: with a find the office has to give back the version and sha256 it was sent, "
                             "or nobody can tell what it has")  # fmt: skip
        if self.times not in ("iso", "seconds", "milliseconds") and "%" not in self.times:
            raise ValueError("times: is iso, seconds, milliseconds or a format such as %Y-%m-%d %H:%M:%S")
        return self


def fill(template: Any, values: dict[str, Any]) -> Any:
    """A template with its ``{…}`` replaced; a text that is one placeholder and nothing else becomes the value itself."""
    if isinstance(template, dict):
        return {name: fill(value, values) for name, value in template.items()}
    if isinstance(template, list):
        return [fill(value, values) for value in template]
    if not isinstance(template, str):
        return template
    if template[:1] == "{" and template[1:-1] in values and template[-1:] == "}":
        return values[template[1:-1]]
    return "".join(
        text + (str(values[name]) if name is not None else "") for text, name, _, _ in string.Formatter().parse(template)
    )
