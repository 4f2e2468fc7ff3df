"""The full guides as they are served in Pudong and their simulated citizens, as the tests beside this file look at them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import yaml

from assistant.foundation.settings import ROOT
from knowledge.catalogue import Catalogue
from knowledge.settling import settled

GUIDES = ROOT / "knowledge" / "guides"
CASES = ROOT / "tests" / "e2e" / "cases"
TODAY = date(2026, 11, 10)
REGION = "310115"
CATALOGUE = Catalogue.load(GUIDES)
FULL = {code: guide for code, guide in CATALOGUE.for_region(REGION).guides.items() if not guide.outline}
CITIZENS: list[tuple[str, dict[str, Any]]] = [
    (code, case)
    for code in FULL
    if (CASES / f"{code}.yaml").exists()
    for case in yaml.safe_load((CASES / f"{code}.yaml").read_text(encoding="utf-8"))["cases"]
    if "stops" not in case  # told on the way that the item is not for her
]
each_guide = pytest.mark.parametrize("guide", FULL.values(), ids=FULL.keys())
each_citizen = pytest.mark.parametrize(("code", "citizen"), CITIZENS, ids=[f"{c}: {case['name']}" for c, case in CITIZENS])


def answers_of(code: str, citizen: dict[str, Any]) -> dict[str, Any]:
    """What a citizen answers, and what follows from it without being asked."""
    return {**citizen["expect"], **settled(FULL[code], citizen["expect"], TODAY)}


def own_fields(code: str) -> set[str]:
    """The questions of a guide's own file; those of a composition's parts are their own guides' business."""
    return {field.key for field in CATALOGUE.guides[code].fields}
