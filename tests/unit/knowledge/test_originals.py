"""What data sharing provides is not handed in; whether the original is shown all the same, the guide says."""

from __future__ import annotations

import pytest

from knowledge.originals import in_person, original, says_so
from knowledge.schema import Guide
from tests.unit.knowledge.full_guides import FULL


@pytest.mark.parametrize(("code", "name", "told"), [
    ("passport", "申请人居民身份证", "show"), ("fund-rent", "申请人身份证", "show"), ("marriage", "身份证上的身份信息和婚姻状况信息", "show"),
    ("company-founding", "股东身份证", "maybe"), ("passport", "居民户口簿", "maybe"), ("construction-permit", "营业执照", "none"),
])  # fmt: skip
def test_from_note_and_visits(code: str, name: str, told: str) -> None:
    guide = FULL[code]
    assert original(next(m for m in guide.materials if m.name == name), guide) == told


def test_who_is_photographed_or_signs_before_staff_has_to_appear() -> None:
    alike = {"passport", "id-card-renewal", "id-card-reissue", "marriage", "house-transfer", "disability-card"}
    assert {code for code, guide in FULL.items() if in_person(guide)} == alike


@pytest.mark.parametrize(("note", "visits", "told"), [
    ("通过数据共享核对，不用交复印件；到窗口带上原件。", 1, "show"), ("通过数据共享核对，不用交复印件；到窗口带上原件。", 0, "none"),
    ("通过数据共享核对，不用带。", 1, "maybe"), ("身份证原件还是要带。", 2, "show"), (None, 1, "maybe"), ("建议带上。", 1, "maybe"),
])  # fmt: skip
def test_the_note_decides(sign_guide: Guide, note: str | None, visits: int, told: str) -> None:
    material = sign_guide.materials[0].model_copy(update={"form": "electronic", "met_by": ["licence"], "note": note})
    assert sign_guide.visits is not None
    guide = sign_guide.model_copy(update={"visits": sign_guide.visits.model_copy(update={"count": visits})})
    assert original(material, guide) == told


def test_a_note_that_tells_it_is_not_told_twice(sign_guide: Guide) -> None:
    licence = sign_guide.materials[0].model_copy(update={"met_by": ["licence"]})
    assert says_so(licence.model_copy(update={"note": "通过数据共享核对，不用交复印件。"}))
    assert not says_so(licence.model_copy(update={"note": "正反面都要清楚。"}))
    assert not says_so(licence.model_copy(update={"note": "不用交。", "met_by": ["upload"]}))
