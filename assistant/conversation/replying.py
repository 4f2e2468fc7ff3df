"""A turn in the citizen's script: every text a person reads is converted, every code and value stays as it is."""

from __future__ import annotations

from typing import Any

from assistant.conversation.model import Event
from assistant.foundation.messages import render

#: Keys whose strings are read by people; everything else in a turn is for machines.
READ_BY_PEOPLE = frozenset({"text", "label", "title", "source", "example", "why", "message", "name", "article"})


def rendered(body: dict[str, Any], locale: str) -> dict[str, Any]:
    """The turn with its readable texts in the script of ``locale``; unchanged for zh-CN."""
    return body if locale == "zh-CN" else _walk(body, locale)


def told(event: Event, locale: str) -> Event:
    """An event as the citizen reads it. What staff, the office and the desk caused was put into words where her language
    was not known; turns and her own messages, and what staff typed, are as they were said.
    """
    ours = event.kind in ("notice", "owner") or (event.kind == "message" and event.data.get("from") == "bot")
    if locale == "zh-CN" or not ours or not isinstance(event.data.get("text"), str):
        return event
    return Event(event.seq, event.kind, {**event.data, "text": render(event.data["text"], locale)}, event.at)


def _walk(value: Any, locale: str, key: str = "") -> Any:
    if isinstance(value, dict):
        if value.get("citations") and value.get("rows"):  # what a guide says; other rows hold the citizen's own words
            value = {**value, "rows": [{**row, "value": render(row["value"], locale)} for row in value["rows"]]}
        # an item's name is a contract, and an action's message is sent back to us: both stay as they are
        return {
            k: v if k in ("understanding", "guide") or (k == "message" and "label" in value) else _walk(v, locale, k)
            for k, v in value.items()
        }
    if isinstance(value, list):
        return [_walk(item, locale, key) for item in value]
    return render(value, locale) if isinstance(value, str) and key in READ_BY_PEOPLE else value
