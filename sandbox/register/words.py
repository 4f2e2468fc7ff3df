"""The words of ``words.yaml``: from every synonym to the one word used here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import yaml


def plain(name: object) -> str:
    """A name as it is compared: without case, blanks, dashes and underscores."""
    return re.sub(r"[\s_\-.·:：()]+", "", unicodedata.normalize("NFKC", str(name))).lower()


def _table(words: Mapping[str, str]) -> dict[str, str]:
    """The words themselves are their own synonyms."""
    return {plain(synonym): word for word, synonyms in words.items() for synonym in (word, *synonyms.split())}


_WORDS: Final = yaml.safe_load(Path(__file__).with_name("words.yaml").read_text(encoding="utf-8"))
_TABLES: Final = {name: _table(words) for name, words in _WORDS.items()}

GROUPS: Final = _TABLES["groups"]
ENTERPRISE: Final = _TABLES["enterprise"]
PERSON: Final = _TABLES["person"]
LICENCE: Final = _TABLES["licence"]
SHAREHOLDER: Final = _TABLES["shareholder"]
ENTERPRISE_STATUS: Final = _TABLES["enterprise_status"]
LICENCE_STATUS: Final = _TABLES["licence_status"]
SEX: Final = _TABLES["sex"]
MARITAL: Final = _TABLES["marital"]
TRUTH: Final = _TABLES["truth"]
BARRED: Final = _TABLES["barred_mark"]
KINDS: Final = _TABLES["licence_kinds"]
KIND_NAMES: Final = {kind: names.split()[0] for kind, names in _WORDS["licence_kinds"].items()}
"""What is printed on top of each kind of licence."""
