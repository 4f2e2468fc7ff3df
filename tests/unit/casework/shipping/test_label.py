"""The slip of an envelope says to whom, from whom and what goes in; there is none before the courier gave a number."""

from __future__ import annotations

import pypdfium2
import pytest

from assistant.casework.model import Case
from assistant.casework.shipping.address import Address, Envelope
from assistant.casework.shipping.label import label
from assistant.casework.shipping.store import Held, Shipment
from tests.unit.casework.flow.support import NOW, small_guide

ADDRESS = Address(name="张三", phone="13800138000", address="上海市浦东新区示例路1号101室")


def parcel(kind: str = "envelope", number: str | None = "YS20261110000001") -> Shipment:
    held = Held(address=ADDRESS, contents="材料", agreed_at=NOW)
    return Shipment("s1", "BD20261110ABCDEFGH", kind, "", "ordered", number, 1, None, held, NOW, NOW)  # type: ignore[arg-type]


def test_it_has_all_that_courier_and_citizen_need_and_is_always_the_same() -> None:
    case = Case(case_no="BD20261110ABCDEFGH", guide_code="address", guide_name="示例变更登记", guide_version="2026.1", created_at=NOW, updated_at=NOW)
    case.envelope = Envelope(at=NOW, address=ADDRESS, papers=["租赁合同"])
    pdf = label(case, small_guide(), parcel())
    pages = pypdfium2.PdfDocument(pdf)
    text = "".join(page.get_textpage().get_text_range() for page in pages)
    assert len(pages) == 1 and label(case, small_guide(), parcel()) == pdf
    for part in ("示例局", "示例窗口", "张三", "13800138000", "示例路1号101室", "YS20261110000001", "租赁合同", "BD20261110ABCDEFGH"):
        assert part in text
    for wrong in (parcel("delivery"), parcel(number=None)):
        with pytest.raises(ValueError, match="s1"):
            label(case, small_guide(), wrong)
