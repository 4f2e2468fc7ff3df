"""Rows of shipments. SQL about them lives here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Connection, insert, select, update

from assistant.casework.shipping.address import Address
from assistant.casework.shipping.courier import ENDED, Kind, Step
from assistant.foundation.tables import shipment


class Held(BaseModel):
    """What of a shipment is kept encrypted. ``agreed_at`` is when the citizen confirmed address and sending."""

    address: Address
    contents: str
    agreed_at: datetime
    history: list[Step] = []


@dataclass(frozen=True)
class Shipment:
    """One shipment; ``id`` is also the courier's idempotency key. ``state``: asked, a status of the courier's, rejected, or
    cancelled."""

    id: str
    case_no: str
    kind: Kind
    result_id: str
    state: str
    tracking_no: str | None
    attempts: int
    next_attempt_at: datetime | None
    data: Held
    created_at: datetime
    updated_at: datetime


OVER = frozenset({*ENDED, "rejected", "cancelled"})


def add(conn: Connection, made: Shipment) -> None:
    """Note a shipment to be ordered."""
    conn.execute(insert(shipment).values(**{**vars(made), "data": made.data.model_dump(mode="json")}))


def same(conn: Connection, case_no: str, kind: Kind, result_id: str) -> Shipment | None:
    """The shipment of this thing that is under way or has arrived; one that failed may be ordered anew."""
    c = shipment.c
    where = (c.case_no == case_no, c.kind == kind, c.result_id == result_id, c.state.not_in(["failed", "rejected", "cancelled"]))
    return next(iter(_found(conn, *where)), None)


def of_case(conn: Connection, case_no: str) -> list[Shipment]:
    """The shipments of a case, oldest first."""
    return _found(conn, shipment.c.case_no == case_no)


def due(conn: Connection, now: datetime, limit: int) -> list[Shipment]:
    """Shipments to be ordered or asked about."""
    return _found(conn, shipment.c.next_attempt_at <= now, limit=limit)


def move(conn: Connection, row: Shipment, **values: Any) -> bool:
    """Change a shipment; False when somebody else has meanwhile."""
    data: Held | None = values.pop("data", None)
    if data is not None:
        values["data"] = data.model_dump(mode="json")
    where = (shipment.c.id == row.id, shipment.c.updated_at == row.updated_at)
    return conn.execute(update(shipment).where(*where).values(**values)).rowcount == 1


def _found(conn: Connection, *where: Any, limit: int | None = None) -> list[Shipment]:
    rows = conn.execute(select(shipment).where(*where).order_by(shipment.c.created_at, shipment.c.id).limit(limit)).mappings()
    return [Shipment(**{**row, "data": Held.model_validate(row["data"])}) for row in rows]
