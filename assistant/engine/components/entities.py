"""The values in a sentence as Rasa's entities: numbers with check digits, telephones, dates, sums, areas, addresses, districts.

What they look like stands in ``patterns``, which the application reads answers with as well. Names of persons are only found
where something asks for one: words before it, or the open question.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_END,
    ENTITY_ATTRIBUTE_START,
    ENTITY_ATTRIBUTE_TYPE,
    ENTITY_ATTRIBUTE_VALUE,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message

from assistant.engine.components.patterns.finding import Entity, find
from assistant.engine.components.patterns.regions import regions_in

NAME = "person_name"
"""The type of a question whose answer is somebody's name."""

_CHINA = timezone(timedelta(hours=8))


def _today() -> date:
    return datetime.now(_CHINA).date()


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class ValueExtractor(GraphComponent, EntityExtractorMixin):  # type: ignore[misc]
    """Reads ``asking`` from the message's metadata; its ``type`` says what the open question wants.

    An entity has Rasa's keys, and ``valid`` where a check digit says whether it can be right. Offsets are those of the text as
    it came. Values are normal forms: ISO 8601 for dates, yuan and square metres as decimals, telephone numbers without blanks,
    codes in capitals.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Nothing can be set: what counts as a value is the patterns' business."""
        return {}

    def __init__(self, config: dict[str, Any], today: Callable[[], date] = _today) -> None:
        """``today`` is what 明天 counts from."""
        self._today = today
        # The list of regions is read now rather than while the first citizen waits.
        list(regions_in("上海"))

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> ValueExtractor:
        """Build the component."""
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the values of each message to its entities."""
        for message in messages:
            asking = (message.get("metadata") or {}).get("asking") or {}
            found = find(message.get(TEXT) or "", self._today(), asked_name=asking.get("type") == NAME)
            entities = self.add_extractor_name([_rasa(entity) for entity in found])
            message.set(ENTITIES, [*message.get(ENTITIES, []), *entities], add_to_output=True)
        return messages


def _rasa(entity: Entity) -> dict[str, Any]:
    given = {
        ENTITY_ATTRIBUTE_TYPE: entity.kind,
        ENTITY_ATTRIBUTE_VALUE: entity.value,
        ENTITY_ATTRIBUTE_START: entity.start,
        ENTITY_ATTRIBUTE_END: entity.end,
    }
    return given if entity.valid is None else {**given, "valid": entity.valid}
