"""One attempt to get a submission to where it should be: at the office, or back from it.

Knows nothing of workflows. Every step reads the outbox afresh and asks the office before telling it anything, so any of
them may be repeated after a crash at any point.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from sqlalchemy import Connection

from assistant.casework.submission import outbox
from assistant.casework.submission.backoff import Backoff
from assistant.casework.submission.office import (
    Consignment,
    Item,
    OfficeRejected,
    OfficeUnavailable,
    Receipt,
    Received,
    ReceivingOffice,
    Share,
)
from assistant.casework.submission.outbox import Row, State
from assistant.casework.submission.sink import LoadPackage, Once, SubmissionSink
from assistant.foundation import metrics
from assistant.foundation.clock import Clock
from assistant.foundation.database import Database
from assistant.foundation.logging import get_logger
from assistant.foundation.messages import t

log = get_logger(__name__)


@dataclass(frozen=True)
class Outcome:
    """How an attempt ended: ``done`` (nothing left to do), ``received`` (to be recorded), ``later`` (after ``delay_s``)."""

    kind: Literal["done", "received", "later"]
    received: Received | None = None
    delay_s: float = 0.0


class OtherPackage(Exception):
    """The office holds this version of the case with other bytes: nobody but a person can tell which is right."""


class Delivery:
    """Does the attempts; thread-safe. See the module."""

    def __init__(
        self,
        db: Database,
        office: ReceivingOffice,
        load_package: LoadPackage,
        sink: SubmissionSink,
        clock: Clock,
        backoff: Backoff,
    ) -> None:
        self._db = db
        self._office = office
        self._load_package = load_package
        self._sink = sink
        self._clock = clock
        self._backoff = backoff

    def attempt(self, case_no: str, version: int, part: str = "") -> Outcome:
        """Do what the submission's state asks for; never raises."""
        row: Row | None = None
        try:
            with self._db.read() as conn:
                row = outbox.get(conn, case_no, version, part)
            if row is None or row.state not in outbox.WORKING:
                return Outcome("done")
            if row.state is State.WITHDRAWING:
                self._take_back(row)
                return Outcome("done")
            return Outcome("received", self._hand_over(row))
        except OfficeUnavailable as error:
            return self._failed(row, error.code)
        except (OfficeRejected, OtherPackage) as error:
            return self._refused(row, error.code if isinstance(error, OfficeRejected) else "other-package")
        except Exception as error:
            # A full disk, a locked database, a package that cannot be read just now: nothing of it is the citizen's fault.
            log.exception("submission.attempt_failed", case_no=case_no, package_version=version)
            return self._failed(row, f"internal-{type(error).__name__}")

    def record(self, case_no: str, version: int, received: Received, part: str = "") -> Outcome:
        """Save that the office has it, and tell the case; never raises.

        ``later`` means again from the start: the office is asked once more, which costs nothing and cannot lose anything.
        """
        row: Row | None = None
        try:
            with self._db.read() as conn:
                row = outbox.get(conn, case_no, version, part)
            if row is None:
                return Outcome("done")
            sending = row
            self._tell(
                lambda conn: outbox.sent(conn, sending, received.office_ref, self._clock.now()) is not None,
                lambda once: self._sink.sent(case_no, part, version, received.office_ref, received.at, once),
            )
            with self._db.read() as conn:
                held = outbox.get(conn, case_no, version, part)
            if held is None or held.state not in outbox.WORKING:
                self._reached(State.SENT)
                return Outcome("done")
            return Outcome("later")  # withdrawn by the citizen while it was on its way
        except Exception as error:
            log.exception("submission.record_failed", case_no=case_no, package_version=version)
            return self._failed(row, f"internal-{type(error).__name__}")

    def _hand_over(self, row: Row) -> Received:
        package = self._load_package(row.case_no, row.version, row.part)
        sha256 = hashlib.sha256(package).hexdigest()
        item, share = _named(package)
        file = self._office.find(row.case_no, row.part, share.department)
        held = file.received(row.version) if file is not None else None
        if file is not None and held is not None:
            if held.sha256 != sha256:
                raise OtherPackage
            log.info("submission.already_there", case_no=row.case_no, package_version=row.version)
            return Received(office_ref=file.receipt_no, at=held.received_at)
        receipt = self._office.send(
            Consignment(
                case_no=row.case_no, version=row.version, item=item, package=package, sha256=sha256,
                key=outbox.submission_id(row.case_no, row.version, row.part), part=row.part, department=share.department,
            )
        )  # fmt: skip
        return self._confirmed(row, share, receipt, sha256)

    def _confirmed(self, row: Row, share: Share, receipt: Receipt, sha256: str) -> Received:
        """What the office has by our own number: that of its receipt may be another's, and would be followed for ever."""
        if self._office.asks:
            file = self._office.find(row.case_no, row.part, share.department)
            held = file.received(row.version) if file is not None else None
            if file is not None and held is not None and held.sha256 == sha256:
                if file.receipt_no != receipt.receipt_no:
                    log.warning("submission.another_number", case_no=row.case_no, package_version=row.version)
                return Received(office_ref=file.receipt_no, at=held.received_at)
        return Received(office_ref=receipt.receipt_no, at=receipt.received_at)

    def _take_back(self, row: Row) -> None:
        share = _named(self._load_package(row.case_no, row.version, row.part))[1] if row.part else Share()
        file = self._office.find(row.case_no, row.part, share.department)
        if file is not None:
            self._office.withdraw(file.receipt_no)
        self._tell(
            lambda conn: outbox.close(conn, row.case_no, row.part, State.WITHDRAWN, self._clock.now()),
            lambda once: self._sink.withdrawn(row.case_no, row.part, once),
        )
        self._reached(State.WITHDRAWN)
        log.info("submission.withdrawn", case_no=row.case_no, package_version=row.version)

    def _failed(self, row: Row | None, code: str) -> Outcome:
        """Count the failure; tell a person when patience has run out."""
        if row is None:
            return Outcome("later", delay_s=self._backoff.cap_s)
        try:
            now = self._clock.now()
            attempts = row.attempts + 1
            delay_s = self._backoff.delay_s(attempts)
            with self._db.write() as conn:
                outbox.failed(conn, row, code, now + timedelta(seconds=delay_s), now)
            waited = now - row.created_at
            if not self._backoff.exhausted(attempts, waited):
                return Outcome("later", delay_s=delay_s)
            withdrawing = row.state is State.WITHDRAWING
            text = t("submission.withdraw_stuck" if withdrawing else "submission.stuck", days=waited.days, attempts=attempts,
                     reason=reason(code))  # fmt: skip
            self._tell_person(row, State.WITHDRAW_STUCK if withdrawing else State.STUCK, code, text)
            return Outcome("done")
        except Exception:
            log.exception("submission.count_failed", case_no=row.case_no, package_version=row.version)
            return Outcome("later", delay_s=self._backoff.delay_s(row.attempts + 1))

    def _refused(self, row: Row | None, code: str) -> Outcome:
        """The office said no: repeating it changes nothing, so a person is told at once."""
        if row is None:
            return Outcome("done")
        withdrawing = row.state is State.WITHDRAWING
        text = t("submission.withdraw_rejected" if withdrawing else "submission.rejected", reason=reason(code))
        if code == "not-known-if-sent" and not withdrawing:
            text = t("submission.unknown_outcome")
        try:
            # What cannot be taken back is decided or being decided: it is followed on.
            self._tell_person(row, State.SENT if withdrawing and row.office_ref is not None else State.REJECTED, code, text)
        except Exception as error:
            log.exception("submission.refusal_not_told", case_no=row.case_no, package_version=row.version)
            return self._failed(row, f"internal-{type(error).__name__}")
        return Outcome("done")

    def _tell_person(self, row: Row, state: State, code: str, text: str) -> None:
        self._tell(
            lambda conn: outbox.move(conn, row, state, self._clock.now(), error=code),
            lambda once: self._sink.stuck(row.case_no, row.part, row.version, code, text, once),
        )
        self._reached(state)
        log.error("submission.person_needed", case_no=row.case_no, package_version=row.version, state=state.value, code=code)

    def _tell(self, mark: Once, tell: Callable[[Once], None]) -> None:
        tell_once(self._db, mark, tell)

    @staticmethod
    def _reached(state: State) -> None:
        metrics.submissions_total.labels(state.value).inc()


def tell_once(db: Database, mark: Once, tell: Callable[[Once], None]) -> None:
    """Call a sink's method so that its news is applied once; see ``SubmissionSink``."""
    called = False

    def once(conn: Connection) -> bool:
        nonlocal called
        called = True
        return mark(conn)

    tell(once)
    if not called:
        with db.write() as conn:
            mark(conn)


def _named(package: bytes) -> tuple[Item, Share]:
    """The item and the department's share, as the package's own manifest names them: the office compares them."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    return Item.model_validate(manifest["guide"]), Share.model_validate(manifest.get("part") or {})


def reason(code: str) -> str:
    """A code in words; one without words of its own is shown as it is."""
    known = {
        "timeout": t("submission.reason_timeout"),
        "no-connection": t("submission.reason_no_connection"),
        "busy": t("submission.reason_busy"),
        "not-authorised": t("submission.reason_not_authorised"),
        "server-error": t("submission.reason_server_error"),
        "unreadable": t("submission.reason_unreadable"),
        "other-package": t("submission.reason_other_package"),
        "already-decided": t("submission.reason_already_decided"),
        "no-correction-expected": t("submission.reason_no_correction_expected"),
        "cannot-be-asked": t("submission.reason_cannot_be_asked"),
        "no-withdrawal": t("submission.reason_no_withdrawal"),
        "unmapped-status": t("submission.reason_unmapped_status"),
        "not-acknowledged": t("submission.reason_not_acknowledged"),
        "host-key": t("submission.reason_host_key"),
        "office-not-configured": t("submission.reason_office_not_configured"),
        "not-known-if-sent": t("submission.reason_not_known_if_sent"),
    }
    return known.get(code, t("submission.reason_code", code=code))
