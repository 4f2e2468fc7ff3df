"""An answer in free text is not mistaken for a question, and a clear question still interrupts."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.shared.nlu.training_data.message import Message

from assistant.engine.components.arbiter import AnswerArbiter

FREE = {"field": "company_name", "kind": "text", "free_text": True}
CHOICE = {"field": "kind", "kind": "choice", "free_text": False}


def decided(intent: str, confidence: float, asking: dict[str, Any] | None) -> Message:
    message = Message({"text": "…", "metadata": {"asking": asking}})
    message.set("intent", {"name": intent, "confidence": confidence})
    message.set("intent_ranking", [{"name": intent, "confidence": confidence}, {"name": "provide", "confidence": 0.1}])
    arbiter = AnswerArbiter({"threshold": 0.6, "intents": {"out_of_scope": 0.9}})
    (message,) = arbiter.process([message])
    return message


@pytest.mark.parametrize(
    ("intent", "confidence", "asking", "becomes"),
    [
        ("ask_location", 0.5, FREE, "provide"),
        ("ask_location", 0.7, FREE, "ask_location"),
        ("out_of_scope", 0.8, FREE, "provide"),
        ("out_of_scope", 0.95, FREE, "out_of_scope"),
        ("ask_location", 0.2, CHOICE, "ask_location"),
        ("ask_location", 0.2, None, "ask_location"),
        ("skip", 0.2, FREE, "skip"),
    ],
)
def test_decision(intent: str, confidence: float, asking: dict[str, Any] | None, becomes: str) -> None:
    assert decided(intent, confidence, asking).get("intent")["name"] == becomes


def test_the_ranking_leads_with_the_decision_and_names_each_intent_once() -> None:
    message = decided("ask_fee", 0.4, FREE)
    assert [entry["name"] for entry in message.get("intent_ranking")] == ["provide", "ask_fee"]
    assert message.get("intent")["confidence"] == pytest.approx(0.6)


def test_a_message_without_metadata_is_left_alone() -> None:
    message = Message({"text": "…"})
    message.set("intent", {"name": "greet", "confidence": 0.1})
    assert AnswerArbiter({"threshold": 0.6, "intents": {}}).process([message])[0].get("intent")["name"] == "greet"
