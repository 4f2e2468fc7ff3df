"""交件单: what is in the papers, where they go and when, and the case as a code; nothing where nothing goes on paper."""

from __future__ import annotations

import io
from datetime import datetime, timedelta

import pypdfium2
import pytest

from assistant.casework.bookings.model import Booking, Handing, Place, Slot
from assistant.casework.model import MaterialState
from assistant.casework.package import handing
from assistant.casework.submission import parts
from assistant.foundation.clock import SHANGHAI
from tests.unit.casework.bookings.support import PLACE
from tests.unit.casework.flow.support import small_guide
from tests.unit.casework.flow.test_wanting import held, submitted

STARTS = datetime(2026, 11, 12, 9, 30, tzinfo=SHANGHAI)
SLOT = Slot(code="hall.20261112.0930", window="hall", starts=STARTS, ends=STARTS + timedelta(minutes=30))


def words(pdf: bytes) -> str:
    return "".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(io.BytesIO(pdf)))


def test_it_says_where_when_and_what() -> None:
    case = held(submitted())
    case.materials["lease"] = MaterialState(status="bring")
    [part] = parts.held(case)
    part.handing = Handing(way="window", office="HALL", booking=Booking(booking_no="YY1", slot=SLOT, place=PLACE))
    pdf = handing.sheet(case, small_guide(), "", "https://example.gov.cn/progress")
    said = words(pdf)
    for word in (case.case_no, "YY1", "2026年11月12日 09:30", PLACE.name, PLACE.address, "租赁合同", "带原件", "还没有交件"):
        assert word in said, word
    assert pdf == handing.sheet(case, small_guide(), "", "https://example.gov.cn/progress")


def test_by_post_it_has_the_address_and_what_goes_on_the_envelope() -> None:
    case = held(submitted())
    [part] = parts.held(case)
    part.handing = Handing(way="post", office="POST", place=Place(name="示例局收件处", address="示例路2号", postcode="200000"))
    said = words(handing.sheet(case, small_guide(), "", "https://example.gov.cn/progress"))
    assert "200000" in said and "示例路2号" in said and f"信封上写：{case.case_no}" in said.replace(" ", "")


def test_there_is_none_for_what_went_online() -> None:
    case = held(submitted())
    with pytest.raises(KeyError):
        handing.sheet(case, small_guide(), "", "https://example.gov.cn/progress")
