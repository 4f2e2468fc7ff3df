"""The slip of a prepaid envelope (免跑腿信封): to whom, from whom, what goes in, and the number as a code to be scanned."""

from __future__ import annotations

from assistant.casework.model import Case
from assistant.casework.package.book import qr_svg
from assistant.casework.package.gate import check, expect_texts
from assistant.casework.package.pages import compile_page
from assistant.casework.package.text import clean
from assistant.casework.shipping.store import Shipment
from assistant.foundation.messages import t
from knowledge.conditions import holds
from knowledge.schema import Guide


def label(case: Case, guide: Guide, row: Shipment) -> bytes:
    """The slip as PDF; the same shipment gives the same bytes.

    Args:
        row: an envelope the courier has a number for.

    Raises:
        PackageError: ``page_broken`` or ``document_incomplete``.
        ValueError: it is no envelope, or has no number yet.
    """
    if row.kind != "envelope" or row.tracking_no is None:
        raise ValueError(row.id)
    title, where = t("receiving.envelope_title"), row.data.address
    window = next((place for place in guide.places if holds(place.when, case.values())), None)
    place = " ".join(part for part in (window.name, window.address) if part) if window else ""
    papers = [clean(paper) for paper in (case.envelope.papers if case.envelope else [])]
    shown = [clean(text) for text in (guide.department or place, where.name, where.phone, where.address)]
    pdf = compile_page("envelope", title, {
        "case_no": case.case_no, "guide": guide.name, "office": shown[0], "place": clean(place), "name": shown[1],
        "phone": shown[2], "address": shown[3], "number": row.tracking_no, "papers": papers, "qr": qr_svg(row.tracking_no),
    }, at=row.created_at)  # fmt: skip
    check(pdf, expect_texts([case.case_no, row.tracking_no, *shown, *papers]), title)
    return pdf
