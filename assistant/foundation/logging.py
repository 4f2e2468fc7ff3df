"""Logs: one JSON object a line on stderr, and no citizen data in any of them.

Names cannot be found by pattern, so nothing is trusted to be harmless: a line carries an event code and allow-listed
keys; the value of any other key is replaced. What other libraries log loses its arguments, exceptions lose their
message (it quotes values) and keep their type and the places they passed.

Use ``log = get_logger(__name__)`` and ``log.info("turn.answered", conversation_id=…, status=…, duration_ms=…)``.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Iterator, MutableMapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

import orjson
import structlog

from assistant.foundation.masking import is_identifying, mask_text

ALLOWED_KEYS = frozenset({
    "event", "level", "module", "at", "process", "error", "where",
    "conversation_id", "case_no", "upload_id", "blob_id", "submission_id", "desk_entry_id", "staff_id", "request_id", "turn_id",
    "guide_code", "guide_version", "material", "field", "template", "document", "package_version",
    "channel", "locale", "region", "owner", "status", "state", "kind", "reason", "intent", "action", "code", "cause", "step",
    "method", "route", "host", "port", "service", "component", "model", "version", "revision", "file", "line", "key_id", "sha256",
    "media_type", "backend", "check", "result", "outcome", "remedy",
})  # fmt: skip
"""Keys whose text values are codes, ids or names of parts of this program, never anything a citizen gave.

Numbers with at most six digits before the point, booleans and None may be logged under any key (counts, durations).
"""

HIDDEN = "[hidden]"
LONGEST = 300
_LARGEST_NUMBER = 10**6
# Ids and hashes would lose their digits to the masking: a text that is nothing but one passes. Digits alone are none.
_ID = re.compile(r"(?:(?=.*[a-f])[0-9a-f]{16,64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
# Numbers this program gives out itself (case numbers) hold many digits too.
_ID_KEYS = frozenset({"case_no"} | {key for key in ALLOWED_KEYS if key.endswith("_id")})
_NUMBER_GIVEN = re.compile(r"[A-Za-z0-9-]{1,64}")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")


def configure(level: str = "info") -> None:
    """Send this process's logs, other libraries' included, to stderr through the masking. Call once at the start."""
    numeric = logging.getLevelNamesMapping()[level.upper()]
    _configure_structlog(numeric)
    root = logging.getLogger()
    root.handlers[:] = [_ForeignHandler()]
    root.setLevel(max(numeric, logging.INFO))
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "alembic", "httpx", "httpcore"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    # One line a request, with its address and query, is what must not be written; the app logs turns by itself.
    for name in ("uvicorn.access", "httpx", "httpcore", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _configure_structlog(level: int) -> None:
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, structlog.processors.add_log_level, scrub, _to_json],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        # Looked up for every line: a test, or a supervisor, may put another stderr in place.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def get_logger(name: str) -> structlog.typing.FilteringBoundLogger:
    """A logger that names itself ``name`` (a module's ``__name__``) in every line."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger(module=name)
    return logger


def scrub(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The structlog processor that lets through what is known to be harmless and hides the rest."""
    exception = entry.pop("exc_info", None)
    clean: dict[str, Any] = {"at": datetime.now(UTC).isoformat(timespec="milliseconds")}
    for key, value in entry.items():
        clean[key if key in ALLOWED_KEYS else scrub_text(str(key))] = _value(key, value)
    if exception:
        clean |= describe(exception if isinstance(exception, BaseException) else sys.exc_info()[1])
    return clean


def scrub_text(text: str) -> str:
    """``text`` without identifying numbers, without Chinese (a name would be) and not longer than 300 characters."""
    text = text[:LONGEST]
    return text if _ID.fullmatch(text) else _HAN.sub("[text]", mask_text(text))


def describe(exception: BaseException | None) -> dict[str, Any]:
    """An exception for the log: the types of it and of its causes, and the places it passed; never its message."""
    chain = list(_chain(exception))
    return {
        "error": " < ".join(type(each).__qualname__ for each in chain),
        "where": _places(chain[-1].__traceback__) if chain else [],
    }


def _chain(exception: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while exception is not None and id(exception) not in seen:
        yield exception
        seen.add(id(exception))
        exception = exception.__cause__ or (None if exception.__suppress_context__ else exception.__context__)


def _places(trace: TracebackType | None) -> list[str]:
    return [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)][-12:]


def _value(key: str, value: Any) -> Any:
    match value:
        case None | bool():
            return value
        case int() | float():
            return value if abs(value) < _LARGEST_NUMBER else HIDDEN
        case str() if key in _ID_KEYS and _NUMBER_GIVEN.fullmatch(value) and not is_identifying(value):
            return value
        case str() if key in ALLOWED_KEYS:
            return scrub_text(value)
        case list() | tuple() | set() | frozenset() if key in ALLOWED_KEYS:
            return [_value(key, item) for item in value]
    return HIDDEN


def _to_json(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> str:
    return orjson.dumps(dict(entry)).decode()


class _ForeignHandler(logging.Handler):
    """Writes what libraries log: their template without its arguments, since those are the data."""

    def emit(self, record: logging.LogRecord) -> None:
        entry: dict[str, Any] = {
            "event": "library", "level": record.levelname.lower(), "module": record.name, "code": str(record.msg)
        }  # fmt: skip
        if record.exc_info:
            entry["exc_info"] = record.exc_info[1]
        print(_to_json(None, "", scrub(None, "", entry)), file=sys.stderr)


# Not configured, structlog would print everything as it is to stdout: be safe from the first import on.
_configure_structlog(logging.WARNING)
