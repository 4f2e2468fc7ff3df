"""The full guides and their simulated citizens, as the tests beside this file look at them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import yaml

from assistant.foundation.settings import ROOT
from knowledge.guide_file import read_guide
from knowledge.schema import Guide

GUIDES = ROOT / "knowledge" / "guides"
CASES = ROOT / "tests" / "e2e" / "cases"
TODAY = date(2026, 11, 10)
NAMES = {
    "company-address-change": "公司住所变更登记",
    "company-founding": "公司设立登记",
    "food-permit-new": "食品经营许可新办",
    "remote-medical": "异地就医备案",
    "residence-permit": "居住证申领",
}


def load(code: str) -> Guide:
    read = read_guide(GUIDES / f"{code}.yaml")
    assert read.guide is not None, [(problem.line, problem.why) for problem in read.problems]
    return read.guide


FULL = {code: load(code) for code in NAMES}
CITIZENS: list[tuple[str, dict[str, Any]]] = [
    (code, case) for code in NAMES for case in yaml.safe_load((CASES / f"{code}.yaml").read_text(encoding="utf-8"))["cases"]
]
each_guide = pytest.mark.parametrize("guide", FULL.values(), ids=NAMES)
each_citizen = pytest.mark.parametrize(("code", "citizen"), CITIZENS, ids=[f"{c}: {case['name']}" for c, case in CITIZENS])
