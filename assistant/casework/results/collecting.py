"""Fetching results: once a part of a case is approved, its result is asked for until it is there and is what it says.

Any step may be repeated after a crash: the result, its event, the citizen's message and the audit entry are one transaction,
and one part has one result with the same bytes.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

from assistant.casework import events, repository
from assistant.casework.events import CaseEvent
from assistant.casework.model import Case, CaseStatus
from assistant.casework.package.signing import PublicKey
from assistant.casework.results import store
from assistant.casework.results.codes import new_code
from assistant.casework.results.holder import holder_of, masked, names_in
from assistant.casework.results.inspection import PDF, BadResult, ReadText, Wanted, check
from assistant.casework.results.proof import Signer, examine, extract, prove, state
from assistant.casework.results.store import Result, Said, Wait
from assistant.casework.submission.backoff import Backoff
from assistant.casework.submission.office import OfficeRejected, OfficeUnavailable, ReceivingOffice, ResultNote
from assistant.casework.upload_checks.findings import Unusable
from assistant.foundation import audit, metrics
from assistant.foundation.blobs import BlobStore
from assistant.foundation.clock import Clock
from assistant.foundation.database import Database
from assistant.foundation.logging import get_logger
from assistant.foundation.messages import t
from assistant.foundation.tables import result_wait, submission
from knowledge.schema import Guide

log = get_logger(__name__)
APPROVED = frozenset({CaseStatus.APPROVED.value, CaseStatus.DELIVERED.value})
_MOST_ASIDE = 3  # files of one part kept to be looked at; a far side that sends rubbish must not fill the disk
_BATCH = 100
_NO_RESULT_AFTER = 400  # half-hourly, a good week: then it was a result that is not electronic


class Keys(Signer, Protocol):
    """The installation's signing keys."""

    def known(self) -> list[PublicKey]: ...


class Handover(Protocol):
    """How the citizen gets to see it; both write in the transaction given."""

    def handed(self, conn: Connection, conversation_id: str, made: Result, at: datetime) -> None: ...
    def held_back(self, conn: Connection, conversation_id: str, text: str, at: datetime) -> None: ...
    def announce(self, conversation_id: str) -> None: ...


class Collector:
    """See the module. Called from worker threads.

    Args:
        guide_of: the guide a case was made on.
        office_of: the office a case's part was sent to.
        verify_url: address of the public verification page, printed in proofs.
        max_bytes: the largest result taken.
    """

    def __init__(
        self,
        db: Database,
        blobs: BlobStore,
        keys: Keys,
        handover: Handover,
        clock: Clock,
        *,
        guide_of: Callable[[Case], Guide],
        office_of: Callable[[str, str], ReceivingOffice],
        verify_url: str,
        max_bytes: int,
        read_text: ReadText | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        self._db, self._blobs, self._keys, self._handover, self._clock = db, blobs, keys, handover, clock
        self._guide_of, self._office_of, self._verify_url, self._max_bytes = guide_of, office_of, verify_url, max_bytes
        self._read_text = read_text
        self._backoff = backoff or Backoff(first_s=5.0)
        self.nothing_to_come: Callable[[Connection, str], None] = lambda _conn, _case_no: None

    def expect(self, event: CaseEvent) -> None:
        """An event's consumer: a part that was approved has a result to be fetched."""
        if event.kind != "status" or event.status not in APPROVED:
            return
        with self._db.write() as conn:
            waited = store.waiting(conn, event.case_no, event.part)
            # That it had none was said before this: with 送达 there may be one.
            if waited is None or (waited.code == store.NONE and event.status == CaseStatus.DELIVERED.value):
                store.wait(conn, event.case_no, event.part, Wait(0, self._clock.now(), "", False))

    def round(self) -> int:
        """Ask for every result that is due; how many came."""
        due = (
            select(result_wait.c.case_no, result_wait.c.part)
            .where(result_wait.c.next_attempt_at <= self._clock.now())
            .order_by(result_wait.c.next_attempt_at)
            .limit(_BATCH)
        )
        with self._db.read() as conn:
            rows = [(row.case_no, row.part) for row in conn.execute(due)]
        return sum(self.collect(case_no, part) is not None for case_no, part in rows)

    def collect(self, case_no: str, part: str = "") -> Result | None:
        """Fetch one part's result, if it is there and is what it says; the one handed over, None if there is none yet."""
        with self._db.read() as conn:
            found = repository.find(conn, case_no)
            office_ref = _office_ref(conn, case_no, part)
        if found is None or office_ref is None:
            self._later(case_no, part, "not-at-office")
            return None
        case, conversation_id = found
        data = b""
        try:
            office = self._office_of(case_no, part)
            file = office.file(office_ref)
            if file.result is None:
                self._later(case_no, part, store.NONE)
                return None
            if (held := self._held(case_no, part, file.result.sha256)) is not None:
                return held
            if file.case_no != case_no or file.part not in ("", part):  # another department's paper is no result of this one
                raise BadResult("other_case")
            data, guide = office.result(office_ref), self._guide_of(case)
            wanted = Wanted(case_no, office_ref, names_in(case, guide))
            check(data, file.result, wanted, self._max_bytes, self._read_text)
            return self._keep(case, conversation_id, part, office_ref, data, file.result, guide)
        except BadResult as bad:
            self._aside(case, conversation_id, part, office_ref, data, bad.code)
        except (OfficeUnavailable, OfficeRejected) as error:
            if error.code == "result-too-large":
                self._aside(case, conversation_id, part, office_ref, data, "too_large")
            else:
                self._later(case_no, part, error.code)
        except Unusable:  # only ever "busy" here: the helper has no time, nothing is known of the file
            self._later(case_no, part, "busy")
        return None

    def _held(self, case_no: str, part: str, sha256: str) -> Result | None:
        """The result already handed over, if the office still speaks of the same."""
        with self._db.write() as conn:
            rows = store.of_part(conn, case_no, part)
            held = next((row for row in rows if row.sha256 == sha256 and row.state != "aside"), None)
            if held is not None:
                store.stop_waiting(conn, case_no, part)
            return held

    def _keep(
        self, case: Case, conversation_id: str, part: str, office_ref: str, data: bytes, note: ResultNote, guide: Guide
    ) -> Result | None:
        now = self._clock.now()
        said = self._said(case, part, data, note, guide, now)
        made = Result(
            id=secrets.token_hex(12), case_no=case.case_no, part=part, office_ref=office_ref, state="valid", sha256=note.sha256,
            media_type=PDF, size=len(data), blob_id=self._blobs.put(data), said=said, created_at=now, updated_at=now,
        )  # fmt: skip
        try:
            with self._db.write() as conn:
                for earlier in store.of_part(conn, case.case_no, part):
                    if earlier.state == "valid":
                        store.set_state(conn, earlier.id, "replaced", now)
                store.add(conn, made, self._db.keyring.blind_index(said.code))
                store.stop_waiting(conn, case.case_no, part)
                events.add_in(conn, CaseEvent(case.case_no, "result", now, part, "ready", text=said.title))
                audit.append(conn, at=now, actor="office", action="result.received", subject=case.case_no,
                             detail={"part": part or "whole", "sha256": note.sha256})  # fmt: skip
                self._handover.handed(conn, conversation_id, made, now)
        except IntegrityError:  # another process was quicker
            self._blobs.delete(made.blob_id)
            return self._held(case.case_no, part, note.sha256)
        metrics.results_total.labels("handed_over").inc()
        log.info("result.handed_over", case_no=case.case_no, sha256=note.sha256)
        self._handover.announce(conversation_id)
        return made

    def _said(self, case: Case, part: str, data: bytes, note: ResultNote, guide: Guide, now: datetime) -> Said:
        share = next((held for held in case.packages if held.item == part), None)
        kind, holder = holder_of(case, guide)
        said = Said(
            kind=note.kind, number=note.number, title=note.title or (guide.result.name if guide.result else guide.name),
            issuer=(share.department if share else "") or guide.department or t("casework.who_office"), holder=holder,
            holder_shown=masked(kind, holder), issued=note.issued or now.date(), expires=note.expires,
        )  # fmt: skip
        own = _own_proof(data, self._keys)
        if own is not None:  # issued here: code and proof are in the paper
            return said.model_copy(update={"code": own[0], "proof": own[1]})
        code = new_code()
        statement = state(
            data, code=code, kind=said.kind, title=said.title, number=said.number, issuer=said.issuer, holder=said.holder_shown,
            issued=said.issued, expires=said.expires, media_type=PDF, verify=f"{self._verify_url}?code={code}",
        )  # fmt: skip
        return said.model_copy(update={"code": code, "proof": prove(statement, self._keys).as_file().decode()})

    def _aside(self, case: Case, conversation_id: str, part: str, office_ref: str, data: bytes, code: str) -> None:
        """Keep what is not what it says, tell staff and the citizen once, and ask again later."""
        now, made = self._clock.now(), None
        sha256 = secrets.token_hex(32) if not data else hashlib.sha256(data).hexdigest()
        with self._db.read() as conn:
            before = [row for row in store.of_part(conn, case.case_no, part) if row.state == "aside"]
            waited = store.waiting(conn, case.case_no, part)
        if data and len(before) < _MOST_ASIDE and all(row.sha256 != sha256 for row in before):
            made = Result(
                id=secrets.token_hex(12), case_no=case.case_no, part=part, office_ref=office_ref, state="aside", sha256=sha256,
                media_type="application/octet-stream", size=len(data), blob_id=self._blobs.put(data), said=Said(fault=code),
                created_at=now, updated_at=now,
            )  # fmt: skip
        attempts = (waited.attempts if waited else 0) + 1
        told = waited.told if waited else False
        with self._db.write() as conn:
            if made is not None:
                store.add(conn, made, None)
            store.wait(conn, case.case_no, part, Wait(attempts, now + self._delay(attempts), code, True))
            if not told:
                words = t(f"results.fault_{code}")
                told_staff = t("results.staff_aside", why=words)
                events.add_in(conn, CaseEvent(case.case_no, "stuck", now, part, "result", text=told_staff))
                audit.append(conn, at=now, actor="system", action="result.aside", subject=case.case_no,
                             detail={"part": part or "whole", "code": code})  # fmt: skip
                self._handover.held_back(conn, conversation_id, t("results.held_back", why=words), now)
        metrics.results_total.labels("aside").inc()
        log.error("result.aside", case_no=case.case_no, code=code)
        if not told:
            self._handover.announce(conversation_id)

    def _later(self, case_no: str, part: str, code: str) -> None:
        with self._db.write() as conn:
            waited = store.waiting(conn, case_no, part)
            attempts = (waited.attempts if waited else 0) + 1
            due = self._clock.now() + self._delay(attempts)
            store.wait(conn, case_no, part, Wait(attempts, due, code, waited.told if waited else False))
            if code == store.NONE:
                self.nothing_to_come(conn, case_no)
                if attempts >= _NO_RESULT_AFTER:
                    store.stop_waiting(conn, case_no, part)

    def _delay(self, attempts: int) -> timedelta:
        return timedelta(seconds=self._backoff.delay_s(attempts))


def _own_proof(data: bytes, keys: Keys) -> tuple[str, str] | None:
    """Code and proof file of a result of our own making; None for everybody else's, and for what only claims to be ours."""
    if not examine(data, None, keys.known()).ok:
        return None
    found = extract(data)
    return (found[1].statement.code, found[1].as_file().decode()) if found else None


def _office_ref(conn: Connection, case_no: str, part: str) -> str | None:
    """The receipt number the office gave this part, by its latest version."""
    wanted = (submission.c.case_no == case_no, submission.c.part == part, submission.c.office_ref.is_not(None))
    query = select(submission.c.office_ref).where(*wanted).order_by(submission.c.package_version.desc()).limit(1)
    found = conn.execute(query).scalar()
    return str(found) if found is not None else None
