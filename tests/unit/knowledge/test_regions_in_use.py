"""The real guides where they are served: one item, told differently in Shanghai, in Zhongshan and where nobody wrote an overlay."""

from __future__ import annotations

import pytest

from assistant.foundation.settings import ROOT
from knowledge.catalogue import Catalogue
from knowledge.schema import Guide

CATALOGUE = Catalogue.load(ROOT / "knowledge" / "guides")
SHANGHAI, ZHONGSHAN, BEIJING = "310115", "442000", "110101"


def served(region: str, code: str = "remote-medical") -> Guide:
    return CATALOGUE.for_region(region).guides[code]


def where(guide: Guide) -> str:
    """Everything said about where and how to apply."""
    parts = [guide.department or "", *(f"{place.name}{place.address or ''}" for place in guide.places)]
    parts += [fact.text for fact in (guide.online, guide.coverage) if fact]
    return "\n".join(parts)


def test_each_city_hears_of_its_own_counters_only() -> None:
    assert "随申办" in where(served(SHANGHAI)) and "中山" not in where(served(SHANGHAI))
    assert "中山市" in where(served(ZHONGSHAN)) and "上海" not in where(served(ZHONGSHAN))
    assert "上海" not in where(served(BEIJING)) and "中山" not in where(served(BEIJING))


def test_zhongshan_takes_one_of_three_proofs() -> None:
    there, here = (
        next(fact.text for fact in served(region).conditions if fact.text.startswith("异地长期居住")) for region in (ZHONGSHAN, SHANGHAI)
    )
    assert "户口簿、居住证、长期居住承诺书，有一样就行" in there
    assert "户口簿" not in here
    asked = "中山参保的，备案要交什么？"
    assert [asked in [faq.question for faq in served(region).faqs] for region in (ZHONGSHAN, SHANGHAI, BEIJING)] == [True, False, False]


def test_what_is_the_same_everywhere_is_written_once() -> None:
    regions = (SHANGHAI, ZHONGSHAN, BEIJING)
    assert len({tuple(field.key for field in served(region).fields) for region in regions}) == 1
    assert len({tuple(document.key for document in served(region).documents) for region in regions}) == 1
    assert served(SHANGHAI).fee == served(ZHONGSHAN).fee == served(BEIJING).fee


@pytest.mark.parametrize(
    "code",
    [
        "birth-certificate-reissue", "driving-licence-reissue", "driving-licence-renewal", "id-card-reissue", "id-card-renewal", "passport",
        "remote-medical", "residence-permit", "residence-permit-endorsement",
    ],
)  # fmt: skip
def test_shanghais_ways_stay_in_shanghai(code: str) -> None:
    """What a citizen elsewhere is told of conditions, sums, steps and places never names Shanghai or its platforms."""
    guide = served(BEIJING, code)
    sums = [part.text for part in (guide.legal_limit, guide.promised_limit, guide.fee) if part is not None]
    told = [where(guide), guide.summary or "", *sums, *(fact.text for fact in guide.conditions), *(step.text for step in guide.process)]
    told += [f"{faq.question}{faq.answer}" for faq in guide.faqs] + [field.question for field in guide.fields]
    assert [text for text in told if any(word in text for word in ("上海", "随申办", "一网通办"))] == []
    assert served(SHANGHAI, code).contacts[-1].phone == "12345"
