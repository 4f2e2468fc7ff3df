"""The widget's script: its parts put together into the one file that a page loads."""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

STATIC: Final = Path(__file__).with_name("static")
PARTS: Final = ("own", "words", "dom", "line", "talk", "draw", "form", "ask", "panel", "start")
"""In this order: each may use what stands before it. They share one scope, which nothing of the page can see."""


@dataclass(frozen=True)
class Script:
    """The script and the same compressed; ``tag`` is its ETag."""

    plain: bytes
    packed: bytes
    tag: str


@lru_cache(maxsize=1)
def script() -> Script:
    """The script, put together once in the life of a process."""
    style = (STATIC / "widget.css").read_text(encoding="utf-8")
    parts = [(STATIC / f"{name}.js").read_text(encoding="utf-8") for name in PARTS]
    # A classic script: only such a one knows its own element, and with it the address it came from
    sheet = f"const STYLE = {json.dumps(style, ensure_ascii=False)};"
    text = "\n".join(["(() => {", '"use strict";', sheet, *parts, "})();", ""])
    plain = text.encode()
    return Script(plain, gzip.compress(plain, 9, mtime=0), f'"{hashlib.sha256(plain).hexdigest()[:32]}"')
