"""What `serve` tells whoever started it: lines for people, or one JSON object a line."""

from __future__ import annotations

import json
import sys
from typing import Any

from assistant.foundation.messages import t


class Report:
    """Writes to standard output, each line at once, so that a pipe or a log shows progress as it happens."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json

    def say(self, key: str, /, **params: Any) -> None:
        """The message ``serve.<key>``."""
        self.line(key, t(f"serve.{key}", **params), params)

    def line(self, event: str, text: str, details: dict[str, Any]) -> None:
        """A finished line, with the name of the event and its details for programs."""
        if self._as_json:
            text = json.dumps({"event": event, "text": text.strip(), **details}, ensure_ascii=False, default=str)
        try:
            print(text, flush=True)
        except BrokenPipeError:
            # Whoever read along has gone (`| head`); serving goes on.
            sys.stdout = open("/dev/null", "w", encoding="utf-8")  # noqa: SIM115
