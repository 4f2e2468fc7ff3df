"""Sentences made ahead: what is said again and again is heard at once, and not made anew at every kiosk.

Only sentences of the message catalogue without a parameter are kept: nothing a citizen said and no value of hers can be in
them.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path

from assistant.foundation.messages import catalogue, english
from assistant.speech.engines.base import Phone, Spoken
from assistant.speech.speaking.sentences import sentences

LARGEST = 64 * 1024 * 1024
"""Bytes kept on disk; beyond, what was used longest ago goes."""

LONGEST = 80
"""Characters of a message worth keeping ready."""

OFTEN = ("speech", "conversation")
"""The rooms whose messages are made before anybody asked; those of the others are kept once they have been said."""

_VERSION = 1


@lru_cache(maxsize=1)
def fixed() -> frozenset[str]:
    """Every sentence of the catalogue in which nothing is filled in, in both languages."""
    return frozenset(_sentences([*catalogue().values(), *english().values()]))


def often() -> list[str]:
    """The sentences made ahead, in the order of the catalogue."""
    return list(dict.fromkeys(_sentences(text for key, text in catalogue().items() if key.partition(".")[0] in OFTEN)))


def _sentences(texts: Iterable[str]) -> Iterable[str]:
    for text in texts:
        if "{" not in text and len(text) <= LONGEST and re.search(r"\w", text):
            yield from sentences(text)


class Prepared:
    """Made sentences in ``folder``, by engine, voice, text and speed. A damaged file is as good as none."""

    def __init__(self, folder: Path, largest: int = LARGEST) -> None:
        self._folder = folder
        self._largest = largest

    def find(self, engine: str, text: str, speed: float) -> Spoken | None:
        """What was made of this sentence, or None."""
        if text not in fixed():
            return None
        path = self._path(engine, text, speed)
        try:
            head, _, pcm = path.read_bytes().partition(b"\n")
            told = json.loads(head)
            if hashlib.sha256(pcm).hexdigest() != told["sha256"]:
                raise ValueError(path.name)
            spoken = Spoken(pcm, int(told["rate"]), tuple(Phone(**phone) for phone in told["phones"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None
        with suppress(OSError):
            os.utime(path)
        return spoken

    def keep(self, engine: str, text: str, speed: float, spoken: Spoken) -> bool:
        """Keep it if it is a sentence of the catalogue; whether it was. A full disk is no reason not to speak."""
        if text not in fixed():
            return False
        sha256 = hashlib.sha256(spoken.pcm).hexdigest()
        told = {"rate": spoken.rate, "sha256": sha256, "phones": [asdict(phone) for phone in spoken.phones]}
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            path = self._path(engine, text, speed)
            draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
            draft.write_bytes(json.dumps(told).encode() + b"\n" + spoken.pcm)
            draft.replace(path)
            self._trim()
        except OSError:
            return False
        return True

    def _path(self, engine: str, text: str, speed: float) -> Path:
        key = json.dumps([_VERSION, engine, text, round(speed, 2)], ensure_ascii=False)
        return self._folder / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.said"

    def _trim(self) -> None:
        kept = sorted(((path.stat().st_mtime, path.stat().st_size, path) for path in self._folder.glob("*.said")), reverse=True)
        total = 0
        for _, size, path in kept:
            total += size
            if total > self._largest:
                path.unlink(missing_ok=True)
