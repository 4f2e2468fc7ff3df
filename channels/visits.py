"""Every request's network address, known to whatever is done for it (see ``assistant.identity.misuse``)."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.foundation.settings import Settings
from assistant.identity.misuse import Kind, Visit, visit


def limits_of(settings: Settings) -> dict[Kind, int]:
    """How many tries of each kind are none too many."""
    tries, enterprises = settings.misuse_tries, settings.misuse_enterprises
    return {"enterprises": enterprises, "case_numbers": tries, "proofs": tries}


class Visits:
    """Middleware that notes where a request or socket comes from while it is served."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._limits = limits_of(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve it."""
        client = scope.get("client") if scope["type"] in ("http", "websocket") else None
        if client is None:
            await self._app(scope, receive, send)
            return
        token = visit.set(Visit(str(client[0]), self._limits))
        try:
            await self._app(scope, receive, send)
        finally:
            visit.reset(token)
