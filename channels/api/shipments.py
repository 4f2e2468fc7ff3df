"""…/cases/{case_no}/shipments: a result by post, or an envelope for papers the office needs; nothing without her yes."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from assistant.casework.model import Case
from assistant.casework.shipping import store
from assistant.casework.shipping.address import Address
from assistant.casework.shipping.courier import Kind
from assistant.casework.shipping.known import suggestion
from assistant.casework.shipping.label import label
from assistant.casework.shipping.service import NotNow
from assistant.casework.shipping.store import Shipment
from assistant.conversation.model import Conversation
from assistant.foundation.masking import mask_value
from channels.access import Holder
from channels.api.cases import own_case
from channels.api.limits import by_conversation
from channels.api.models import In
from channels.parts import Parts, parts_of
from channels.problems import Problem, documented

router = APIRouter(tags=["shipment"])
_REFUSED = {"no_result": "shipment_no_result", "not_at_office": "shipment_not_at_office"}


class AskShipment(In):
    """``delivery`` sends the result ``result_id`` on paper, ``envelope`` brings papers to the office.

    ``agreed`` is the citizen's yes to this address and to handing it to the courier: without it nothing is sent.
    """

    kind: Kind
    agreed: Literal[True]
    result_id: Annotated[str, Field(max_length=64)] = ""
    name: Annotated[str, Field(min_length=1, max_length=100)]
    phone: Annotated[str, Field(pattern=r"^\+?\d{7,15}$")]
    address: Annotated[str, Field(min_length=5, max_length=300)]


class TrackingItem(BaseModel):
    at: str
    status: str
    text: str


class ShipmentItem(BaseModel):
    """``state``: asked, ordered, collected, in_transit, delivered, failed, rejected, cancelled. The address is masked."""

    id: str
    kind: Kind
    result_id: str
    contents: str
    state: str
    tracking_no: str | None
    name: str
    phone: str
    address: str
    tracking: list[TrackingItem]


class Suggested(BaseModel):
    """What the case knows, to be shown, changed and confirmed by the citizen; whole, because she has to read it."""

    name: str | None
    phone: str | None
    address: str | None


class ShipmentList(BaseModel):
    items: list[ShipmentItem]
    total: int
    suggested: Suggested


@router.get(
    "/api/v1/cases/{case_no}/shipments", response_model=ShipmentList, responses=documented(401, 404, 422),
    operation_id="list_shipments",
)  # fmt: skip
async def list_shipments(case_no: str, conv: Holder, request: Request) -> ShipmentList:
    """What is on its way by post, with the courier's tracking, and the address the case knows."""
    return await asyncio.to_thread(_list, parts_of(request), conv, case_no)


@router.post(
    "/api/v1/cases/{case_no}/shipments", response_model=ShipmentItem, status_code=201, operation_id="ask_shipment",
    responses=documented(401, 404, 409, 422, 429) | {200: {"model": ShipmentItem}},
)  # fmt: skip
async def ask_shipment(case_no: str, body: AskShipment, conv: Holder, request: Request, response: Response) -> ShipmentItem:
    """Have something sent. The same thing twice is one shipment: 200 with the one there is."""
    parts = parts_of(request)
    by_conversation(parts, conv.id)
    held, new = await asyncio.to_thread(_ask, parts, conv, case_no, body)
    response.status_code = 201 if new else 200
    return _item(held)


@router.get(
    "/api/v1/cases/{case_no}/shipments/{shipment_id}/label", response_class=Response, operation_id="shipment_label",
    responses=documented(401, 404, 422) | {200: {"content": {"application/pdf": {}}}},
)  # fmt: skip
async def shipment_label(case_no: str, shipment_id: str, conv: Holder, request: Request) -> Response:
    """The slip of an envelope (免跑腿信封): to be printed, or shown to the courier."""
    pdf = await asyncio.to_thread(_label, parts_of(request), conv, case_no, shipment_id)
    return Response(pdf, media_type="application/pdf", headers={"Cache-Control": "private, no-store"})


def _label(parts: Parts, conv: Conversation, case_no: str, shipment_id: str) -> bytes:
    case = own_case(parts, conv, case_no)
    with parts.db.read() as conn:
        row = next((row for row in store.of_case(conn, case_no) if row.id == shipment_id), None)
    if row is None or row.kind != "envelope" or row.tracking_no is None:
        raise Problem(404, "not_found")
    return label(case, parts.services.guide_of(case), row)


def _list(parts: Parts, conv: Conversation, case_no: str) -> ShipmentList:
    case = own_case(parts, conv, case_no)
    with parts.db.read() as conn:
        rows = store.of_case(conn, case_no)
    return ShipmentList(items=[_item(row) for row in rows], total=len(rows), suggested=_suggested(parts, case))


def _ask(parts: Parts, conv: Conversation, case_no: str, body: AskShipment) -> tuple[Shipment, bool]:
    case = own_case(parts, conv, case_no)
    address = Address(name=body.name, phone=body.phone, address=body.address)
    try:
        with parts.db.write() as conn:
            return parts.shipping.ask(conn, case, body.kind, body.result_id, address)
    except NotNow as error:
        raise Problem(409, _REFUSED[error.code]) from None


def _suggested(parts: Parts, case: Case) -> Suggested:
    known = suggestion(parts.services.guide_of(case), case)
    return Suggested(name=known.name, phone=known.phone, address=known.address)


def _item(row: Shipment) -> ShipmentItem:
    where = row.data.address
    return ShipmentItem(
        id=row.id, kind=row.kind, result_id=row.result_id, contents=row.data.contents, state=row.state,
        tracking_no=row.tracking_no, name=mask_value("person_name", where.name), phone=mask_value("phone", where.phone),
        address=mask_value("address", where.address),
        tracking=[TrackingItem(at=step.at.isoformat(), status=step.status, text=step.text) for step in row.data.history],
    )  # fmt: skip
