"""An office that answers at once: it reads what a 专用信用报告 is to say, asks the register, and issues the report.

A receiving office like any other, only that its books are in our own database. What it cannot do at once (the register is
away) it does when it is next asked about the file, which happens every few seconds.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy import Connection, insert, select, update

from assistant.casework.package.errors import PackageError
from assistant.casework.prefill.records import Conduct, Enterprise, FarSideUnavailable
from assistant.casework.results import credit_report
from assistant.casework.results.codes import new_code
from assistant.casework.results.credit_report import Report, Subject
from assistant.casework.results.holder import masked
from assistant.casework.results.proof import Signer, embed, prove, state
from assistant.casework.submission.office import (
    Consignment,
    OfficeFile,
    OfficeRejected,
    OfficeUnavailable,
    Receipt,
    ReceivingOffice,
)
from assistant.casework.submission.offices.credit_request import Request, Unclear, read
from assistant.foundation.blobs import BlobStore
from assistant.foundation.clock import Clock
from assistant.foundation.database import Database
from assistant.foundation.logging import get_logger
from assistant.foundation.messages import t
from assistant.foundation.tables import issued_file

ITEM = "credit-report"
PREFIX = "ZXSJ"
_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_OPEN = frozenset({"received"})

log = get_logger(__name__)


class ConductRegister(Protocol):
    """What is needed of the register."""

    def enterprise(self, *, uscc: str | None = None, name: str | None = None) -> Enterprise | None: ...
    def conduct(self, *, uscc: str, start: date, end: date) -> Conduct | None: ...


class Correct(Exception):
    """The request has to be corrected: ``field`` is what, ``text`` why, in words."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(field)
        self.field, self.text = field, text


class CreditOffice(ReceivingOffice):
    """See the module.

    Args:
        issuer: the name on the report.
        verify_url: address of the public verification page.
        fictitious: the register is the sandbox's, so the report says that its data are invented.
    """

    def __init__(
        self, db: Database, blobs: BlobStore, keys: Signer, register: ConductRegister, clock: Clock, *,
        issuer: Callable[[], str], verify_url: str, fictitious: bool = False,
    ) -> None:  # fmt: skip
        self._db, self._blobs, self._keys, self._register, self._clock = db, blobs, keys, register, clock
        self._issuer, self._verify_url, self._fictitious = issuer, verify_url, fictitious

    def find(self, case_no: str, part: str = "", department: str = "") -> OfficeFile | None:
        """See ReceivingOffice."""
        with self._db.read() as conn:
            row = _row(conn, issued_file.c.case_no == case_no, issued_file.c.part == part)
        return _file(row) if row is not None else None

    def send(self, consignment: Consignment) -> Receipt:
        """See ReceivingOffice. The report is issued before this returns, if the register answers."""
        now = self._clock.now()
        try:
            request = read(consignment.package, now.date())
        except ValueError as error:
            raise OfficeRejected("unreadable-package") from error
        with self._db.write() as conn:
            row = _row(conn, issued_file.c.case_no == consignment.case_no, issued_file.c.part == consignment.part)
            receipt_no = row["receipt_no"] if row else f"{PREFIX}{now:%Y%m%d}{_random(8)}"
            held = row["data"] if row else {"versions": [], "history": []}
            known = next((v for v in held["versions"] if v["version"] == consignment.version), None)
            if known is None:
                if row is not None and row["status"] != "correction_needed":
                    raise OfficeRejected("no-correction-expected")
                version = {"version": consignment.version, "sha256": consignment.sha256, "received_at": now.isoformat()}
                held["versions"].append(version)
                held["history"].append(self._line("received", t("results.office_received"), now))
                held |= {"asked": request.model_dump(mode="json"), "wanting": []}
                values: dict[str, Any] = {"status": "received", "data": held, "updated_at": now}
                if row is None:
                    key = {"receipt_no": receipt_no, "case_no": consignment.case_no, "part": consignment.part}
                    conn.execute(insert(issued_file).values(**key, **values))
                else:
                    conn.execute(update(issued_file).where(issued_file.c.receipt_no == receipt_no).values(**values))
            elif known["sha256"] != consignment.sha256:
                raise OfficeRejected("other-package")
        file = self.file(receipt_no)
        received = file.received(consignment.version)
        assert received is not None
        return Receipt(receipt_no=receipt_no, received_at=received.received_at, status=file.status)

    def file(self, office_ref: str) -> OfficeFile:
        """See ReceivingOffice."""
        row = self._held(office_ref)
        if row["status"] in _OPEN:
            self._decide(row)
            row = self._held(office_ref)
        return _file(row)

    def withdraw(self, office_ref: str) -> OfficeFile:
        """See ReceivingOffice."""
        with self._db.write() as conn:
            row = _row(conn, issued_file.c.receipt_no == office_ref)
            if row is None:
                raise OfficeRejected("not-found")
            if row["status"] == "delivered":
                raise OfficeRejected("already-decided")
            if row["status"] != "withdrawn":
                self._move(conn, row, "withdrawn", t("results.office_withdrawn"))
        return self.file(office_ref)

    def result(self, office_ref: str) -> bytes:
        """See ReceivingOffice."""
        blob_id = self._held(office_ref)["data"].get("blob_id")
        if blob_id is None:
            raise OfficeRejected("no-result")
        return self._blobs.get(blob_id)

    def reachable(self, timeout_s: float) -> bool:
        """Always: it is here."""
        return True

    def close(self) -> None:
        """Nothing to let go of."""

    def _held(self, office_ref: str) -> dict[str, Any]:
        with self._db.read() as conn:
            row = _row(conn, issued_file.c.receipt_no == office_ref)
        if row is None:
            raise OfficeRejected("not-found")
        return row

    def _decide(self, row: dict[str, Any]) -> None:
        """Issue the report, ask for a correction, or leave it for the next time where the register is away."""
        request, now = Request.model_validate(row["data"]["asked"]), self._clock.now()
        try:
            pdf, number, code = self._issue(row["case_no"], request, now)
        except Correct as wrong:
            with self._db.write() as conn:
                fresh = _row(conn, issued_file.c.receipt_no == row["receipt_no"])
                if fresh is not None and fresh["status"] in _OPEN:
                    wanting = [{"kind": "field", "code": wrong.field, "text": wrong.text}]
                    self._move(conn, fresh, "correction_needed", wrong.text, wanting=wanting)
            return
        except (FarSideUnavailable, PackageError) as error:
            log.warning("credit_office.not_now", case_no=row["case_no"], code=error.code)
            return
        blob_id = self._blobs.put(pdf)
        note = {
            "kind": "report", "number": number, "title": t("results.report_title"), "issued": now.date().isoformat(),
            "expires": None, "sha256": hashlib.sha256(pdf).hexdigest(), "media_type": "application/pdf",
        }  # fmt: skip
        with self._db.write() as conn:
            fresh = _row(conn, issued_file.c.receipt_no == row["receipt_no"])
            if fresh is None or fresh["status"] not in _OPEN:  # another process was quicker, or it was withdrawn meanwhile
                self._blobs.delete(blob_id)
                return
            fresh["data"]["history"] += [
                self._line("accepted", t("results.office_accepted"), now),
                self._line("approved", t("results.office_approved", number=number), now),
            ]
            self._move(conn, fresh, "delivered", t("results.office_delivered"), blob_id=blob_id, result=note, code=code)

    def _issue(self, case_no: str, request: Request, now: datetime) -> tuple[bytes, str, str]:
        try:
            start, end = request.period()
        except Unclear as unclear:
            raise Correct(unclear.field, t("results.office_period")) from None
        subjects = [self._subject(request["uscc"], request["company_name"], start, end)]
        for name in request.branches():
            own = name.startswith(request["company_name"])
            branch = self._register.enterprise(name=name) if own else None
            if branch is None:
                raise Correct("branch_list", t("results.office_branch", name=name))
            subjects.append(self._subject(branch.uscc, name, start, end))
        known = subjects[0].conduct.areas
        try:
            areas = request.chosen(known)
        except Unclear:
            raise Correct("area_list", t("results.office_areas", names="、".join(area.name for area in known))) from None
        number, code = f"ZX{now:%Y%m%d}{_random(6)}", new_code()
        issuer, link = self._issuer(), f"{self._verify_url}?code={code}"
        report = Report(
            number=number, code=code, issuer=issuer, purpose=request["purpose"], receiver=request["receiver"], case_no=case_no,
            start=start, end=end, at=now, link=link, areas=areas, subjects=subjects,
            fictitious=self._fictitious,
        )  # fmt: skip
        pdf = credit_report.page(report)
        holder = masked("company_name", subjects[0].name)
        statement = state(
            pdf, code=code, kind="report", title=t("results.report_title"), number=number, issuer=issuer,
            holder=holder, issued=now.date(), expires=None, media_type="application/pdf", verify=link,
        )  # fmt: skip
        return embed(pdf, prove(statement, self._keys)), number, code

    def _subject(self, uscc: str, name: str, start: date, end: date) -> Subject:
        conduct = self._register.conduct(uscc=uscc, start=start, end=end)
        if conduct is None:
            raise Correct("uscc", t("results.office_uscc", uscc=uscc))
        if conduct.name is None or _plain(conduct.name) != _plain(name):
            # The registered name is not told: whoever only knows a number must not learn it here.
            raise Correct("company_name", t("results.office_name"))
        return Subject(conduct.name, uscc, conduct)

    def _move(self, conn: Connection, row: dict[str, Any], status: str, text: str, **more: Any) -> None:
        now = self._clock.now()
        data = {**row["data"], **more, "history": [*row["data"]["history"], self._line(status, text, now)]}
        where = issued_file.c.receipt_no == row["receipt_no"]
        conn.execute(update(issued_file).where(where).values(status=status, data=data, updated_at=now))

    def _line(self, status: str, text: str, at: datetime) -> dict[str, str]:
        return {"at": at.isoformat(), "status": status, "text": text, "by": self._issuer()}


def _row(conn: Connection, *where: Any) -> dict[str, Any] | None:
    found = conn.execute(select(issued_file).where(*where)).mappings().first()
    return dict(found) if found else None


def _file(row: dict[str, Any]) -> OfficeFile:
    data = row["data"]
    try:
        return OfficeFile.model_validate({
            "receipt_no": row["receipt_no"], "case_no": row["case_no"], "part": row["part"], "status": row["status"],
            "version": data["versions"][-1]["version"], "versions": data["versions"], "history": data["history"],
            "wanting": data.get("wanting", []), "result": data.get("result"),
        })  # fmt: skip
    except (KeyError, IndexError, ValueError) as error:
        raise OfficeUnavailable("unreadable") from error


def _plain(name: str) -> str:
    return name.replace("(", "（").replace(")", "）").replace(" ", "")


def _random(length: int) -> str:
    return "".join(secrets.choice(_SIGNS) for _ in range(length))
