"""Only what nobody has checked is marked, and beside it."""

from __future__ import annotations

import pytest

from knowledge.doubt import marked, parts
from knowledge.schema import Evidence, Guide

LAW, PAGE = "law", "page"


@pytest.fixture
def guide(sign_guide: Guide) -> Guide:
    return sign_guide.model_copy(update={
        "evidence": {LAW: Evidence(title="示例条例"), PAGE: Evidence(title="示例网页", verified=False)}
    })  # fmt: skip


@pytest.mark.parametrize(("text", "keys", "doubtful", "told"), [
    ("要交。三天。", [LAW], [], "要交。三天。"),
    ("要交。三天。", [PAGE], [], "要交。三天（这一点尚未核实）。"),
    ("要交。三天。", [LAW, PAGE], [], "要交。三天（其中有的尚未核实）。"),
    ("要交。三天。", [LAW, PAGE], ["三天。"], "要交。三天（这一点尚未核实）。"),
    ("三天拿到。要交。", [LAW], ["三天拿到。"], "三天拿到（这一点尚未核实）。要交。"),
    ("要交。几天没有核实，先问窗口。", [LAW, PAGE], [], "要交。几天没有核实，先问窗口。"),
    ("Bring it. How long has not been verified.", [PAGE], [], "Bring it. How long has not been verified."),
    ("Bring it. Three days.", [LAW], ["三天"], "Bring it. Three days（其中有的尚未核实）."),
])  # fmt: skip
def test_marks(guide: Guide, text: str, keys: list[str], doubtful: list[str], told: str) -> None:
    assert marked(guide, text, keys, doubtful) == told
    assert "".join(piece for piece, _ in parts(guide, text, keys, doubtful)) == text
