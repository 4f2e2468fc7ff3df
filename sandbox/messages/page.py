"""What was sent, on a page behind the staff page's key: for demonstrations, and to see what a citizen would have got."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sandbox.config import SandboxConfig
from sandbox.messages.store import MessageStore
from sandbox.office import staff
from sandbox.office.store import Store

_SHOWN = 100
_CHANNELS = {"sms": "短信", "wechat": "微信", "email": "邮件"}


def routes(config: SandboxConfig, office: Store, store: MessageStore) -> APIRouter:
    """``/office/messages``: below the staff page, whose session it goes by."""
    router = APIRouter(prefix="/office", include_in_schema=False, default_response_class=HTMLResponse)
    folders = [Path(__file__).parent / "pages", staff.STATIC.with_name("pages")]
    jinja = Environment(loader=FileSystemLoader(folders), autoescape=True, undefined=StrictUndefined)
    jinja.filters["moment"] = lambda at: datetime.fromisoformat(at).strftime("%m月%d日 %H:%M:%S")

    @router.get("/messages")
    def messages(
        request: Request,
        channel: Annotated[str, Query(max_length=10)] = "",
        q: Annotated[str, Query(max_length=100)] = "",
    ) -> Response:
        token = request.cookies.get("office_session", "")
        if office.session_csrf(hashlib.sha256(token.encode()).hexdigest(), config.now()) is None:
            return RedirectResponse("/office/login", status_code=303)
        chosen = channel if channel in _CHANNELS else ""
        page = jinja.get_template("messages.html")
        found = store.page(chosen, q.strip(), _SHOWN)
        return HTMLResponse(
            page.render(messages=found, counts=store.counts(), channels=_CHANNELS, chosen=chosen, q=q.strip(), shown=_SHOWN)
        )

    return router
