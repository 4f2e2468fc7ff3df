"""The words citizens and operators read: ``messages/<locale>/<room>.yaml``, flat ``key: "text with {param}"``.

A key is written ``<room>.<key>``. Every text is in simplified Chinese; ``render`` turns the finished text, citizen's
own words included, into the script of the locale.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml
from opencc import OpenCC

CATALOGUE_DIR = Path(__file__).parent / "zh-CN"


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


def t(key: str, /, **params: Any) -> str:
    """The text of ``key`` with its parameters filled in.

    Raises:
        KeyError: there is no such key, or the text names a parameter that was not given.
    """
    return catalogue()[key].format_map(params)


def render(text: str, locale: str | None) -> str:
    """A finished text in the script of ``locale``: Traditional characters for ``zh-Hant``, unchanged otherwise."""
    return _convert("s2tw", text) if locale == "zh-Hant" else text


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
