"""Who may speak to the devices' service: the kiosk's own page on this machine, and nobody else.

Three things are asked of every call. The **Host** must be this machine's own name with our port, so that no page can reach us by
a name of its own that it lets point here (DNS rebinding). The **Origin** must be the page's, exactly. The **pairing** secret must
be right; it stands behind the # of the page's address, which browsers send to no server.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PAIRING = "X-Bandao-Pairing"
_METHODS = "GET, POST, DELETE"
_ASKED = f"Content-Type, {PAIRING}"


class Door:
    """ASGI middleware; see the module."""

    def __init__(self, app: ASGIApp, *, port: int, pages: Sequence[str], pairing: str) -> None:
        self._app, self._pages, self._pairing = app, frozenset(pages), pairing.encode()
        self._hosts = frozenset(f"{name}:{port}" for name in ("127.0.0.1", "localhost"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a call in, or say 403; what is not HTTP is let in nowhere."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin", "")
        if headers.get("host", "") not in self._hosts or origin not in self._pages:
            await Response(status_code=403)(scope, receive, send)
            return

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                answer["Access-Control-Allow-Origin"] = origin
                answer["Vary"] = "Origin"
                answer["Cache-Control"] = "no-store"
                answer["X-Content-Type-Options"] = "nosniff"
            await send(message)

        if scope["method"] == "OPTIONS":
            await self._may(headers)(scope, receive, told)
        elif not hmac.compare_digest(headers.get(PAIRING, "").encode(), self._pairing):
            await JSONResponse({"code": "not_paired"}, 403)(scope, receive, told)
        else:
            await self._app(scope, receive, told)

    @staticmethod
    def _may(headers: Headers) -> Response:
        allowed = {
            "Access-Control-Allow-Methods": _METHODS,
            "Access-Control-Allow-Headers": _ASKED,
            "Access-Control-Max-Age": "600",
        }
        if headers.get("access-control-request-private-network") == "true":
            allowed["Access-Control-Allow-Private-Network"] = "true"
        return Response(status_code=204, headers=allowed)
