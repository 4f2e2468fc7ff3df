"""What is asked while somebody speaks: the kind of answer and the words it may hold.

Hearing goes by it in everything: 三 is a digit where a telephone number is asked for, and a name's character where a name is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from assistant.casework.fields.parse import parse
from assistant.casework.fields.result import Parsed
from knowledge.replies import Ask
from knowledge.schema import FieldType, Guide, GuideField

#: Kinds that the API's own kinds tell, where no guide knows the question.
_KINDS: dict[str, FieldType] = {"date": "date", "choice": "choice", "multi": "multi", "confirm": "yes_no"}
WRITTEN = frozenset(("person_name", "company_name", "address"))
"""What stands on a licence in characters: many sound alike, and only who said it knows which were meant."""
_OPTIONED: frozenset[str] = frozenset(("choice", "multi", "yes_no"))


@dataclass(frozen=True)
class Asked:
    """One question. ``kind`` is None where nothing is asked, or something no guide has.

    ``options`` are the words an answer is chosen by, labels and aliases; ``key`` tells one question from the next.
    """

    kind: FieldType | None = None
    label: str = ""
    options: tuple[str, ...] = ()
    key: str = ""
    international: bool = False

    def read(self, text: str, today: date) -> Parsed | None:
        """What the form reads out of a text; None where that cannot be known without its options or columns."""
        if self.kind is None or self.kind in _OPTIONED or self.kind == "table":
            return None
        return parse(_field(self.kind, self.label, self.international), text, today, {})


@lru_cache(maxsize=256)
def _field(kind: FieldType, label: str, international: bool) -> GuideField:
    return GuideField(key="asked", label=label, type=kind, question=label, why=label, international=international)


class Questions:
    """The questions of a catalogue's guides, so that the kind of one is known from what the API asks."""

    def __init__(self, guides: Iterable[Guide]) -> None:
        self._fields: dict[tuple[str, str], GuideField] = {}
        self._by_key: dict[str, set[FieldType]] = {}
        self._any: dict[str, GuideField] = {}
        for guide in guides:
            for field in guide.fields:
                self._fields.setdefault((field.key, field.label), field)
                self._by_key.setdefault(field.key, set()).add(field.type)
                self._any.setdefault(field.key, field)

    def asked(self, ask: Ask | None) -> Asked:
        """The question the API asks now; an empty one for None."""
        if ask is None:
            return Asked()
        kinds = self._by_key.get(ask.field, set())
        field = self._fields.get((ask.field, ask.label)) or (self._any[ask.field] if len(kinds) == 1 else None)
        kind = field.type if field else _KINDS.get(ask.kind)
        words = dict.fromkeys(option.label for option in ask.options or [])
        for option in field.offered if field else []:
            words.update(dict.fromkeys((option.label, *option.aliases)))
        label = field.label if field else ask.label
        return Asked(kind, label, tuple(words), ask.field, field.international if field else False)
