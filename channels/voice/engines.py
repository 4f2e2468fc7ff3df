"""The engines of this process: loaded when the first kiosk comes, shared by all, each in a thread of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from threading import Lock
from typing import Any, cast

from starlette.requests import HTTPConnection

from assistant.foundation.logging import get_logger
from assistant.foundation.settings import Settings
from assistant.speech.engines import choosing
from assistant.speech.engines.base import Activity, EngineError, Heard, Recogniser, Spoken, Synthesiser
from assistant.speech.speaking import voice
from channels.voice.understanding import Words
from knowledge.catalogue import Catalogue

log = get_logger(__name__)


@dataclass
class Engines:
    """One recogniser and one synthesiser; kiosks wait for each other in the order they ask."""

    recogniser: Recogniser
    synthesiser: Synthesiser | None
    activity: Callable[[], Activity]
    _hearing: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "hearing"))
    _speaking: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "speaking"))

    async def hear(self, sound: Any, hints: Sequence[str]) -> Heard:
        """See `base.Recogniser`; which language it is, is heard."""
        work = partial(self.recogniser.recognise, sound, hints=hints)
        return await asyncio.get_running_loop().run_in_executor(self._hearing, work)

    async def say(self, text: str, speed: float) -> Spoken:
        """See `base.Synthesiser`."""
        if self.synthesiser is None:
            raise EngineError("not_installed")
        work = partial(self.synthesiser.synthesise, text, speed=speed)
        return await asyncio.get_running_loop().run_in_executor(self._speaking, work)


class Shelf:
    """Where an app keeps its engines."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._engines: Engines | None = None
        self._words: tuple[Catalogue, Words] | None = None

    def opened(self, settings: Settings) -> Engines:
        """The engines, loaded if they are not yet; for a thread. A kiosk that cannot speak still hears.

        Raises:
            EngineError: there is no recogniser.
        """
        with self._lock:
            if self._engines is None:
                ears = choosing.recogniser(settings)
                mouth: voice.Voice | None = None
                try:
                    mouth = voice.opened(settings)
                    mouth.warm()
                except EngineError as error:
                    log.warning("voice.no_synthesiser", code=error.code, reason=str(error))
                    mouth = None
                self._engines = Engines(ears, mouth, lambda: choosing.activity(settings))
            return self._engines

    def words(self, catalogue: Catalogue, region: str) -> Words:
        """What hearing goes by, made once for each state of the catalogue; for a thread."""
        with self._lock:
            if self._words is None or self._words[0] is not catalogue:
                self._words = catalogue, Words.of(catalogue, region)
            return self._words[1]

    def put(self, engines: Engines) -> None:
        """These and no others."""
        self._engines = engines


def engines_of(connection: HTTPConnection) -> Shelf:
    """The shelf of the app a socket came to."""
    state = connection.app.state
    if not hasattr(state, "voice"):
        state.voice = Shelf()
    return cast(Shelf, state.voice)
