"""What a kiosk's devices bring to a conversation: the identity card that was read, what was printed, what is broken."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from assistant.casework import repository as cases
from assistant.casework.flow import proving
from assistant.casework.prefill.card import CardShown
from assistant.conversation.model import Conversation, Message
from assistant.conversation.needs import TurnRefused
from assistant.conversation.unanswered import engine_down_turn
from assistant.engine.gateway import EngineDown
from assistant.foundation import audit
from assistant.foundation.logging import get_logger
from assistant.foundation.messages import ENGLISH, t, use_language
from channels.access import Holder, Own
from channels.api.cases import own_case
from channels.api.limits import by_address, by_conversation
from channels.api.models import In, MessageId, Turn
from channels.kiosk.devices.statement import LONGEST, Untrusted, believed
from channels.parts import Parts, parts_of
from channels.problems import Problem, documented

router = APIRouter(tags=["kiosk"])
log = get_logger(__name__)
KIOSK = "kiosk"
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Provable(BaseModel):
    """A question that an identity card would answer."""

    field: str
    label: str


class ProvableList(BaseModel):
    """All an identity card would answer if it were read now; empty where a card is no answer to what is asked."""

    items: list[Provable]
    total: int


class IdentityCard(In):
    """A card, as the kiosk's machine states that it read it (``channels.kiosk.devices.statement``)."""

    client_message_id: MessageId
    statement: Annotated[str, Field(min_length=1, max_length=LONGEST)] = Field(repr=False)


class Printed(In):
    """What a kiosk printed, or tried to. ``sha256`` is of the package's zip, or of the receipt's text."""

    what: Literal["package", "receipt"]
    sha256: Digest
    pages: Annotated[int, Field(ge=1, le=2000)] = 1
    copies: Annotated[int, Field(ge=1, le=99)] = 1
    outcome: Literal[
        "done", "cancelled", "paper_out", "cover_open", "jam", "hot", "offline", "busy", "refused", "unreadable", "too_large"
    ]


class Broken(In):
    """A device somebody should look at; ``place`` is what the machine's address calls itself."""

    device: Literal["card", "camera", "scanner", "receipt", "a4"]
    code: Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]
    place: Annotated[str, Field(max_length=60)] = ""


@router.get(
    "/api/v1/conversations/{conversation_id}/identity-card",
    response_model=ProvableList,
    responses=documented(401, 404),
    operation_id="list_provable",
)
async def list_provable(conv: Own, request: Request) -> ProvableList:
    """Which questions an identity card laid on the kiosk's reader now would answer."""
    return await asyncio.to_thread(_provable, parts_of(request), conv)


def _provable(parts: Parts, conv: Conversation) -> ProvableList:
    asked = conv.state.ask.field if conv.state.ask and conv.owner == "bot" and conv.channel == KIOSK else None
    with parts.db.read() as conn:
        case = next((one for one in cases.cases_of(conn, conv.id) if one.case_no == conv.active_case), None)
    if case is None or asked is None:
        return ProvableList(items=[], total=0)
    guide = parts.services.guide_of(case)
    proof = proving.provable(guide, case, asked)
    shown = parts.services.catalogue.in_english(guide) if conv.locale == ENGLISH else guide
    open_ones = [field for field in shown.fields if field.key in proof and (field.key == asked or field.key not in case.answers)]
    return ProvableList(items=[Provable(field=one.key, label=one.label) for one in open_ones], total=len(open_ones))


@router.post(
    "/api/v1/conversations/{conversation_id}/identity-card",
    response_model=Turn,
    responses=documented(401, 404, 409, 422, 429),
    operation_id="post_identity_card",
)
async def post_identity_card(body: IdentityCard, conv: Own, request: Request) -> Response:
    """Answer what is asked with an identity card read by this kiosk's machine; a turn like any other, repeated byte for byte.

    422 where the statement is none of a machine that was registered here (``./bandao kiosk trust``), or of another conversation.
    """
    parts = parts_of(request)
    by_address(parts, request)
    by_conversation(parts, conv.id)
    if conv.channel != KIOSK:
        raise Problem(404, "not_found")
    try:
        machine, card = believed(body.statement, conv.id, parts.settings.data_dir / "kiosks")
    except Untrusted as untrusted:
        log.warning("kiosk.card_not_believed", conversation_id=conv.id, code=untrusted.code)
        raise Problem(422, "card_not_believed") from None
    with use_language(conv.locale):
        text = t("proving.laid")
    digest = hashlib.sha256(body.statement.encode()).hexdigest()
    message = Message(body.client_message_id, digest, text, identity_card=CardShown(machine=machine, card=card))
    try:
        turn = await parts.runner.run(conv.id, message)
    except TurnRefused as refused:
        raise Problem(409, "message_conflict") if refused.code == "conflict" else Problem(404, "not_found") from refused
    except EngineDown:
        turn = await asyncio.to_thread(engine_down_turn, parts.runner, conv.id)
    return Response(turn, media_type="application/json")


@router.post(
    "/api/v1/cases/{case_no}/prints", status_code=204, responses=documented(401, 404, 409, 422), operation_id="note_print"
)
async def note_print(case_no: str, body: Printed, conv: Holder, request: Request) -> Response:
    """Note on the audit chain what a kiosk printed of a case: which file by its digest, never what is in it."""
    await asyncio.to_thread(_note_print, parts_of(request), conv, case_no, body)
    return Response(status_code=204)


def _note_print(parts: Parts, conv: Conversation, case_no: str, body: Printed) -> None:
    case = own_case(parts, conv, case_no)
    known = {package.sha256 for package in (case.package, *case.packages) if package is not None}
    if body.what == "package" and body.sha256 not in known:
        raise Problem(409, "no_package")
    with parts.db.write() as conn:
        audit.append(
            conn, at=parts.clock.now(), actor="citizen", action="kiosk.printed", subject=case.case_no, detail=body.model_dump()
        )


@router.post(
    "/api/v1/conversations/{conversation_id}/device-faults",
    status_code=204,
    responses=documented(401, 404, 422),
    operation_id="note_device_fault",
)
async def note_device_fault(body: Broken, conv: Own) -> Response:
    """A device about the kiosk cannot do its work: put in the log for whoever looks after the machines."""
    log.warning("kiosk.device_fault", conversation_id=conv.id, device=body.device, code=body.code, place=body.place)
    return Response(status_code=204)
