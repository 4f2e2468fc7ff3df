"""What kiosks hear and speak with: which engine, and what to do where there is none. Everything else works without."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from assistant.foundation.messages import t
from assistant.foundation.settings import Settings
from assistant.speech.engines import choosing
from assistant.speech.engines.base import EngineError
from assistant.speech.speaking import voice
from channels.cli.checks import Check, bad, good


def checks(settings: Settings) -> Iterator[Check]:
    """Recogniser, activity and synthesiser, each loaded as a kiosk would."""
    yield _one("voice.recogniser", lambda: choosing.recogniser(settings).name)
    yield _one("voice.activity", lambda: choosing.activity(settings).name)
    yield _one("voice.synthesiser", lambda: _named(voice.chosen(settings)) if settings.voice_synthesiser != "off" else _off())


def _named(engine: object) -> str:
    name = str(getattr(engine, "name", ""))
    return t("doctor.voice_demo", name=name) if getattr(engine, "demo_only", False) else name


def _off() -> str:
    raise EngineError("off")


def _one(part: str, load: Callable[[], str]) -> Check:
    try:
        return good(part, load())
    except EngineError as error:
        if error.code == "off":
            return good(part, t("doctor.voice_off"))
        return bad(part, "voice_missing" if error.code == "not_installed" else "voice_broken", required=False, reason=str(error))
