"""How far a case is: the timeline with its view, a key to look at it from elsewhere, its changes as they come, and 催办."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated

import orjson
from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from assistant.casework import repository
from assistant.casework.model import Case
from assistant.casework.progress import urging
from assistant.casework.progress.view import ProgressView
from assistant.conversation import case_news, taking_up, watching
from assistant.foundation import audit
from assistant.foundation.messages import render, t, use_language
from channels.access import Holder
from channels.api.cases import slower
from channels.api.limits import by_address
from channels.api.models import Resume, Timeline, TimelineItem
from channels.parts import Parts, parts_of
from channels.problems import Problem, documented
from channels.viewing import Viewed, Viewer

router = APIRouter(tags=["case"])
HEARTBEAT_SECONDS = 12.0
_TRIES = 3


class Opened(BaseModel):
    """``token`` opens this one case's timeline, events and urgings until ``expires_at``, and nothing else."""

    token: str
    expires_at: str
    timeline: Timeline


def timeline_of(parts: Parts, case: Case, locale: str) -> Timeline:
    """A case's timeline, oldest first, with the view of how far it is."""
    items = [
        TimelineItem(
            at=entry.at.isoformat(),
            status=entry.status.value,
            who=render(entry.who, locale),
            text=render(entry.text, locale),
            due=entry.due.isoformat() if entry.due else None,
            part=entry.part or None,
        )
        for entry in case.timeline
    ]
    shown = watching.shown(parts.services, case, locale, parts.clock.now())
    return Timeline(items=items, progress=ProgressView.model_validate(shown) if shown else None)


@router.get(
    "/api/v1/cases/{case_no}/timeline",
    response_model=Timeline,
    response_model_exclude_none=True,
    responses=documented(401, 404, 422),
    operation_id="get_timeline",
)
async def get_timeline(viewed: Viewer, request: Request) -> Timeline:
    """What has happened to a case, oldest first; and who has it, since when, until when and what comes next."""
    return await asyncio.to_thread(timeline_of, parts_of(request), viewed.case, viewed.locale)


@router.post(
    "/api/v1/cases/{case_no}/viewing",
    response_model=Opened,
    response_model_exclude_none=True,
    responses=documented(401, 404, 422, 423, 429),
    operation_id="open_viewing",
)
async def open_viewing(case_no: str, body: Resume, conv: Holder, request: Request) -> Opened:
    """Look at a case held by another conversation, whatever its status. The proof is that of resuming and is not used up;
    wrong tries count towards the same lock. The case stays where it is."""
    parts = parts_of(request)
    by_address(parts, request)
    return await asyncio.to_thread(_open, parts, case_no, body.proof, conv.id, conv.channel, conv.locale)


def _open(parts: Parts, case_no: str, proof: str, conversation_id: str, channel: str, locale: str) -> Opened:
    now = parts.clock.now()
    with parts.db.write() as conn:
        verdict = taking_up.judge(conn, parts.services, case_no, proof, now)
        if verdict.kind == "wrong":
            taking_up.keep(conn, verdict, conversation_id, channel, now)
        elif verdict.kind not in ("locked", "slowed"):
            repository.set_resume_lock(conn, case_no, 0, None)
            audit.append(conn, at=now, actor="citizen", action="case.viewed", subject=case_no, detail={"channel": channel})
    if verdict.kind == "slowed":
        raise slower(verdict.wait)
    if verdict.kind == "locked":
        raise Problem(423, "resume_locked", headers={"Retry-After": str(int(taking_up.LOCKED.total_seconds()))})
    if verdict.kind == "wrong" or verdict.case is None:
        raise Problem(404, "resume_wrong")
    token, until = watching.make_key(parts.services.sign, case_no, locale, now)
    return Opened(token=token, expires_at=until.isoformat(), timeline=timeline_of(parts, verdict.case, locale))


@router.post(
    "/api/v1/cases/{case_no}/urgings",
    response_model=Timeline,
    response_model_exclude_none=True,
    responses=documented(401, 404, 409, 422),
    operation_id="urge_case",
)
async def urge_case(viewed: Viewer, request: Request) -> Timeline:
    """催办: note that she asks the office to hurry. 409 with the reason where there is nobody to ask, or she asked today."""
    parts = parts_of(request)
    case = await asyncio.to_thread(_urge, parts, viewed)
    parts.announce(viewed.holder)
    return await asyncio.to_thread(timeline_of, parts, case, viewed.locale)


def _urge(parts: Parts, viewed: Viewed) -> Case:
    now = parts.clock.now()
    for attempt in range(_TRIES):
        try:
            with parts.db.write() as conn:
                found = repository.find(conn, viewed.case.case_no)
                if found is None:
                    raise Problem(404, "not_found")
                case, holder = found
                with use_language(viewed.locale):
                    asked = urging.urge(case, now)
                if asked is not None:
                    raise Problem(409, "urging_not_now", detail=render(asked, viewed.locale))
                repository.save(conn, case, holder, now)
                audit.append(conn, at=now, actor="citizen", action="case.urged", subject=case.case_no, detail={})
                case_news.tell(conn, holder, case, t("progress.urged_notice"), now)
            return case
        except repository.CaseConflict:
            if attempt == _TRIES - 1:
                raise
    raise AssertionError("unreachable")


@router.get(
    "/api/v1/cases/{case_no}/events",
    response_class=StreamingResponse,
    operation_id="case_events",
    responses={**documented(401, 404, 422), 200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
async def case_events(
    viewed: Viewer,
    request: Request,
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    follow: Annotated[bool, Query()] = True,
) -> StreamingResponse:
    """Server-sent ``case`` events ``{case_no, status, at}``, each time the case changes; their number is its revision.

    ``follow=false`` ends the stream after what is there now.
    """
    lines = _lines(parts_of(request), viewed.case.case_no, after, follow)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(lines, media_type="text/event-stream", headers=headers)


async def _lines(parts: Parts, case_no: str, seen: int, follow: bool) -> AsyncIterator[bytes]:
    yield b": hello\n\n"
    while True:
        found = await asyncio.to_thread(_find, parts, case_no)
        if found is None:
            return
        holder = found[0]
        bell = parts.hub.subscribe(holder)
        try:
            # Looked at again now that the bell is there: what came in between would not ring it.
            again = await asyncio.to_thread(_find, parts, case_no)
            _, revision, status, at = found if again is None else again
            if revision > seen:
                seen = revision
                data = orjson.dumps({"case_no": case_no, "status": status, "at": at.isoformat()})
                yield b"id: %d\nevent: case\ndata: %s\n\n" % (revision, data)
            if not follow:
                return
            if not await parts.hub.wait(bell, HEARTBEAT_SECONDS):
                yield b": still here\n\n"
        finally:
            parts.hub.unsubscribe(holder, bell)


def _find(parts: Parts, case_no: str) -> tuple[str, int, str, datetime] | None:
    with parts.db.read() as conn:
        found = repository.find(conn, case_no)
    if found is None:
        return None
    case, holder = found
    return holder, case.revision, case.status.value, case.updated_at
