"""One form for everything typed; offsets stay true."""

from __future__ import annotations

import pytest

from assistant.engine.components.text import normalise


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("ＡＢＣ１２３", "abc123"),
        ("办理（新办）？", "办理(新办)?"),
        ("公司\u3000注册\t费用", "公司 注册 费用"),
        ("㈱示例", "㈱示例"),  # would become three characters, so it stays
        ("要带什么、怎么办。", "要带什么,怎么办."),
    ],
)
def test_normalise(typed: str, read: str) -> None:
    assert normalise(typed) == read
    assert len(normalise(typed)) == len(typed)
