"""Which pages of other sites may speak with the API, and with what of it: those of the setting, with what the widget needs."""

from __future__ import annotations

import re

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.foundation.settings import Settings

OPEN = re.compile(
    r"/static/widget/bandao\.js"
    r"|/api/v1/guides/[^/]+"
    r"|/api/v1/conversations(?:/[^/]+/(?:messages|events|leave|crossing))?"
)
"""The addresses such a page may call. Signing in, papers, packages and lists of cases are not among them."""


class Embedding:
    """Middleware that answers browsers who ask whether a page of another origin may call; without origins set it does nothing.

    Cookies never come along: who is signed in is a matter of our own pages.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        origins = settings.widget_origins.split()
        self._open = (
            CORSMiddleware(
                app, allow_origins=origins, allow_methods=["GET", "POST"], allow_credentials=False, max_age=600,
                allow_headers=["Authorization", "Content-Type", "Accept-Language"], expose_headers=["Retry-After"],
            )
            if origins else None
        )  # fmt: skip

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve it."""
        if self._open is not None and scope["type"] == "http" and OPEN.fullmatch(scope["path"]):
            await self._open(scope, receive, send)
        else:
            await self._app(scope, receive, send)
