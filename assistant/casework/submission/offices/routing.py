"""Several receiving offices as one, as the routing file says: each part of a case goes to one, and stays with it.

The choice is kept before the first sending, so that a changed file cannot send a case twice. Receipt numbers carry the office's
name (``RSJ:20251122-7``): two offices may count alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, and_, insert, select, update

from assistant.casework.submission import outbox
from assistant.casework.submission.office import (
    Consignment,
    OfficeFile,
    OfficeRejected,
    OfficeUnavailable,
    Receipt,
    ReceivingOffice,
)
from assistant.casework.submission.offices.mapped import NOT_SENT
from assistant.foundation.clock import Clock
from assistant.foundation.database import Database
from assistant.foundation.office_tables import office_choice
from assistant.foundation.tables import submission

NAME = r"[A-Z][A-Z0-9]{1,11}"
"""What an office in the routing file may be called."""

_REF = re.compile(rf"({NAME}):(.+)", re.DOTALL)

Named = Callable[[str], tuple[str, str] | None]
"""A receipt number as we keep it → case number and part; None for one nobody has."""

Choose = Callable[[str, str], str]
"""(item code, department) → name of the office, "" for the usual one."""


def whose(db: Database, office_ref: str) -> tuple[str, str] | None:
    """The case and part with this receipt number, as ``Named`` has it."""
    of = select(submission.c.case_no, submission.c.part).where(submission.c.office_ref == office_ref).limit(1)
    with db.read() as conn:
        found = conn.execute(of).first()
    return (found.case_no, found.part) if found is not None else None


class Routed(ReceivingOffice):
    """See the module.

    Args:
        usual: where everything goes that the file does not name.
        offices: name → office. One that cannot be asked by our number says so (``asks``).
        choose: what the file says.
        item_of: the item code of a case without parts, None for a case nobody knows.
        department_of: the department of an item, as its guide has it.
    """

    def __init__(
        self, db: Database, clock: Clock, usual: ReceivingOffice, offices: Mapping[str, ReceivingOffice], choose: Choose, *,
        item_of: Callable[[str], str | None], department_of: Callable[[str], str],
    ) -> None:  # fmt: skip
        self._db, self._clock, self._usual, self._offices, self._choose = db, clock, usual, dict(offices), choose
        self._item_of, self._department_of = item_of, department_of

    def find(self, case_no: str, part: str = "", department: str = "") -> OfficeFile | None:
        """See ReceivingOffice.

        An office that cannot be asked by our number is asked by its own, as soon as that is known.
        """
        name = self._office_of(case_no, part, department)
        office = self._named(name)
        if office.asks:
            file = office.find(case_no, part, department)
            return _marked(name, file) if file is not None else None
        with self._db.read() as conn:
            row, tried = outbox.latest(conn, case_no, part), _tried(conn, case_no, part)
            ref = outbox.receipt_no(conn, case_no, part)
        if ref is not None:
            return self.file(ref)
        if tried is not None and row is not None and row.state is outbox.State.WITHDRAWING:
            raise OfficeRejected("not-known-if-sent")  # nobody can tell what there is to take back
        return None

    def send(self, consignment: Consignment) -> Receipt:
        """See ReceivingOffice.

        To an office that cannot be asked nothing is sent twice: when the end of a sending is unknown, a person has to find out.
        """
        case_no, part = consignment.case_no, consignment.part
        name = self._office_of(case_no, part, consignment.department, consignment.item.code)
        office = self._named(name)
        if office.asks:
            return _numbered(name, office.send(consignment))
        with self._db.write() as conn:
            if _tried(conn, case_no, part) == consignment.key:
                raise OfficeRejected("not-known-if-sent")
            _try(conn, case_no, part, consignment.key)
        try:
            return _numbered(name, office.send(consignment))
        except OfficeRejected:
            self._untry(case_no, part)
            raise
        except OfficeUnavailable as error:
            if error.code not in NOT_SENT:
                raise OfficeRejected("not-known-if-sent") from error
            self._untry(case_no, part)
            raise

    def file(self, office_ref: str) -> OfficeFile:
        """See ReceivingOffice."""
        name, number = self._split(office_ref)
        return _marked(name, self._named(name).file(number))

    def withdraw(self, office_ref: str) -> OfficeFile:
        """See ReceivingOffice."""
        name, number = self._split(office_ref)
        return _marked(name, self._named(name).withdraw(number))

    def result(self, office_ref: str) -> bytes:
        """See ReceivingOffice."""
        name, number = self._split(office_ref)
        return self._named(name).result(number)

    def group(self, office_ref: str) -> str:
        """See ReceivingOffice."""
        return self._split(office_ref)[0]

    def reachable(self, timeout_s: float) -> bool:
        """Whether the usual office answers."""
        return self._usual.reachable(timeout_s)

    def close(self) -> None:
        """See ReceivingOffice."""
        for office in (self._usual, *self._offices.values()):
            office.close()

    def _office_of(self, case_no: str, part: str, department: str, item: str = "") -> str:
        """The office's name, as it was chosen, or as it is chosen now."""
        with self._db.read() as conn:
            held = _chosen(conn, case_no, part)
        if held is not None:
            return held
        code = part or item or self._item_of(case_no)
        if not code:
            return ""
        with self._db.write() as conn:
            held = _chosen(conn, case_no, part)
            if held is not None:
                return held
            ref = outbox.receipt_no(conn, case_no, part)  # sent before there was a routing file, or before the choice was kept
            name = self._split(ref)[0] if ref is not None else self._choose(code, department or self._department_of(code))
            values = {"case_no": case_no, "part": part, "office": name, "chosen_at": self._clock.now()}
            conn.execute(insert(office_choice).values(**values))
        return name

    def _split(self, office_ref: str) -> tuple[str, str]:
        found = _REF.fullmatch(office_ref)
        return (found[1], found[2]) if found else ("", office_ref)

    def _named(self, name: str) -> ReceivingOffice:
        office = self._offices.get(name) if name else self._usual
        if office is None:
            raise OfficeUnavailable("office-not-configured")  # taken out of the file while it has cases
        return office

    def _untry(self, case_no: str, part: str) -> None:
        with self._db.write() as conn:
            _try(conn, case_no, part, None)


def _marked(name: str, file: OfficeFile) -> OfficeFile:
    return file.model_copy(update={"receipt_no": f"{name}:{file.receipt_no}"}) if name else file


def _numbered(name: str, receipt: Receipt) -> Receipt:
    return receipt.model_copy(update={"receipt_no": f"{name}:{receipt.receipt_no}"}) if name else receipt


def _chosen(conn: Connection, case_no: str, part: str) -> str | None:
    found: str | None = conn.execute(select(office_choice.c.office).where(_is(case_no, part))).scalar()
    return found


def _tried(conn: Connection, case_no: str, part: str) -> str | None:
    found: str | None = conn.execute(select(office_choice.c.tried).where(_is(case_no, part))).scalar()
    return found


def _try(conn: Connection, case_no: str, part: str, key: str | None) -> None:
    conn.execute(update(office_choice).where(_is(case_no, part)).values(tried=key))


def _is(case_no: str, part: str) -> Any:
    return and_(office_choice.c.case_no == case_no, office_choice.c.part == part)
