"""Who may call what. Every route depends on one of these, or stands on the short public list."""

from __future__ import annotations

import asyncio
import hmac
from typing import Annotated

from fastapi import Depends, Header, Query, Request, WebSocket

from assistant.conversation import repository
from assistant.conversation.model import Conversation
from assistant.foundation.tokens import hash_token
from channels import tickets
from channels.parts import Parts, parts_of
from channels.problems import Problem

#: Routes anybody may call: opening a conversation, also by a code of WeChat's, guides, search, reading one sentence, health,
#: verifying a result by its code, opening what staff filled in by its code and proof, a kiosk listening for somebody to speak
#: to it, the pages themselves, signing in (what the identity provider sends is signed), a conversation that crosses
#: into our page (its ticket is sealed), containers (their tickets are signed).
PUBLIC_ROUTES = frozenset(
    {
        ("POST", "/api/v1/conversations"),
        ("POST", "/api/v1/wechat/sessions"),
        ("GET", "/api/v1/guides"),
        ("GET", "/api/v1/guides/popular"),
        ("GET", "/api/v1/guides/{code}"),
        ("GET", "/api/v1/guides/{code}/next"),
        ("GET", "/api/v1/categories"),
        ("GET", "/api/v1/search"),
        ("POST", "/api/v1/understand"),
        ("GET", "/api/v1/package-keys"),
        ("GET", "/api/v1/verify/{code}"),
        ("POST", "/api/v1/handovers"),
        ("WS", "/api/v1/kiosk/listen"),
        ("GET", "/healthz"),
        ("GET", "/readyz"),
        ("GET", "/openapi.json"),
        ("GET", "/"),
        ("GET", "/favicon.ico"),
        ("GET", "/static/chat/{path:path}"),
        ("GET", "/progress"),
        ("GET", "/guides"),
        ("GET", "/guides/{code}"),
        ("GET", "/guides/{code}/forms/{document}/{kind}"),
        ("GET", "/verify"),
        ("GET", "/handover"),
        ("GET", "/kiosk"),
        ("GET", "/kiosk/figure"),
        ("GET", "/kiosk/settings"),
        ("GET", "/kiosk/qr"),
        ("GET", "/static/kiosk/{path:path}"),
        ("GET", "/console/"),
        ("GET", "/console/guides/"),
        ("GET", "/console/accounts/"),
        ("GET", "/console/audit/"),
        ("GET", "/console/past/"),
        ("GET", "/console/misuse/"),
        ("GET", "/console/reports/"),
        ("GET", "/console/static/{path:path}"),
        ("POST", "/console/api/login"),
        ("GET", "/console/api/ways"),
        ("GET", "/console/sso/begin"),
        ("GET", "/console/sso/back"),
        ("POST", "/console/sso/ended"),
        ("GET", "/signin/back"),
        ("POST", "/signin/ended"),
        ("POST", "/api/v1/crossings"),
        ("GET", "/static/widget/bandao.js"),
        ("GET", "/container"),
        ("POST", "/container"),
        ("GET", "/signin/phone"),
        ("POST", "/signin/phone"),
    }
)


def bearer(authorization: str | None) -> str | None:
    """The token of an Authorization header, or None."""
    scheme, _, token = (authorization or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def find_by_token(parts: Parts, token: str | None) -> Conversation:
    """The conversation a token opens.

    Raises:
        Problem: 401 for a missing, unknown or expired token.
    """
    conv = _of_token(parts, token)
    if conv is not None and conv.token_expires_at is not None and conv.token_expires_at > parts.clock.now():
        return conv
    raise Problem(401, "unauthorised", headers={"WWW-Authenticate": "Bearer"})


def _of_token(parts: Parts, token: str | None) -> Conversation | None:
    """Whose token this is or was."""
    if not token:
        return None
    with parts.db.read() as conn:
        return repository.of_token(conn, hash_token(token))


async def token_holder(request: Request, authorization: Annotated[str | None, Header()] = None) -> Conversation:
    """The conversation whose token the request carries; or, for reading one file, a short-lived ticket in its address."""
    parts = parts_of(request)
    if authorization is None and request.method == "GET" and tickets.PARAMETER in request.query_params:
        return await asyncio.to_thread(_by_ticket, parts, request)
    return await asyncio.to_thread(find_by_token, parts, bearer(authorization))


def _by_ticket(parts: Parts, request: Request) -> Conversation:
    """The conversation a ticket in the address is for."""
    address = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    held = tickets.opened(parts.db.keyring, address, parts.clock.now())
    with parts.db.read() as conn:
        conv = repository.load(conn, held) if held else None
    if conv is None or conv.token_expires_at is None or conv.token_expires_at <= parts.clock.now():
        raise Problem(401, "unauthorised", headers={"WWW-Authenticate": "Bearer"})
    return conv


async def own_conversation(conversation_id: str, holder: Annotated[Conversation, Depends(token_holder)]) -> Conversation:
    """The conversation of the path, if the token is its own; a foreign one is as unknown as one that never was."""
    if holder.id != conversation_id:
        raise Problem(404, "not_found")
    return holder


async def departing(
    conversation_id: str, request: Request, authorization: Annotated[str | None, Header()] = None
) -> Conversation:
    """As ``own_conversation``, for who hands the token back: one handed back already may be handed back again."""
    holder = await asyncio.to_thread(_of_token, parts_of(request), bearer(authorization))
    if holder is None:
        raise Problem(401, "unauthorised", headers={"WWW-Authenticate": "Bearer"})
    return await own_conversation(conversation_id, holder)


async def stream_conversation(
    conversation_id: str,
    request: Request,
    authorization: Annotated[str | None, Header()] = None,
    token: Annotated[str | None, Query()] = None,
) -> Conversation:
    """As ``own_conversation``; a browser's event stream cannot set headers, so here the token may stand in the query."""
    holder = await asyncio.to_thread(find_by_token, parts_of(request), bearer(authorization) or token)
    return await own_conversation(conversation_id, holder)


async def socket_conversation(parts: Parts, socket: WebSocket, conversation_id: str) -> Conversation:
    """As ``stream_conversation``, for a socket."""
    token = bearer(socket.headers.get("authorization")) or socket.query_params.get("token")
    holder = await asyncio.to_thread(find_by_token, parts, token)
    return await own_conversation(conversation_id, holder)


async def engine_only(request: Request, token: Annotated[str, Query()] = "") -> None:
    """Only the engine, which shares our secret."""
    if not hmac.compare_digest(token.encode(), parts_of(request).settings.engine_token.encode()):
        raise Problem(401, "unauthorised")


async def local_or_engine(request: Request, authorization: Annotated[str | None, Header()] = None) -> None:
    """Only this machine, or whoever holds the engine's token: figures are for the operator's monitoring."""
    host = request.client.host if request.client else ""
    given = bearer(authorization) or ""
    if host not in ("127.0.0.1", "::1", "testclient") and not hmac.compare_digest(
        given.encode(), parts_of(request).settings.engine_token.encode()
    ):
        raise Problem(401, "unauthorised")


Holder = Annotated[Conversation, Depends(token_holder)]
Own = Annotated[Conversation, Depends(own_conversation)]
Departing = Annotated[Conversation, Depends(departing)]
Streaming = Annotated[Conversation, Depends(stream_conversation)]
