"""A turn in the citizen's script: every text a person reads is converted, every code and value stays as it is."""

from __future__ import annotations

import re
from typing import Any

from assistant.conversation.model import Event
from assistant.foundation.messages import ENGLISH, render

#: Keys whose strings are read by people; everything else in a turn is for machines.
READ_BY_PEOPLE = frozenset({"text", "label", "title", "source", "example", "why", "message", "name", "article"})


_HAN, _OF_NAMES = re.compile(r"[\u3400-\u9fff]"), re.compile(r"[\u3400-\u9fff0-9]")
#: Chinese marks and the English ones for them, with the blank that follows.
_MARKS = {
    "，": ", ", "。": ". ", "；": "; ", "：": ": ", "、": ", ", "！": "! ", "？": "? ",
    "“": '"', "”": '"', "「": '"', "」": '"', "《": '"', "》": '"',
}  # fmt: skip
_BRACKETED = re.compile(r"(?<![\u3400-\u9fff])（([^（）]*)）(?![\u3400-\u9fff])")
_CHINESE_MARK = re.compile(f"[{''.join(_MARKS)}]")


def english_marks(text: str) -> str:
    """An English text with English quotes and stops; what stands between Chinese words, such as a firm's name, is kept.

    >>> english_marks("Say “back”，or 示例（上海）公司。")
    'Say "back", or 示例（上海）公司.'
    """
    if not re.search(f"{_CHINESE_MARK.pattern}|（", text) or not re.search("[A-Za-z]", text):
        return text

    def mark(match: re.Match[str]) -> str:
        before, after = text[: match.start()].rstrip()[-1:], text[match.end() :].lstrip()[:1]
        chinese = _OF_NAMES.match(before) and _OF_NAMES.match(after) and _HAN.search(before + after)
        return match[0] if chinese and match[0] not in "“”" else _MARKS[match[0]]

    said = _CHINESE_MARK.sub(mark, _BRACKETED.sub(r" (\1) ", text))
    return re.sub(r"  +", " ", re.sub(r" +(?=[,.;:!?)\n]|$)", "", said)) if said != text else text


def rendered(body: dict[str, Any], locale: str) -> dict[str, Any]:
    """The turn with its readable texts in the script of ``locale``; unchanged for zh-CN."""
    return body if locale == "zh-CN" else _walk(body, locale)


def told(event: Event, locale: str) -> Event:
    """An event as the citizen reads it. What staff, the office and the desk caused was put into words where her language
    was not known; turns and her own messages, and what staff typed, are as they were said.
    """
    ours = event.kind in ("notice", "owner", "call") or (event.kind == "message" and event.data.get("from") == "bot")
    if locale == "zh-CN" or not ours or not isinstance(event.data.get("text"), str):
        return event
    return Event(event.seq, event.kind, {**event.data, "text": readable(event.data["text"], locale)}, event.at)


def readable(text: str, locale: str) -> str:
    """A finished text for a reader: in her script, or with the marks of her language."""
    said = render(text, locale)
    return english_marks(said) if locale == ENGLISH else said


def _walk(value: Any, locale: str, key: str = "") -> Any:
    if isinstance(value, dict):
        if value.get("citations") and value.get("rows"):  # what a guide says; other rows hold the citizen's own words
            value = {**value, "rows": [{**row, "value": readable(row["value"], locale)} for row in value["rows"]]}
        # an item's name is a contract, and an action's message is sent back to us: both stay as they are
        return {
            k: v if k in ("understanding", "guide") or (k == "message" and "label" in value) else _walk(v, locale, k)
            for k, v in value.items()
        }
    if isinstance(value, list):
        return [_walk(item, locale, key) for item in value]
    return readable(value, locale) if isinstance(value, str) and key in READ_BY_PEOPLE else value
