"""Several receiving offices as one: most items go to one office, some have an office of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import select

from assistant.casework.submission.office import Consignment, OfficeFile, Receipt, ReceivingOffice
from assistant.foundation.database import Database
from assistant.foundation.tables import case_


def item_of(db: Database, case_no: str) -> str | None:
    """The item code of a case; None for one nobody knows."""
    with db.read() as conn:
        return conn.execute(select(case_.c.guide_code).where(case_.c.case_no == case_no)).scalar()


class ByItem(ReceivingOffice):
    """Passes every call to the office it belongs to.

    Args:
        usual: where everything goes that has no office of its own.
        own: item code → (what its receipt numbers begin with, the office).
        item_of: the item code of a case without parts, None for a case nobody knows.
    """

    def __init__(
        self, usual: ReceivingOffice, own: Mapping[str, tuple[str, ReceivingOffice]], item_of: Callable[[str], str | None]
    ) -> None:
        self._usual, self._own, self._item_of = usual, dict(own), item_of

    def find(self, case_no: str, part: str = "", department: str = "") -> OfficeFile | None:
        """See ReceivingOffice."""
        return self._of_item(part or self._item_of(case_no) or "").find(case_no, part, department)

    def send(self, consignment: Consignment) -> Receipt:
        """See ReceivingOffice."""
        return self._of_item(consignment.part or consignment.item.code).send(consignment)

    def file(self, office_ref: str) -> OfficeFile:
        """See ReceivingOffice."""
        return self._of_ref(office_ref).file(office_ref)

    def withdraw(self, office_ref: str) -> OfficeFile:
        """See ReceivingOffice."""
        return self._of_ref(office_ref).withdraw(office_ref)

    def result(self, office_ref: str) -> bytes:
        """See ReceivingOffice."""
        return self._of_ref(office_ref).result(office_ref)

    def reachable(self, timeout_s: float) -> bool:
        """Whether the usual office answers: it is the one that may be away."""
        return self._usual.reachable(timeout_s)

    def close(self) -> None:
        """See ReceivingOffice."""
        for office in (self._usual, *(office for _, office in self._own.values())):
            office.close()

    def _of_item(self, code: str) -> ReceivingOffice:
        return self._own[code][1] if code in self._own else self._usual

    def _of_ref(self, office_ref: str) -> ReceivingOffice:
        return next((office for prefix, office in self._own.values() if office_ref.startswith(prefix)), self._usual)
