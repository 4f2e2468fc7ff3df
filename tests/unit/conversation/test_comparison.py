"""What a new model wins and loses; the blind sets are counted, never shown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from assistant.conversation.comparison import NothingToCompare, compare, sets
from assistant.conversation.evaluation import Line
from assistant.conversation.understanding import Understanding


class Toy:
    """The old model takes everything for a wish; the new one for a question about the fee."""

    def __init__(self, old: Path | None = Path("old.tar.gz")) -> None:
        self.old, self.steps = old, list[str]()

    def current(self) -> Path | None:
        return self.old

    def trained(self) -> Path:
        self.steps.append("train")
        return Path("new.tar.gz")

    def read(self, model: Path, queries: Sequence[str]) -> list[Understanding]:
        self.steps.append(model.stem)
        return [Understanding(intent="apply" if model.stem == "old.tar" else "ask_fee", confidence=0.9) for _ in queries]


LINES = [Line("要钱吗", [("?", "ask_fee")]), Line("帮我办", [("?", "apply")]), Line("谢谢", [("-", "thanks")]), Line("贵不贵", [("?", "ask_fee")])]


def test_won_and_lost() -> None:
    found = compare(toy := Toy(), {"people": LINES})
    assert toy.steps == ["train", "old.tar", "new.tar"]
    row = found["sets"]["people"]
    assert (found["before"], found["after"], row["n"], row["won"], row["lost"]) == ("old.tar.gz", "new.tar.gz", 4, 2, 1)
    assert (row["before"]["intent_accuracy"], row["after"]["intent_accuracy"]) == (0.25, 0.5)
    assert [(one["query"], one["won"]) for one in row["sentences"]] == [("要钱吗", True), ("帮我办", False), ("贵不贵", True)]
    assert row["sentences"][1] | {"query": ""} == {
        "query": "", "won": False, "label": ["apply", "?"], "before": ["apply", "?"], "after": ["ask_fee", "?"],
    }  # fmt: skip


def test_blind_sets_are_counted_only() -> None:
    row = compare(Toy(), {"fresh": LINES})["sets"]["fresh"]
    assert (row["won"], row["lost"], row["sentences"]) == (2, 1, [])


def test_without_an_earlier_model_nothing_is_trained() -> None:
    toy = Toy(None)
    with pytest.raises(NothingToCompare):
        compare(toy, {"people": LINES})
    assert toy.steps == []


def test_the_reviewed_sentences_are_among_the_sets(tmp_path: Path) -> None:
    for name in ("dev/people.tsv", "reviewed/sentences.tsv"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text("query\titem_name\tintent\n要钱吗\t?\task_fee\n", encoding="utf-8")
    assert list(sets(tmp_path)) == ["people", "reviewed"]
