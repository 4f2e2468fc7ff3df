"""Text on its way into a document, and text compared with what a document holds."""

from __future__ import annotations

import re
import unicodedata

# XML 1.0 forbids the controls, lone surrogates and the two non-characters; one of them would break the whole Word file.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
# Invisible characters that reorder or hide what a civil servant reads (a name printed backwards, two equal-looking names).
_DECEPTIVE = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
# What a text layer may lose or add at a line's end without any answer being lost.
_UNSTABLE = re.compile("[\\s\\-\u2010\u2011\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def clean(text: str) -> str:
    """``text`` as it may be printed: no character that XML forbids, none that is invisible and deceives; lines kept."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return _DECEPTIVE.sub("", _ILLEGAL.sub("", text)).strip()


def squash(text: str) -> str:
    """``text`` reduced to what two renderings of it share: compatibility forms folded, no white space, no line-end hyphens."""
    return _UNSTABLE.sub("", unicodedata.normalize("NFKC", _DECEPTIVE.sub("", _ILLEGAL.sub("", text))))


def chinese_date(year: int, month: int, day: int) -> str:
    """A date as Chinese forms print it: 2026年11月10日."""
    return f"{year}年{month}月{day}日"
