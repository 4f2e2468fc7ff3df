"""An answer or a question? While a free-text field is asked, an uncertain question is taken as the answer."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier as RasaIntentClassifier
from rasa.shared.nlu.training_data.message import Message

PROVIDE = "provide"

ANSWERS = frozenset({"provide", "choose", "affirm", "deny", "skip", "correct_info"})
"""These reach the form whatever happens: the form's own reading of the words is better than a guess here."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class AnswerArbiter(GraphComponent, RasaIntentClassifier):  # type: ignore[misc]
    """Reads ``asking`` from the message's metadata: ``null`` or ``{field, kind, free_text}``."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Confidence an intent needs to interrupt a free-text question; ``intents`` overrides it by name."""
        return {"threshold": 0.6, "intents": {}}

    def __init__(self, config: dict[str, Any]) -> None:
        """Keep the thresholds."""
        self._threshold = float(config["threshold"])
        self._by_intent: dict[str, float] = dict(config["intents"])

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> AnswerArbiter:
        """Build the component."""
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Turn an unsure interruption of a free-text question into ``provide``."""
        for message in messages:
            asking = (message.get("metadata") or {}).get("asking")
            if asking and asking.get("free_text"):
                self._decide(message)
        return messages

    def _decide(self, message: Message) -> None:
        top = message.get("intent") or {}
        name, confidence = str(top.get("name")), float(top.get("confidence") or 0.0)
        if name in ANSWERS or confidence >= self._by_intent.get(name, self._threshold):
            return
        ranking = [entry for entry in message.get("intent_ranking") or [] if entry["name"] != PROVIDE]
        taken = {"name": PROVIDE, "confidence": round(1.0 - confidence, 4)}
        message.set("intent", taken, add_to_output=True)
        message.set("intent_ranking", [taken, *ranking], add_to_output=True)
