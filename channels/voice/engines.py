"""The engines of this process: loaded when the first kiosk's page is opened, shared by all, each in a thread of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from threading import Lock, Thread
from typing import Any, cast

from starlette.requests import HTTPConnection

from assistant.foundation.logging import get_logger
from assistant.foundation.settings import Settings
from assistant.speech.engines import choosing
from assistant.speech.engines.base import RATE, Activity, EngineError, Heard, Recogniser, Spoken, Synthesiser
from assistant.speech.speaking import voice
from channels.parts import Parts
from channels.voice.understanding import Words
from channels.voice.waiting import Line
from knowledge.catalogue import Catalogue

log = get_logger(__name__)


_FINAL, _PAUSE, _DOOR = 0, 1, 2
_FIRST, _LATER = 0, 1
_SECOND_COSTS = 0.15
"""Seconds it takes to recognise one, about: long talk lets short answers of others go first."""
_LONG_S = 10.0
"""What is longer is not recognised at a pause while others are there: it could not be stopped when one of them is done."""


@dataclass
class Engines:
    """One recogniser and one synthesiser for all kiosks. Who is done speaking goes before who only pauses, and both before the
    door nobody has come through yet; the first sentence of an answer before the later ones of another."""

    recogniser: Recogniser
    synthesiser: Synthesiser | None
    activity: Callable[[], Activity]
    kiosks: int = 0
    _hearing: Line = field(default_factory=lambda: Line("hearing"))
    _speaking: Line = field(default_factory=lambda: Line("speaking"))

    @contextmanager
    def shared(self) -> Iterator[None]:
        """While one kiosk uses these."""
        self.kiosks += 1
        try:
            yield
        finally:
            self.kiosks -= 1

    async def hear(
        self, sound: Any, hints: Sequence[str], *, language: str | None = None, done: Callable[[], bool] = lambda: True
    ) -> Heard | None:
        """See `base.Recogniser`. `done` says whether she is done speaking, or may go on yet; None where a pause is not worth it.

        Raises:
            EngineError: see `base.Recogniser`.
        """
        seconds = len(sound) / RATE
        if seconds > _LONG_S and self.kiosks > 1 and not done():
            return None
        work = partial(self.recogniser.recognise, sound, hints=hints, language=language)
        return await self._hearing.run(work, rank=lambda: _FINAL if done() else _PAUSE, cost=seconds * _SECOND_COSTS)

    async def overhear(self, sound: Any, hints: Sequence[str]) -> Heard:
        """What somebody said who is in no conversation: after everybody who is."""
        work = partial(self.recogniser.recognise, sound, hints=hints)
        return await self._hearing.run(work, rank=lambda: _DOOR)

    async def say(self, text: str, speed: float, *, first: bool = False) -> Spoken:
        """See `base.Synthesiser`; `first` where somebody waits in silence for it.

        Raises:
            EngineError: see `base.Synthesiser`; not_installed.
        """
        if self.synthesiser is None:
            raise EngineError("not_installed")
        work = partial(self.synthesiser.synthesise, text, speed=speed)
        return await self._speaking.run(work, rank=lambda: _FIRST if first else _LATER)


class Shelf:
    """Where an app keeps its engines."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._engines: Engines | None = None
        self._words: tuple[Catalogue, str, Words] | None = None
        self._warming: Thread | None = None
        self.doors = 0
        """Kiosks that wait for somebody to speak to them."""

    def warm(self, parts: Parts) -> None:
        """Begins to load the engines and the words, and comes back at once: a kiosk's page is up, so the first to speak to it
        need not wait for them. What goes wrong is told to whoever opens a voice."""
        if parts.settings.voice_recogniser == "off" or self._engines is not None or (self._warming and self._warming.is_alive()):
            return
        self._warming = Thread(target=self._warm, args=(parts,), name="voice-warm", daemon=True)
        self._warming.start()

    def _warm(self, parts: Parts) -> None:
        try:
            self.opened(parts.settings)
            self.words(parts.guides.catalogue, parts.settings.region)
        except Exception as error:  # nobody waits for it: whoever does, has it tried again
            log.warning("voice.not_warmed", error=repr(error))

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
            if self._words is None or self._words[0] is not catalogue or self._words[1] != region:
                self._words = catalogue, region, Words.of(catalogue, region)
            return self._words[2]

    def put(self, engines: Engines) -> None:
        """These and no others."""
        self._engines = engines


def engines_of(connection: HTTPConnection) -> Shelf:
    """The shelf of the app a socket came to."""
    state = connection.app.state
    if not hasattr(state, "voice"):
        state.voice = Shelf()
    return cast(Shelf, state.voice)
