"""The policies and renewals as declared: sources that exist, items that are served, conditions that can come true."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.foundation.settings import ROOT
from knowledge import policy
from knowledge.facts import Condition

LAWS = ROOT.parent / "shared" / "data" / "laws"
GUIDES = {path.stem for path in (ROOT / "knowledge" / "guides").glob("*.yaml")}
DECLARED = policy.load()


def conditions_in(condition: Condition) -> Iterator[Condition]:
    parts = [*(condition.all_ or []), *(condition.any_ or []), *([condition.not_] if condition.not_ else [])]
    for part in parts:
        yield from conditions_in(part)
    if condition.field:
        yield condition


def test_items_named_are_items_served() -> None:
    named = {*DECLARED.renewals.values(), *(one.item for one in DECLARED.policies if one.item)}
    named |= {str(test.is_) for one in DECLARED.policies for test in conditions_in(one.when) if test.field in ("items", "granted")}
    assert named <= GUIDES


@pytest.mark.skipif(not LAWS.exists(), reason="the statutes are not on this machine")
@pytest.mark.parametrize("declared", DECLARED.policies, ids=lambda one: one.code)
def test_every_verified_policy_stands_in_its_statute(declared: policy.Policy) -> None:
    if not declared.evidence.verified:
        return
    name = declared.evidence.title.removeprefix("中华人民共和国")
    (text,) = [path.read_text(encoding="utf-8") for path in LAWS.glob("*.md") if path.name.partition("(")[0] == name]
    assert all(f"{article}" in text for article in (declared.evidence.article or "").split("、"))


def test_a_policy_needs_all_it_names() -> None:
    both = next(one for one in DECLARED.policies if one.code == "disability-self-employed")
    assert both.fits({}, {"disability-card", "sole-trader-founding"}, {"disability-card"})
    assert not both.fits({}, {"sole-trader-founding"}, set())
    birth = next(one for one in DECLARED.policies if one.item == "maternity-allowance")
    assert birth.fits({}, {"newborn"}, set()) and not birth.fits({}, {"newborn", "maternity-allowance"}, set())


def test_a_code_there_twice_is_refused(tmp_path: Path) -> None:
    text = (policy.FOLDER / "residence.yaml").read_text(encoding="utf-8")
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "renewals.yaml").write_text("{}", encoding="utf-8")
    with pytest.raises(ValueError, match="twice"):
        policy.load(tmp_path)
