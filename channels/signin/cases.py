"""One person, many doors, one list: her cases wherever they were begun, gone on with here; and taking back who she is."""

from __future__ import annotations

import asyncio
from datetime import datetime

import orjson
from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from assistant.casework import repository as cases
from assistant.casework.flow import choosing
from assistant.casework.model import CaseStatus
from assistant.conversation import identity_withdrawn, taking_up, watching
from assistant.conversation.model import Conversation
from assistant.conversation.resumption import take_over
from assistant.conversation.taking_up import Verdict
from assistant.foundation import audit
from assistant.foundation.clock import SHANGHAI
from assistant.foundation.messages import ENGLISH, language_of, render, t, use_language
from assistant.identity import persons
from assistant.identity.persons import Held
from channels.access import Own
from channels.api.limits import by_address
from channels.api.models import Turn
from channels.api.progress import Opened, timeline_of
from channels.parts import Parts, parts_of
from channels.problems import Problem, documented
from channels.signin.models import CaseNo, OwnCase, OwnCases
from channels.signin.serving import writing
from knowledge.translation import called

router = APIRouter(tags=["signing in"])
_PATH = "/api/v1/conversations/{conversation_id}"


@router.get(f"{_PATH}/my-cases", response_model=OwnCases, responses=documented(401, 403, 404, 422), operation_id="own_cases")
async def own_cases(conv: Own, request: Request) -> OwnCases:
    """Every case of who is signed in with her real name, at whichever door it was begun; 403 where nobody is."""
    return await asyncio.to_thread(_list, parts_of(request), conv)


@router.post(
    f"{_PATH}/my-cases/{{case_no}}/take-up", response_model=Turn, responses=documented(401, 403, 404, 409, 422, 429, 503),
    operation_id="take_up_own_case",
)  # fmt: skip
async def take_up_own_case(case_no: CaseNo, conv: Own, request: Request) -> Response:
    """Go on here with a case of hers that is elsewhere: who she is proves it, no code is needed. 409 once it is handed in."""
    parts = parts_of(request)
    by_address(parts, request)

    def take(conn: Connection, now: datetime) -> tuple[dict[str, object], str]:
        _hers(conn, conv, case_no, now)
        found = cases.find(conn, case_no)
        if found is None:
            raise Problem(404, "not_found", detail=t("signin.not_hers"))
        case, holder = found
        if case.status not in choosing.OPEN:
            raise Problem(409, "resume_not_draft")
        turn = take_over(parts.runner, conn, conv.id, case, now)
        taking_up.keep(conn, Verdict("fits", case_no, case, holder), conv.id, conv.channel, now)
        return turn, holder

    turn, holder = await asyncio.to_thread(writing, parts, take)
    for conversation_id in {conv.id, holder}:
        parts.announce(conversation_id)
    return Response(orjson.dumps(turn), media_type="application/json")


@router.post(
    f"{_PATH}/my-cases/{{case_no}}/viewing", response_model=Opened, response_model_exclude_none=True,
    responses=documented(401, 403, 404, 422, 429), operation_id="view_own_case",
)  # fmt: skip
async def view_own_case(case_no: CaseNo, conv: Own, request: Request) -> Opened:
    """A key to look at a case of hers that is elsewhere, whatever its status; the case stays where it is."""
    parts = parts_of(request)
    by_address(parts, request)

    def view() -> Opened:
        now = parts.clock.now()
        with parts.db.write() as conn:
            _hers(conn, conv, case_no, now)
            found = cases.find(conn, case_no)
            if found is None:
                raise Problem(404, "not_found", detail=t("signin.not_hers"))
            audit.append(
                conn, at=now, actor="citizen", action="case.viewed", subject=case_no, detail={"channel": conv.channel}
            )
        token, until = watching.make_key(parts.services.sign, case_no, conv.locale, now)
        return Opened(token=token, expires_at=until.isoformat(), timeline=timeline_of(parts, found[0], conv.locale))

    return await asyncio.to_thread(view)


@router.delete(
    f"{_PATH}/sign-in", response_model=Turn, responses=documented(401, 404, 422, 503), operation_id="withdraw_identity"
)
async def withdraw_identity(conv: Own, request: Request) -> Response:
    """Take back that who she is may be used: what came from it is removed and asked for, and she goes on as a guest."""
    parts = parts_of(request)
    turn = await asyncio.to_thread(
        writing, parts, lambda conn, now: identity_withdrawn.withdraw(parts.runner, conn, conv.id, now)
    )
    parts.announce(conv.id)
    return Response(orjson.dumps(turn), media_type="application/json")


def _citizen(conn: Connection, conv: Conversation, now: datetime) -> str:
    """Who is signed in here with her real name.

    Raises:
        Problem: 403, nobody is; a telephone number alone is not enough, it may be given out anew.
    """
    session = persons.session_of(conn, conv.id, now)
    if session is None or conv.state.signed_in is None or not session.standing.reaches("real_name", now):
        raise Problem(403, "signin_needed", detail=t("signin.needed"))
    return session.citizen_id


def _hers(conn: Connection, conv: Conversation, case_no: str, now: datetime) -> Held:
    for held in persons.cases_of(conn, _citizen(conn, conv, now)):
        if held.case_no == case_no:
            return held
    raise Problem(404, "not_found", detail=t("signin.not_hers"))


def _list(parts: Parts, conv: Conversation) -> OwnCases:
    with parts.db.read() as conn:
        found = persons.cases_of(conn, _citizen(conn, conv, parts.clock.now()))
    with use_language(conv.locale):
        return OwnCases(items=[_shown(parts, conv, held) for held in found])


def _shown(parts: Parts, conv: Conversation, held: Held) -> OwnCase:
    guide = parts.services.catalogue.get(held.guide_code, language_of(conv.locale))
    name = (called(guide) if conv.locale == ENGLISH else guide.name) if guide else held.guide_code
    return OwnCase(
        case_no=held.case_no, item=render(name, conv.locale), status=held.status,
        status_name=render(t(f"casework.status_{held.status}"), conv.locale),
        updated_at=held.updated_at.astimezone(SHANGHAI).isoformat(), here=held.conversation_id == conv.id,
        open=CaseStatus(held.status) in choosing.OPEN,
    )  # fmt: skip
