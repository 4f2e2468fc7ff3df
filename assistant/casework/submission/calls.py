"""The shape every call to a far side has: timed, counted and logged, and over HTTP what an answer's status means."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

import httpx

from assistant.casework.submission.office import OfficeRejected, OfficeUnavailable
from assistant.foundation import metrics, tls
from assistant.foundation.logging import get_logger

LARGEST_RESULT = 64 * 1024 * 1024
"""Bytes; the largest result taken from an office."""

LARGEST_ANSWER = 8 * 1024 * 1024
"""Bytes; the largest JSON read."""

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_MAX_CODE = 60
# Refused now, perhaps not later. 401 and 403 are here because the remedy is ours (a wrong key is a setting, not a
# fault of the package): giving up would turn an operator's slip into a lost submission.
_RETRIABLE = frozenset({401, 403, 408, 421, 423, 425, 429})

log = get_logger(__name__)


@contextmanager
def timed(system: str, step: str) -> Iterator[None]:
    """One call: how long it took and how it ended, under ``system`` in the metrics."""
    started, outcome = time.perf_counter(), "ok"
    try:
        yield
    except OfficeUnavailable as error:
        outcome = error.code
        raise
    except OfficeRejected:
        outcome = "rejected"
        raise
    finally:
        seconds = time.perf_counter() - started
        metrics.far_side_seconds.labels(system).observe(seconds)
        if outcome == "ok":
            log.debug("office.called", service=system, step=step, duration_ms=round(seconds * 1000))
        else:
            metrics.far_side_errors_total.labels(system, outcome).inc()
            log.warning("office.failed", service=system, step=step, reason=outcome, duration_ms=round(seconds * 1000))


def http_client(
    url: str, timeout_s: float, headers: Mapping[str, str], transport: httpx.BaseTransport | None = None
) -> httpx.Client:
    """A client for one office: silent for ``timeout_s`` at most, connected within five seconds."""
    # A proxy of the environment must not stand between two programs of one machine.
    trust_env = urlsplit(url).hostname not in _LOOPBACK
    return httpx.Client(
        base_url=url.rstrip("/"),
        headers={"Accept": "application/json", **headers},
        timeout=httpx.Timeout(timeout_s, connect=min(5.0, timeout_s)),
        limits=httpx.Limits(max_connections=16, max_keepalive_connections=4),
        trust_env=trust_env,
        verify=tls.context(trust_env),
        transport=transport,
    )


def answered(client: httpx.Client, make: Callable[[], httpx.Request], most: int, too_large: Exception) -> httpx.Response:
    """Send a request and read its answer whole, up to ``most`` bytes; ``too_large`` is raised beyond.

    Raises:
        OfficeUnavailable: ``no-connection``: it certainly never arrived; ``timeout``: nobody knows.
    """
    body = bytearray()
    try:
        response = client.send(make(), stream=True)
        try:
            for piece in response.iter_bytes():
                body += piece
                if len(body) > most:
                    raise too_large
        finally:
            response.close()
    except (httpx.HTTPError, httpx.InvalidURL, RuntimeError) as error:  # RuntimeError: the client has been closed
        never = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
        raise OfficeUnavailable("no-connection" if never else "timeout") from error
    read = httpx.Response(response.status_code, content=bytes(body), request=response.request)
    return read


def failure(response: httpx.Response, code: str) -> OfficeUnavailable | OfficeRejected:
    """What an answer means that is no success; ``code`` is the office's own, taken over if it is a plain word."""
    status = response.status_code
    if status in _RETRIABLE:
        return OfficeUnavailable("not-authorised" if status in {401, 403} else "busy")
    if response.is_client_error:
        return OfficeRejected(plain(code, f"http-{status}"))
    return OfficeUnavailable("server-error" if response.is_server_error else "unreadable")


def plain(code: str, otherwise: str) -> str:
    """``code`` if it is a plain word fit for logs."""
    fits = 0 < len(code) <= _MAX_CODE and code.isascii() and code.replace("-", "").replace("_", "").isalnum()
    return code if fits else otherwise
