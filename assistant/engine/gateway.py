"""The app's view of the engine: calls are timed and counted, and an absence has one name."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from assistant.engine.client import EngineClient, EngineUnavailable, Parse
from assistant.engine.greeting import without_greeting
from assistant.foundation import metrics
from assistant.foundation.messages import simplify
from assistant.foundation.settings import Settings


class EngineDown(Exception):
    """The engine did not answer; what it may have begun counts for nothing until it is saved."""


T = TypeVar("T")
#: What we send instead of words when nothing needs to be classified: a tap, and a plainly valid value.
CHOSEN, PROVIDED = "/choose", "/provide"


def words_only(text: str) -> str:
    """A citizen's own words, without a greeting before a request: they end as ``text`` does.

    A leading slash is Rasa's shorthand for an intent, and that is ours alone to use.
    """
    return without_greeting(text.strip().lstrip("/")) or text


def simplified(text: str) -> str:
    """``text`` in simplified characters, the script the engine knows best, unless that would move what stands where in it."""
    converted = simplify(text)
    return converted if len(converted) == len(text) else text


def moved(parse: Parse, said: str, given: str) -> Parse:
    """A reading of ``given`` with its offsets as they are in ``said``, which may begin with blanks or slashes."""
    left_out = max(said.find(given), 0) if parse.entities else 0
    if not left_out:
        return parse
    entities = [e.model_copy(update={"start": e.start + left_out, "end": e.end + left_out}) for e in parse.entities]
    return parse.model_copy(update={"entities": entities})


#: Seconds a sentence may take to be read. A turn may have to wait for the converter behind other citizens' packages, or for a
#: paper to be read; broken off too soon, all of it would be made a second time.
READ_S, TURN_S = 20.0, 120.0


class EngineGateway:
    """One kept-alive client, which is given simplified characters.

    Nothing is tried twice here: a turn that broke off half-way must begin anew from the database.
    """

    def __init__(self, settings: Settings) -> None:
        self._client = EngineClient(settings.engine_url, settings.engine_token, timeout=READ_S, turn_timeout=TURN_S)

    async def turn(self, sender: str, text: str, asking: dict[str, Any] | None, slots: dict[str, str | None]) -> Parse:
        """Run one message through the engine.

        Raises:
            EngineDown: it stayed away.
        """
        return await self._call(lambda: self._client.turn(sender, simplified(text), asking, slots))

    async def parse(self, text: str, asking: dict[str, Any] | None) -> Parse:
        """Read one sentence without touching any dialogue.

        Raises:
            EngineDown: it stayed away.
        """
        given = words_only(text)
        return moved(await self._call(lambda: self._client.parse(simplified(given), asking)), text, given)

    async def parse_many(self, texts: Sequence[str], asking: dict[str, Any] | None) -> list[Parse]:
        """Read the clauses of a sentence in one call.

        Raises:
            EngineDown: it stayed away.
        """
        given = [words_only(text) for text in texts]
        parses = await self._call(lambda: self._client.parse_many([simplified(words) for words in given], asking))
        return [moved(parse, said, words) for parse, said, words in zip(parses, texts, given, strict=True)]

    async def ready(self) -> bool:
        """Whether a model is loaded."""
        return await self._client.ready()

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _call(self, call: Callable[[], Awaitable[T]]) -> T:
        started = time.perf_counter()
        try:
            result = await call()
        except EngineUnavailable as away:
            metrics.engine_errors_total.labels(reason="unavailable").inc()
            raise EngineDown from away
        metrics.engine_seconds.observe(time.perf_counter() - started)
        return result
