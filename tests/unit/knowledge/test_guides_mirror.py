"""What each full guide must say and must never say: one file a guide in ``guides/``, a mirror of its facts.

The facts are stated twice on purpose: whoever changes a guide states the change twice and thinks twice. A mirror has

- ``legal_limit``, ``promised_limit`` (null: nothing is promised beyond the law), ``visits``, ``charged``; ``yuan``: every sum charged;
- ``unverified``: the parts whose evidence nobody has checked; every other part has checked evidence;
- ``stated`` and ``never``: patterns that must, or must not, stand in some parts of the guide (none named: in all of it);
- ``asks``: what people ask (``ask``, with ``intent`` and the answers ``given`` so far), what the answer ``says`` and ``never`` says.
"""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.foundation.clock import SHANGHAI
from knowledge.answers import answer
from knowledge.schema import Guide
from tests.unit.knowledge.full_guides import FULL, each_guide

MIRRORS = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(Path(__file__).with_name("guides").glob("*.yaml"))
}
NOW = datetime(2026, 11, 10, 9, 0, tzinfo=SHANGHAI)
PARTS = ("conditions", "legal_limit", "promised_limit", "fee", "visits", "online", "result")
each_mirror = pytest.mark.parametrize("code", MIRRORS)


def each(key: str) -> pytest.MarkDecorator:
    entries = [(code, entry) for code, mirror in MIRRORS.items() for entry in mirror.get(key) or []]
    ids = [f"{code}: {entry.get('ask') or entry['says']}" for code, entry in entries]
    return pytest.mark.parametrize(("code", "entry"), entries, ids=ids)


def stated(guide: Guide, parts: list[str]) -> str:
    """The text of these parts of a guide; of everything a citizen may be told when none is named."""
    data = guide.model_dump(exclude=None if parts else {"names", "evidence", "history"}, include=set(parts) or None)
    return "\n".join(_strings(data))


def _strings(node: Any) -> list[str]:
    if isinstance(node, str):
        return [node]
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else []
    return [text for child in children for text in _strings(child)]


def test_every_full_guide_has_its_mirror() -> None:
    assert MIRRORS.keys() == FULL.keys()
    assert all(mirror["guide"] == code for code, mirror in MIRRORS.items())


@each_mirror
def test_limits_visits_and_fee(code: str) -> None:
    guide, mirror = FULL[code], MIRRORS[code]
    for name in ("legal_limit", "promised_limit"):
        limit = getattr(guide, name)
        assert ({"days": limit.days, "unit": limit.unit} if limit else None) == mirror[name], name
    assert (guide.visits.count if guide.visits else None) == mirror["visits"]
    assert guide.fee is not None
    assert guide.fee.charged is mirror["charged"]
    assert [float(item.yuan) for item in guide.fee.items] == [float(yuan) for yuan in mirror.get("yuan", [])]
    assert guide.fee.charged or "不收费" in guide.fee.text or "免费" in guide.fee.text


@each_mirror
def test_steps_add_up_to_the_promise(code: str) -> None:
    guide = FULL[code]
    if not any(step.after is not None for step in guide.process):
        assert sum(step.days or 0 for step in guide.process) == (guide.promised_limit.days if guide.promised_limit else 0)


@each_mirror
def test_what_nobody_has_checked_is_known(code: str) -> None:
    guide, doubted = FULL[code], set()
    for name in PARTS:
        part = getattr(guide, name)
        for fact in part if isinstance(part, list) else [part] if part else []:
            if not any(guide.evidence[key].verified for key in fact.evidence):
                doubted.add(name)
    assert doubted == set(MIRRORS[code]["unverified"])


@each("stated")
def test_stated(code: str, entry: dict[str, Any]) -> None:
    assert re.search(entry["says"], stated(FULL[code], entry["in"]))


@each("never")
def test_never_stated(code: str, entry: dict[str, Any]) -> None:
    found = re.search(entry["says"], stated(FULL[code], entry["in"]))
    assert found is None, found


@each("asks")
def test_answers(code: str, entry: dict[str, Any]) -> None:
    guide = FULL[code]
    given = entry.get("given", {})
    assert all(guide.field(key) for key in given)
    told = answer(guide, entry["intent"], given, NOW, entry["ask"])
    words = "\n".join([told.text, *(f"{row.label} {row.value}" for card in told.cards for row in card.rows)])
    assert [pattern for pattern in entry["says"] if not re.search(pattern, told.text)] == []
    assert [pattern for pattern in entry.get("never", []) if re.search(pattern, words)] == []
    assert told.citations


@each_guide
def test_people_ask_at_least_five_things(guide: Guide) -> None:
    asks = MIRRORS[guide.code]["asks"]
    assert len(asks) >= 5
    assert len({entry["intent"] for entry in asks}) >= 3
