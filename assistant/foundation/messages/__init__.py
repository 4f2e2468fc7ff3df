"""The words citizens and operators read: ``messages/<locale>/<room>.yaml``, flat ``key: "text with {param}"``.

A key is written ``<room>.<key>``. Texts are in simplified Chinese; what citizens read is in English as well, and
``use_language`` says which is spoken. A text English does not have is said in Chinese. ``render`` turns the finished
text, citizen's own words included, into the script of the locale.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml
from opencc import OpenCC

CATALOGUE_DIR = Path(__file__).parent / "zh-CN"
CHINESE, ENGLISH = "zh-CN", "en"
_HAN = re.compile(r"[\u3400-\u9fff]")
_DAY = re.compile(r"(\d{4})年(0?[1-9]|1[0-2])月(\d{1,2})日")
_language: ContextVar[str] = ContextVar("language", default=CHINESE)


class CatalogueError(ValueError):
    """A message file is not a flat mapping of texts, or says a key twice."""


@lru_cache(maxsize=1)
def catalogue() -> Mapping[str, str]:
    """Every message by its full key, read once.

    Raises:
        CatalogueError: naming the file and key at fault.
    """
    return MappingProxyType(load(CATALOGUE_DIR))


def load(folder: Path) -> dict[str, str]:
    """The messages of one folder of YAML files; see ``catalogue``."""
    messages: dict[str, str] = {}
    for path in sorted(folder.glob("*.yaml")):
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
        if node is None:
            continue
        if not isinstance(node, yaml.MappingNode):
            raise CatalogueError(f"{path.name}: not a mapping of keys to texts")
        # Composed rather than loaded: loading would let the second of two equal keys win in silence.
        for key_node, text_node in node.value:
            where = f"{path.name}:{key_node.start_mark.line + 1}: {key_node.value}"
            if not isinstance(text_node, yaml.ScalarNode):
                raise CatalogueError(f"{where} is not a text")
            key = f"{path.stem}.{key_node.value}"
            if key in messages:
                raise CatalogueError(f"{where} is there twice")
            messages[key] = text_node.value
    return messages


@lru_cache(maxsize=1)
def english() -> Mapping[str, str]:
    """The messages there are in English, by their full key, read once."""
    return MappingProxyType(load(CATALOGUE_DIR.with_name(ENGLISH)))


def language() -> str:
    """The language spoken here and now: ``zh-CN`` or ``en``."""
    return _language.get()


def language_of(locale: str | None) -> str:
    """The language of a locale: both Chinese scripts are one language."""
    return ENGLISH if locale == ENGLISH else CHINESE


@contextmanager
def use_language(spoken: str) -> Iterator[None]:
    """Speak this language until the block ends; threads started with ``asyncio.to_thread`` speak it too."""
    token = _language.set(language_of(spoken))
    try:
        yield
    finally:
        _language.reset(token)


def t(key: str, /, **params: Any) -> str:
    """The text of ``key`` with its parameters filled in, in the language being spoken.

    Raises:
        KeyError: there is no such key, or the text names a parameter that was not given.
    """
    if _language.get() == ENGLISH:
        said = english().get(key)
        if said is not None:
            return said.format_map(params)
    return catalogue()[key].format_map(params)


def render(text: str, locale: str | None) -> str:
    """A finished text for ``locale``: Traditional characters for ``zh-Hant``; for ``en`` our own messages in English.

    A text is finished before its reader is known where it waits in the database (a case's timeline) or is made beside
    the conversation (an upload). Words that are no message of ours, such as the office's, stay as they are.
    """
    if locale == ENGLISH:
        return _retold(text) if _HAN.search(text) else text
    return _convert("s2tw", text) if locale == "zh-Hant" else text


@lru_cache(maxsize=1024)
def _retold(text: str) -> str:
    if (day := _DAY.fullmatch(text)) is not None:
        year, month, number = map(int, day.groups())
        named = english()["knowledge.months"].split()[month - 1]
        return english()["knowledge.date"].format(day=number, month=named, year=year)
    whole, rest = _retell(text)
    if whole is None:
        return text
    if not rest:
        return whole
    following = _retell(rest)  # a message and its remedy, one after the other
    return f"{whole} {following[0]}" if following[0] is not None and not following[1] else text


def _retell(text: str) -> tuple[str | None, str]:
    """The longest message of ours that ``text`` begins with, in English, and what follows it."""
    best: tuple[int, str] | None = None
    for pattern, said in _templates().get(text[:1], ()):
        match = pattern.match(text)
        if match and (best is None or match.end() > best[0]):
            params = {name: _retold(value) for name, value in match.groupdict().items()}
            best = match.end(), said.format_map(params)
    return (best[1], text[best[0] :]) if best else (None, text)


@lru_cache(maxsize=1)
def _templates() -> Mapping[str, list[tuple[re.Pattern[str], str]]]:
    """Chinese messages that have an English text, as patterns, by the character they begin with."""
    found: dict[str, list[tuple[re.Pattern[str], str]]] = {}
    for key, text in catalogue().items():
        said = english().get(key)
        if said is None or text.startswith("{") or not _HAN.search(text):
            continue
        parts = re.split(r"\{(\w+)\}", text)
        seen: set[str] = set()
        pattern = ""
        for place, part in enumerate(parts):
            if place % 2 == 0:
                pattern += re.escape(part)
            else:
                last = place == len(parts) - 2 and not parts[-1]
                pattern += f"(?P={part})" if part in seen else f"(?P<{part}>.+{'' if last else '?'})"
                seen.add(part)
        found.setdefault(text[0], []).append((re.compile(pattern, re.DOTALL), said))
    return found


def simplify(text: str) -> str:
    """``text`` in simplified characters, for understanding what somebody typed in Traditional ones."""
    return _convert("t2s", text)


def _convert(direction: str, text: str) -> str:
    converted: str = _converter(direction).convert(text)
    return converted


@lru_cache(maxsize=2)
def _converter(direction: str) -> OpenCC:
    # Reading OpenCC's dictionaries takes tens of milliseconds; converting takes microseconds.
    return OpenCC(direction)
