"""Who may look at a case: the conversation that holds it, or whoever has shown the proof and got a key to this one case."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Query, Request

from assistant.casework import repository
from assistant.casework.model import Case
from assistant.conversation import watching
from channels.access import bearer, find_by_token
from channels.parts import Parts, parts_of
from channels.problems import Problem


@dataclass(frozen=True)
class Viewed:
    """A case somebody may look at, the conversation that holds it, and the language she reads."""

    case: Case
    holder: str
    locale: str


def view(parts: Parts, case_no: str, token: str | None, locale: str | None = None) -> Viewed:
    """The case as this token opens it.

    Raises:
        Problem: 401 for a token that opens nothing; 404 for a case it does not open, as for one that never was.
    """
    conversation: str | None = None
    if watching.is_key(token):
        key = watching.read_key(parts.services.sign, token or "", parts.clock.now())
        if key is None:
            raise Problem(401, "unauthorised", headers={"WWW-Authenticate": "Bearer"})
        opens, reads = key.case_no == case_no, key.locale
    else:
        conv = find_by_token(parts, token)
        opens, reads, conversation = True, conv.locale, conv.id
    with parts.db.read() as conn:
        found = repository.find(conn, case_no) if opens else None
    if found is None or conversation not in (None, found[1]):
        raise Problem(404, "not_found")
    return Viewed(found[0], found[1], locale or reads)


async def viewer(
    case_no: str,
    request: Request,
    authorization: Annotated[str | None, Header()] = None,
    locale: Annotated[str | None, Query(pattern="^(zh-CN|zh-Hant|en)$", description="instead of the token's own")] = None,
) -> Viewed:
    """The case of the path, for whoever may look at it."""
    return await asyncio.to_thread(view, parts_of(request), case_no, bearer(authorization), locale)


Viewer = Annotated[Viewed, Depends(viewer)]
