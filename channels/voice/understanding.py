"""What a kiosk heard, as what was meant: repaired towards our words, and read back first where a mistake would be costly."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from assistant.foundation.clock import SHANGHAI
from assistant.speech.frames import Prompt, Wish
from assistant.speech.hearing import vocabulary
from assistant.speech.hearing.asked import Asked, Questions
from assistant.speech.hearing.attempts import Attempts, Way
from assistant.speech.hearing.hints import Hints
from assistant.speech.hearing.meaning import meant
from assistant.speech.hearing.readback import ReadBack
from assistant.speech.hearing.vocabulary import Vocabulary
from channels.parts import Parts
from knowledge.catalogue import Catalogue
from knowledge.replies import Ask

_ELSEWHERE = re.compile(r"人工|客服|取消|不办|上一步|退出|暂停|cancel|go back|staff|human|real person", re.IGNORECASE)
"""While a value is read back, this is no answer to that: the conversation hears it."""


@dataclass(frozen=True)
class Words:
    """The questions and the words of one catalogue as it stood."""

    questions: Questions
    vocabulary: Vocabulary
    hints: Hints

    @classmethod
    def of(cls, catalogue: Catalogue, region: str) -> Words:
        """Takes a moment: for a thread."""
        return cls(Questions(catalogue.guides.values()), vocabulary.of(catalogue, region), Hints(catalogue, region))

    def asked(self, ask: Mapping[str, Any] | None) -> Asked:
        """The question the API asks now."""
        return self.questions.asked(Ask.model_validate(ask) if ask else None)


class Understanding:
    """One kiosk's. A value that is being read back is kept here until she has said yes to it, or something else was asked."""

    def __init__(self, parts: Parts, words: Words) -> None:
        self._parts, self._words = parts, words
        self._confirming: ReadBack | None = None
        self._language: Literal["zh", "en"] = "zh"
        self._attempts = Attempts()

    def hints(self, ask: Mapping[str, Any] | None) -> Sequence[str]:
        """The words she is likely to say now."""
        asked = self._words.asked(ask)
        held = self._confirming
        if held is not None and held.asked.key == asked.key:
            return self._words.hints.confirming(held)
        return self._words.hints.of(asked, self._today)

    def tried(self, ask: Mapping[str, Any] | None, well: bool) -> tuple[Way, str] | None:
        """What she said did for the question asked now, or not; another way to answer where speech failed often enough."""
        if well or not ask:
            self._attempts = self._attempts.succeeded()
            return None
        asked = self._words.asked(ask)
        self._attempts = self._attempts.failed(asked)
        return self._attempts.offer(asked)

    async def __call__(self, text: str, ask: Mapping[str, Any] | None) -> Wish | Prompt:
        """What goes to the conversation, or what is said first."""
        return await asyncio.to_thread(self._meant, text, ask)

    def forget(self) -> None:
        """She answered otherwise: nothing is being read back any more."""
        self._confirming = None

    @property
    def _today(self) -> date:
        return self._parts.clock.now().astimezone(SHANGHAI).date()

    def _meant(self, text: str, ask: Mapping[str, Any] | None) -> Wish | Prompt:
        asked = self._words.asked(ask)
        held, self._confirming = self._confirming, None
        if held is not None and held.asked.key == asked.key and not _ELSEWHERE.search(text):
            return self._answered(held.hear(text))
        found = meant(text, asked, today=self._today, vocabulary=self._words.vocabulary, language=self._language)
        self._language = found.language
        if found.readback is not None and found.value is not None:
            return self._answered(ReadBack(asked, found.value, self._today))
        return Wish(text=found.text or text)

    def _answered(self, now: ReadBack) -> Wish | Prompt:
        if now.state == "confirmed":
            return Wish(text=now.value)
        if not now.over:
            self._confirming = now
        return Prompt(now.say, touch=now.state == "touch")

