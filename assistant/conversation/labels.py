"""The intents a sentence can be labelled with, in the order people are shown them, and whether an item belongs to each."""

from __future__ import annotations

from typing import Literal

from assistant.conversation.understanding import ITEM_INTENTS, MAY_NAME

INTENTS: tuple[str, ...] = (
    "apply", "ask_process", "ask_materials", "ask_conditions", "ask_time_limit", "ask_fee", "ask_location", "check_progress",
    "complaint", "to_human", "correct_info", "rate_service", "greet", "chitchat", "out_of_scope",
    "affirm", "deny", "choose", "provide", "skip", "back", "review", "cancel", "pause", "resume", "help", "repeat", "why",
    "thanks", "goodbye", "restart",
)  # fmt: skip
WHICH, NO_ITEM = "?", "-"
"""Instead of an item: one is needed and was not said; none is needed."""


def takes_item(intent: str) -> Literal["needed", "possible", "none"]:
    """Whether an item belongs to a label: of ``needed`` ones ``?`` says that it was not said, ``-`` is impossible."""
    if intent in ITEM_INTENTS:
        return "needed"
    return "possible" if intent in MAY_NAME else "none"


def fits(intent: str, item: str) -> bool:
    """Whether intent and item (a code, ``?`` or ``-``) go together."""
    if intent not in INTENTS:
        return False
    kind = takes_item(intent)
    return item == NO_ITEM if kind == "none" else item != (NO_ITEM if kind == "needed" else WHICH)
