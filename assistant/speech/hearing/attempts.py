"""When to stop asking her to say it: after two failures at one question, touch or the scanner is offered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assistant.foundation.messages import t
from assistant.speech.hearing.asked import Asked

MOST = 2
#: What a card, a licence or a code on paper has as well.
SCANNED = frozenset(("id_number", "uscc", "person_name", "company_name"))

Way = Literal["touch", "scan", "said"]
"""How else to answer: on the screen, by a scanner, or still by voice, a number group by group."""


@dataclass(frozen=True)
class Attempts:
    """How often the question being asked has failed in a row. Immutable; a new question begins at nothing."""

    key: str = ""
    failures: int = 0

    def failed(self, asked: Asked) -> Attempts:
        """After an answer that could not be used."""
        return Attempts(asked.key, self.failures + 1 if asked.key == self.key else 1)

    def succeeded(self) -> Attempts:
        """After one that could."""
        return Attempts()

    def offer(self, asked: Asked) -> tuple[Way, str] | None:
        """Another way to answer this question and the sentence that offers it; None as long as speech may do."""
        if asked.key != self.key or self.failures < MOST:
            return None
        if asked.kind in SCANNED:
            return "scan", t("speech.hear_offer_scan")
        return "touch", t("speech.hear_offer_touch")
