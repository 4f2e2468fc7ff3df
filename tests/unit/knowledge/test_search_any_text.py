"""No text takes the search down or keeps it busy, exact or wide."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.catalogue import Catalogue
from knowledge.embedding import open_embedding
from knowledge.search import Hit, Search
from knowledge.search.wide import Record, build
from knowledge.search.wide.records import of_guide

# A fifth of a second on a busy machine; an ordinary query takes a hundredth.
LIMIT = 0.5
Ask = Callable[..., list[Hit]]


@pytest.fixture(scope="module", params=["exact", "wide"])
def ask(request: pytest.FixtureRequest, fixture_catalogue: Catalogue, trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Ask:
    if request.param == "exact":
        return Search.build(fixture_catalogue, trained).search
    folder = tmp_path_factory.mktemp("any") / "wide"
    rows = [Record(f"row-{n}", (f"{name}{n}",), 1, "310000") for n in range(200) for name in ("渔业捕捞许可", "app注册", "محل", "𠮷野家登记")]
    build([*(of_guide(guide) for guide in fixture_catalogue.all()), *rows], fixture_catalogue.names(), folder, trained,
          open_embedding("static", trained))
    search = Search.build(fixture_catalogue, trained, wide=folder)
    return lambda *args, **named: search.search(*args, beyond=True, **named)


@pytest.mark.parametrize("text", [
    "", " ", "\n\t\r", "？！。……——", "😀" * 500, "👨‍👩‍👧‍👦", "\x00\x01\x1f\x7f", "a" * 100_000, "公" * 100_000, "公司住所变更登记" * 12_500,
    "1" * 100_000, "مرحبا، كيف أسجل شركة؟", "Как зарегистрировать компанию?", "会社を設立したい", "회사를 설립하고 싶습니다", "คุณ", "\ud83d",
    "ＡＢＣ　公司", "٣٤٥", "𠮷" * 1000, "́" * 2000, "\u202e司公", "\ufeff公司", "a-b.c+d" * 5000, "'; DROP TABLE guides; --", "() AND [* TO *] \"~^",
    " ".join(f"w{n}" for n in range(20_000)), "".join(map(chr, range(0x4E00, 0x4E00 + 20_000))),
])
def test_any_text_is_answered_in_time(ask: Ask, text: str) -> None:
    started = time.process_time()
    hits = ask(text)
    assert time.process_time() - started < LIMIT
    assert all(0 < hit.score <= 1 for hit in hits) and len(hits) <= 10


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=300), region=st.sampled_from([None, "000000", "310115", "440305", "999999"]),
       applicant=st.sampled_from([None, "person", "enterprise", "individual_business"]),
       day=st.none() | st.dates(date(1, 1, 1), date(9999, 12, 31)), limit=st.integers(1, 50))
def test_whatever_is_typed(ask: Ask, text: str, region: str | None, applicant: str | None, day: date | None, limit: int) -> None:
    started = time.process_time()
    hits = ask(text, limit, region, applicant, day)
    assert time.process_time() - started < LIMIT
    assert len(hits) <= limit and sum(hit.score for hit in hits) <= 1.001
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True) or hits[0].needed is not None
