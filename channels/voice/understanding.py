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
from assistant.speech.hearing import dictating, vocabulary
from assistant.speech.hearing.asked import Asked, Questions
from assistant.speech.hearing.attempts import Attempts, Way
from assistant.speech.hearing.correcting import names_part
from assistant.speech.hearing.dictating import Dictation
from assistant.speech.hearing.hints import Hints
from assistant.speech.hearing.meaning import meant
from assistant.speech.hearing.readback import ReadBack
from assistant.speech.hearing.vocabulary import Vocabulary
from channels.parts import Parts
from knowledge.catalogue import Catalogue
from knowledge.replies import Ask

_ELSEWHERE = re.compile(
    r"人工|客服|取消|不办|上一步|退出|暂停|为什么|干什么|干嘛|做什么用|怎么办|多少钱|能不能|可不可以|(?:没|不)(?:带|记得|知道)"
    r"|cancel|go back|staff|human|real person|why",
    re.IGNORECASE,
)
"""While a value is read back or taken down, this is no answer to that: the conversation hears it."""

_BY_GROUPS = re.compile(r"一段一段|一组一组|分(?:段|组|几次)说|[几三四]位[几三四]位|一位一位")
"""She would rather say a number in pieces."""
_MOST_REFUSED = 2
"""So often a number that was read back is refused before it is taken down group by group."""


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
        self._dictation: Dictation | None = None
        self._refused = 0

    def hints(self, ask: Mapping[str, Any] | None) -> Sequence[str]:
        """The words she is likely to say now."""
        asked = self._words.asked(ask)
        if (taking := self._taking_down(asked)) is not None:
            return self._words.hints.dictating(taking)
        held = self._confirming
        if held is not None and held.asked.key == asked.key:
            return self._words.hints.confirming(held)
        return self._words.hints.of(asked, self._today)

    def tried(self, ask: Mapping[str, Any] | None, well: bool) -> tuple[Way, str] | None:
        """What she said did for the question asked now, or not; another way to answer where it did not.

        A number is taken down group by group after the first failure; after the second it is touched, or read by the scanner.
        What is being taken down or read back is asked for once more meanwhile.
        """
        if well or not ask:
            self._attempts = self._attempts.succeeded()
            return None
        asked = self._words.asked(ask)
        self._attempts = self._attempts.failed(asked)
        offer = self._attempts.offer(asked)
        if (unheard := self._unheard(asked)) is not None:
            return ("touch" if unheard.touch else offer[0] if offer else "said"), unheard.text
        if offer is None and dictating.possible(asked):
            return "said", self._take_down(asked).text
        return offer

    def _unheard(self, asked: Asked) -> Prompt | None:
        """The question again that was being settled with her when nothing was heard; None where none was."""
        held, self._confirming = self._confirming, None
        if (taking := self._taking_down(asked)) is not None:
            return self._taken_down(taking.hear(""))
        now = self._answered(held.hear("")) if held is not None and held.asked.key == asked.key else None
        return now if isinstance(now, Prompt) else None

    async def __call__(self, text: str, ask: Mapping[str, Any] | None) -> Wish | Prompt:
        """What goes to the conversation, or what is said first."""
        return await asyncio.to_thread(self._meant, text, ask)

    def forget(self) -> None:
        """She answered otherwise: nothing is being read back any more."""
        self._confirming = self._dictation = None

    @property
    def _today(self) -> date:
        return self._parts.clock.now().astimezone(SHANGHAI).date()

    def _meant(self, text: str, ask: Mapping[str, Any] | None) -> Wish | Prompt:
        asked = self._words.asked(ask)
        held, self._confirming = self._confirming, None
        taking, self._dictation = self._taking_down(asked), None
        if not _ELSEWHERE.search(text):
            if taking is not None:
                return self._taken_down(taking.hear(text))
            if held is not None and held.asked.key == asked.key:
                return self._settled(held, text)
            if _BY_GROUPS.search(text) and dictating.possible(asked):
                return self._take_down(asked)
        self._refused = 0
        found = meant(text, asked, today=self._today, vocabulary=self._words.vocabulary, language=self._language)
        self._language = found.language
        if found.readback is not None and found.value is not None:
            return self._answered(ReadBack(asked, found.value, self._today))
        return Wish(text=found.text or text)

    def _settled(self, held: ReadBack, text: str) -> Wish | Prompt:
        """What she said to a value read back. One that is wrong for the second time is taken down group by group, unless she
        named the part that is."""
        now = held.hear(text)
        wrong = now.state in ("wrong", "anew") or now.value != held.value
        self._refused += wrong and held.state != "wrong"
        if wrong and self._refused >= _MOST_REFUSED and not names_part(text) and dictating.possible(held.asked):
            return self._take_down(held.asked)
        return self._answered(now)

    def _answered(self, now: ReadBack) -> Wish | Prompt:
        if now.state == "confirmed":
            return Wish(text=now.value)
        if not now.over:
            self._confirming = now
        return Prompt(now.say, touch=now.state == "touch")

    def _taking_down(self, asked: Asked) -> Dictation | None:
        """The number being taken down, if it is the one asked for."""
        return self._dictation if self._dictation is not None and self._dictation.asked.key == asked.key else None

    def _take_down(self, asked: Asked) -> Prompt:
        """Begin with the first group."""
        self._dictation, self._refused = Dictation(asked, self._today), 0
        return Prompt(self._dictation.say)

    def _taken_down(self, now: Dictation) -> Prompt:
        """What is said after a group: the next one is asked for, or the whole is read back."""
        self._dictation = None
        if now.state == "complete":
            self._confirming = now.read_back
            return Prompt(self._confirming.say)
        if not now.over:
            self._dictation = now
        return Prompt(now.say, touch=now.state in ("touch", "given_up"))
