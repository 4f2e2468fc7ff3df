"""POST /api/v1/offices/{office}/webhook: a receiving office says that a file of ours has moved on."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request, Response
from sqlalchemy.exc import IntegrityError

from assistant.casework.submission import webhooks
from assistant.foundation.logging import get_logger
from assistant.foundation.settings import SANDBOX_OFFICE
from channels.parts import Parts, parts_of
from channels.problems import Problem, documented

router = APIRouter(tags=["office"])
log = get_logger(__name__)


@router.post(
    "/api/v1/offices/{office}/webhook",
    status_code=204,
    response_class=Response,
    responses=documented(401, 413, 422),
    operation_id="office_webhook",
    openapi_extra={
        "parameters": [
            {"in": "header", "name": f"webhook-{name}", "required": True, "schema": {"type": "string"}}
            for name in ("id", "timestamp", "signature")
        ],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "properties": {name: {"type": "string"} for name in ("type", "receipt_no", "case_no")},
                        "required": ["receipt_no"],
                    }
                }
            },
        },
    },
)
async def office_webhook(office: str, request: Request) -> Response:
    """There is news of a file. Signed as Standard Webhooks has it, or as the office's mapping file says; what the news is, the
    office is asked.

    Unsigned, forged, stale (five minutes) and replayed ones are 401. A number that is not known is 204 as well: whether it
    is known is nobody's business but ours.
    """
    parts = parts_of(request)
    body = await _body(request)
    try:
        door = parts.office_doors.get(office)
        if door is None:
            raise webhooks.NotGenuine("forged")
        news = door.read(request.headers, body, parts.clock.now())
        await asyncio.to_thread(_take, parts, office, news)
    except webhooks.NotGenuine as error:
        log.warning("office.webhook_refused", code=error.code)
        raise Problem(401, "webhook_refused") from None
    return Response(status_code=204)


async def _body(request: Request) -> bytes:
    """The body, as far as a webhook's may go."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > webhooks.LARGEST_BODY:
            raise Problem(413, "too_large")
    return bytes(body)


def _take(parts: Parts, office: str, news: webhooks.News) -> None:
    """Ask about the file at once.

    Raises:
        webhooks.NotGenuine: it has come before.
    """
    # Numbers of the offices in the routing file are kept with the office's name before them.
    number = news.number if office == SANDBOX_OFFICE or news.number is None else f"{office}:{news.number}"
    try:
        with parts.db.write() as conn:
            webhooks.remember(conn, office, news.id, parts.clock.now())
            anything = parts.submissions.news_in(conn, number, news.seq) if number else False
    except IntegrityError:  # the same one at another app of ours in the same moment
        raise webhooks.NotGenuine("replayed") from None
    if anything:
        parts.submissions.look()
    else:
        log.warning("office.webhook_unasked", code="nothing-new" if number else "body")
