"""Is everything up? Asked of the processes themselves, over HTTP."""

from __future__ import annotations

from typing import Any

import httpx

from assistant.foundation.settings import Settings


def app_url(settings: Settings) -> str:
    """Where the app answers on this machine."""
    return f"http://{connectable(settings.host)}:{settings.port}"


def connectable(host: str) -> str:
    """``host``, or the loopback address when listening on all."""
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}.get(host, f"[{host}]" if ":" in host else host)


def waits_for(url: str, client: httpx.Client) -> list[str] | None:
    """What the app at ``url`` is not ready for yet: an empty list when it is ready, None when it does not answer."""
    try:
        response = client.get(f"{url}/readyz")
        body: Any = response.json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        return None
    parts = body.get("parts", {}) if isinstance(body, dict) else {}
    return [] if response.status_code == httpx.codes.OK else [name for name, ready in parts.items() if ready is not True]


def answers(url: str, client: httpx.Client) -> bool:
    """Whether the process at ``url`` is up."""
    try:
        return client.get(f"{url}/healthz").status_code == httpx.codes.OK
    except (httpx.HTTPError, httpx.InvalidURL):
        return False


def local_client(timeout_s: float = 2.0) -> httpx.Client:
    """A client for addresses on this machine: no proxy from the environment between us."""
    return httpx.Client(timeout=timeout_s, trust_env=False)
