"""Errors for machines: RFC 9457 problem details, with a ``detail`` a page can show as it is.

It is Chinese; in the public API it is English for a reader whose ``Accept-Language`` prefers that. Staff read Chinese.
"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from assistant.foundation.logging import get_logger
from assistant.foundation.messages import CHINESE, ENGLISH, render, t

log = get_logger(__name__)
MEDIA_TYPE = "application/problem+json"
PUBLIC = "/api/"


class ProblemDetails(BaseModel):
    """RFC 9457. ``code`` is stable for programs; ``detail`` is for people."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    errors: list[dict[str, Any]] | None = None


class Problem(Exception):
    """Raise to answer with problem details; ``code`` names a message ``problems.<code>``."""

    def __init__(
        self, status: int, code: str, *, detail: str | None = None, headers: dict[str, str] | None = None, **params: Any
    ) -> None:
        super().__init__(code)
        self.status, self.code, self.headers = status, code, headers
        self.detail = detail or t(f"problems.{code}", **params)


TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    410: "Gone",
    413: "Content Too Large",
    422: "Unprocessable Content",
    423: "Locked",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
_BY_STATUS = {401: "unauthorised", 404: "not_found", 405: "method_not_allowed", 413: "too_large"}


def response(
    status: int, code: str, detail: str, headers: dict[str, str] | None = None, errors: list[dict[str, Any]] | None = None
) -> JSONResponse:
    """A problem as a response."""
    body = ProblemDetails(title=TITLES.get(status, "Error"), status=status, detail=detail, code=code, errors=errors)
    return JSONResponse(body.model_dump(exclude_none=True), status_code=status, headers=headers, media_type=MEDIA_TYPE)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route for OpenAPI."""
    return {
        s: {"description": TITLES[s], "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}}
        for s in statuses
    }


def accepted(header: str) -> str:
    """The language an ``Accept-Language`` header likes best of the two there are; Chinese where it names neither.

    >>> accepted("en-GB,en;q=0.8,zh;q=0.5"), accepted("de, zh;q=0.9, en;q=0.8"), accepted("fr")
    ('en', 'zh-CN', 'zh-CN')
    """
    liked = {CHINESE: 0.0, ENGLISH: 0.0}
    for part in header.split(","):
        named, _, weight = part.partition(";")
        language = {"zh": CHINESE, "en": ENGLISH}.get(named.strip().lower().partition("-")[0])
        if language:
            liked[language] = max(liked[language], _quality(weight))
    return ENGLISH if liked[ENGLISH] > liked[CHINESE] else CHINESE


def _quality(weight: str) -> float:
    """The ``q`` of a part of the header, 0 to 1; 1 where it has none, 0 where it is no number."""
    name, _, value = weight.partition("=")
    try:
        return float(value) if name.strip().lower() == "q" else 1.0
    except ValueError:
        return 0.0


def _told(request: Request, detail: str) -> str:
    """The detail in the language its reader asks for."""
    public = request.url.path.startswith(PUBLIC)
    return render(detail, accepted(request.headers.get("accept-language", "")) if public else CHINESE)


def install(app: FastAPI) -> None:
    """Make every error of the app a problem."""

    @app.exception_handler(Problem)
    async def known(request: Request, problem: Problem) -> JSONResponse:
        return response(problem.status, problem.code, _told(request, problem.detail), problem.headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        # ``input`` is left out: it would send what the citizen wrote into logs along the way
        errors = [{"where": ".".join(str(part) for part in e["loc"]), "why": e["msg"]} for e in error.errors()]
        return response(422, "invalid", _told(request, t("problems.invalid")), errors=errors)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        code = _BY_STATUS.get(error.status_code, "invalid" if error.status_code < 500 else "internal")
        detail = _told(request, t(f"problems.{code}"))
        return response(error.status_code, code, detail, dict(error.headers) if error.headers else None)

    @app.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> JSONResponse:
        log.error("http.failed", exc_info=error)
        return response(500, "internal", _told(request, t("problems.internal")))
