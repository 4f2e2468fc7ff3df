"""Shipments: asked for by the citizen, ordered from the courier, followed until they arrive, each step an event of the case."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import Connection

from assistant.casework import events, repository
from assistant.casework.events import CaseEvent
from assistant.casework.model import Case
from assistant.casework.results import store as results
from assistant.casework.shipping import store
from assistant.casework.shipping.address import Address, Wish
from assistant.casework.shipping.courier import ENDED, Courier, CourierRejected, CourierUnavailable, Kind, Parcel, Step
from assistant.casework.shipping.store import Held, Shipment
from assistant.casework.shipping.ways import AT_OFFICE
from assistant.casework.submission.backoff import Backoff
from assistant.foundation import audit
from assistant.foundation.clock import Clock
from assistant.foundation.database import Database
from assistant.foundation.logging import get_logger
from assistant.foundation.messages import t

log = get_logger(__name__)
_FOLLOW = 10.0
_RAREST = timedelta(minutes=30)
_BATCH = 50


class NotNow(Exception):
    """This cannot be sent. ``code``: no_result, or not_at_office (an envelope for papers nobody has asked for)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class News(Protocol):
    """The conversation, as news of parcels reach it."""

    def step(self, conn: Connection, row: Shipment, step: Step, tracking_no: str, at: datetime) -> None:
        """Tell what the courier says, in the caller's transaction; ``row`` is as it was before."""

    def announce(self, case_no: str) -> None:
        """Wake whoever is looking, after the commit."""


class Shipping:
    """See the module. ``round`` is done from time to time in the background, ``heed`` handles events.

    Args:
        follow_s: seconds between two looks at a parcel that moves; one that has long stood still is looked at more rarely.
    """

    def __init__(
        self, db: Database, courier: Courier, clock: Clock, news: News, backoff: Backoff | None = None, follow_s: float = _FOLLOW
    ) -> None:
        self._db, self._courier, self._clock, self._news = db, courier, clock, news
        self._backoff, self._follow = backoff or Backoff(first_s=5.0), timedelta(seconds=follow_s)

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
            if case.status not in AT_OFFICE:
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

    def heed(self, event: CaseEvent) -> None:
        """A result came, or she said how it is to come: send what is to be sent, call back what nobody has ordered yet.

        An event consumer's handler: what is sent already is not sent again.
        """
        with self._db.write() as conn:
            found = repository.find(conn, event.case_no)
            if found is None:
                return
            case, now = found[0], self._clock.now()
            wish, envelope = case.receiving, case.envelope
            valid = [row.id for row in results.of_case(conn, case.case_no) if row.state == "valid"]
            for row in store.of_case(conn, case.case_no):
                if _called_back(row, wish, valid):
                    store.move(conn, row, state="cancelled", next_attempt_at=None, updated_at=now)
            sent = store.of_case(conn, case.case_no)
            if wish is not None and wish.way == "post" and wish.address is not None:
                for result_id in valid:
                    if _wanted(sent, "delivery", result_id, wish.at):
                        self.ask(conn, case, "delivery", result_id, wish.address)
            if envelope is not None and case.status in AT_OFFICE and _wanted(sent, "envelope", "", envelope.at):
                self.ask(conn, case, "envelope", "", envelope.address)

    def round(self) -> int:
        """Order what is to be ordered, ask about what is on its way; how many moved on."""
        with self._db.read() as conn:
            rows = store.due(conn, self._clock.now(), _BATCH)
        return sum(self._advance(row) for row in rows)

    def _advance(self, row: Shipment) -> bool:
        if row.tracking_no is None:
            # Counted before it is made: from here on the courier may have it, and it is not called back any more.
            claimed = self._later(row)
            if claimed is None:
                return False
            row = claimed
        try:
            if row.tracking_no is None:
                # The id is the key: an order whose answer was lost is given back, not made twice.
                parcel = self._courier.order(row.id, row.kind, row.data.address, row.data.contents)
            else:
                parcel = self._courier.track(row.tracking_no)
        except CourierUnavailable:
            if row.tracking_no is not None:
                self._later(row)
            return False
        except CourierRejected:
            return self._rejected(row)
        return self._told(row, parcel)

    def _later(self, row: Shipment) -> Shipment | None:
        """One more try, and when the next is due; None when somebody else has changed it meanwhile."""
        now, attempts = self._clock.now(), row.attempts + 1
        due = now + timedelta(seconds=self._backoff.delay_s(attempts))
        with self._db.write() as conn:
            moved = store.move(conn, row, attempts=attempts, next_attempt_at=due, updated_at=now)
        return replace(row, attempts=attempts, next_attempt_at=due, updated_at=now) if moved else None

    def _told(self, row: Shipment, parcel: Parcel) -> bool:
        now, over = self._clock.now(), parcel.status in ENDED
        new = parcel.history[len(row.data.history) :]
        data = row.data.model_copy(update={"history": parcel.history if new else row.data.history})
        with self._db.write() as conn:
            moved = store.move(
                conn, row, state=parcel.status, tracking_no=parcel.tracking_no, attempts=0, data=data, updated_at=now,
                next_attempt_at=None if over else now + min(_RAREST, max(self._follow, (now - parcel.history[-1].at) / 10)),
            )  # fmt: skip
            if moved:
                for step in new:
                    self._news.step(conn, row, step, parcel.tracking_no, now)
                    text = t(f"results.shipment_{row.kind}", text=step.text, number=parcel.tracking_no)
                    events.add_in(conn, CaseEvent(row.case_no, "shipment", step.at, status=step.status, text=text))
                if parcel.status == "failed" and new:
                    self._person_needed(conn, row, now)
        if moved and new:
            self._news.announce(row.case_no)
        return moved and bool(new)

    def _rejected(self, row: Shipment) -> bool:
        now = self._clock.now()
        with self._db.write() as conn:
            moved = store.move(conn, row, state="rejected", next_attempt_at=None, updated_at=now)
            if moved:
                self._news.step(conn, row, Step(at=now, status="failed"), "", now)
                self._person_needed(conn, row, now)
        log.error("shipment.rejected", case_no=row.case_no)
        if moved:
            self._news.announce(row.case_no)
        return False

    @staticmethod
    def _person_needed(conn: Connection, row: Shipment, now: datetime) -> None:
        events.add_in(conn, CaseEvent(row.case_no, "stuck", now, status="shipment", text=t("results.shipment_stuck")))


def _called_back(row: Shipment, wish: Wish | None, valid: Sequence[str]) -> bool:
    """Whether a delivery the courier has not heard of is no longer what she wants: another way, address or edition."""
    if row.kind != "delivery" or row.state != "asked" or row.attempts:
        return False
    if row.result_id not in valid:
        return True
    return wish is not None and row.created_at < wish.at and (wish.way != "post" or wish.address != row.data.address)


def _wanted(sent: Sequence[Shipment], kind: Kind, result_id: str, since: datetime) -> bool:
    """Whether this was not sent yet, or failed before she gave the address anew."""
    same = [row for row in sent if (row.kind, row.result_id) == (kind, result_id) and row.state != "cancelled"]
    return all(row.state in ("failed", "rejected") and row.created_at < since for row in same)
