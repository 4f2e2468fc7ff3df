"""Shipments: asked for by the citizen, ordered from the courier, followed until they arrive, each step an event of the case."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection

from assistant.casework import events
from assistant.casework.events import CaseEvent
from assistant.casework.model import Case, CaseStatus
from assistant.casework.results import store as results
from assistant.casework.shipping import store
from assistant.casework.shipping.courier import ENDED, Address, Courier, CourierRejected, CourierUnavailable, Kind, Parcel
from assistant.casework.shipping.store import Held, Shipment
from assistant.casework.submission.backoff import Backoff
from assistant.foundation import audit
from assistant.foundation.clock import Clock
from assistant.foundation.database import Database
from assistant.foundation.logging import get_logger
from assistant.foundation.messages import t

log = get_logger(__name__)
_AT_OFFICE = frozenset({
    CaseStatus.SUBMITTED, CaseStatus.ACCEPTED, CaseStatus.CORRECTION_NEEDED, CaseStatus.IN_REVIEW, CaseStatus.APPROVED,
})  # fmt: skip
_FOLLOW = timedelta(seconds=30)
_BATCH = 50


class NotNow(Exception):
    """This cannot be sent. ``code``: no_result, or not_at_office (an envelope for papers nobody has asked for)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Shipping:
    """See the module. ``round`` is done from time to time in the background."""

    def __init__(self, db: Database, courier: Courier, clock: Clock, backoff: Backoff | None = None) -> None:
        self._db, self._courier, self._clock = db, courier, clock
        self._backoff = backoff or Backoff(first_s=5.0)

    def close(self) -> None:
        """Let go of connections."""
        self._courier.close()

    def ask(self, conn: Connection, case: Case, kind: Kind, result_id: str, address: Address) -> tuple[Shipment, bool]:
        """Note, in the caller's transaction, what the citizen agreed to; the one there is already, and whether it is new.

        Raises:
            NotNow: there is nothing to be sent.
        """
        now = self._clock.now()
        if kind == "delivery":
            valid = (row for row in results.of_case(conn, case.case_no) if row.state == "valid")
            held = next((row for row in valid if row.id == result_id), None)
            if held is None:
                raise NotNow("no_result")
            contents = held.said.title
        else:
            result_id = ""
            if case.status not in _AT_OFFICE:
                raise NotNow("not_at_office")
            contents = t("results.envelope_contents", case_no=case.case_no)
        if (known := store.same(conn, case.case_no, kind, result_id)) is not None:
            return known, False
        made = Shipment(
            id=secrets.token_hex(12), case_no=case.case_no, kind=kind, result_id=result_id, state="asked", tracking_no=None,
            attempts=0, next_attempt_at=now, data=Held(address=address, contents=contents, agreed_at=now), created_at=now,
            updated_at=now,
        )  # fmt: skip
        store.add(conn, made)
        audit.append(conn, at=now, actor="citizen", action="shipment.agreed", subject=case.case_no, detail={"kind": kind})
        return made, True

    def round(self) -> int:
        """Order what is to be ordered, ask about what is on its way; how many moved on."""
        with self._db.read() as conn:
            rows = store.due(conn, self._clock.now(), _BATCH)
        return sum(self._advance(row) for row in rows)

    def _advance(self, row: Shipment) -> bool:
        try:
            if row.tracking_no is None:
                # The id is the key: an order whose answer was lost is given back, not made twice.
                parcel = self._courier.order(row.id, row.kind, row.data.address, row.data.contents)
            else:
                parcel = self._courier.track(row.tracking_no)
        except CourierUnavailable:
            now, attempts = self._clock.now(), row.attempts + 1
            due = now + timedelta(seconds=self._backoff.delay_s(attempts))
            with self._db.write() as conn:
                store.move(conn, row, attempts=attempts, next_attempt_at=due, updated_at=now)
            return False
        except CourierRejected:
            return self._rejected(row)
        return self._told(row, parcel)

    def _told(self, row: Shipment, parcel: Parcel) -> bool:
        now, over = self._clock.now(), parcel.status in ENDED
        new = parcel.history[len(row.data.history) :]
        data = row.data.model_copy(update={"history": parcel.history if new else row.data.history})
        with self._db.write() as conn:
            moved = store.move(
                conn, row, state=parcel.status, tracking_no=parcel.tracking_no, attempts=0, data=data, updated_at=now,
                next_attempt_at=None if over else now + _FOLLOW,
            )  # fmt: skip
            if moved:
                for step in new:
                    text = t(f"results.shipment_{row.kind}", text=step.text, number=parcel.tracking_no)
                    events.add_in(conn, CaseEvent(row.case_no, "shipment", step.at, status=step.status, text=text))
                if parcel.status == "failed" and new:
                    self._person_needed(conn, row, now)
        return moved and bool(new)

    def _rejected(self, row: Shipment) -> bool:
        now = self._clock.now()
        with self._db.write() as conn:
            if store.move(conn, row, state="rejected", next_attempt_at=None, updated_at=now):
                self._person_needed(conn, row, now)
        log.error("shipment.rejected", case_no=row.case_no)
        return False

    @staticmethod
    def _person_needed(conn: Connection, row: Shipment, now: datetime) -> None:
        events.add_in(conn, CaseEvent(row.case_no, "stuck", now, status="shipment", text=t("results.shipment_stuck")))
