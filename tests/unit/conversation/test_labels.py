"""The labels people choose from are the engine's intents, each with a word and a hint."""

from __future__ import annotations

import pytest
import yaml

from assistant.conversation.labels import INTENTS, fits
from assistant.foundation.messages import t
from assistant.foundation.settings import ROOT


def test_they_are_the_engine_s() -> None:
    assert sorted(INTENTS) == sorted(yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["intents"])


def test_each_has_a_word_of_its_own_and_a_hint() -> None:
    assert len({t(f"nlu.intent_{intent}") for intent in INTENTS}) == len(INTENTS)
    assert all(t(f"nlu.hint_{intent}") for intent in INTENTS)


@pytest.mark.parametrize(
    ("intent", "item", "yes"),
    [
        ("apply", "food", True), ("apply", "?", True), ("apply", "-", False), ("complaint", "food", True), ("complaint", "-", True),
        ("complaint", "?", False), ("greet", "-", True), ("greet", "food", False), ("nonsense", "-", False),
    ],
)  # fmt: skip
def test_intent_and_item_go_together_or_not(intent: str, item: str, yes: bool) -> None:
    assert fits(intent, item) is yes
