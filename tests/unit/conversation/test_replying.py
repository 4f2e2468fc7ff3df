"""A turn in the citizen's script: what the guide says is converted, what she said herself is not."""

from __future__ import annotations

from typing import Any

from assistant.conversation.replying import rendered


def _card(citations: list[dict[str, Any]] | None) -> dict[str, Any]:
    rows = [{"label": "收费", "value": "不收费", "source": None}]
    return {"replies": [{"kind": "card", "title": "收费", "text": "说明", "rows": rows, "citations": citations}]}


def test_the_rows_of_an_answer_are_converted() -> None:
    row = rendered(_card([{"title": "条例"}]), "zh-Hant")["replies"][0]["rows"][0]
    assert (row["label"], row["value"]) == ("收費", "不收費")


def test_the_rows_of_what_she_said_stay_as_she_said_them() -> None:
    row = rendered(_card(None), "zh-Hant")["replies"][0]["rows"][0]
    assert (row["label"], row["value"]) == ("收費", "不收费")
