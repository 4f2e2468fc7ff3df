"""Which ears a kiosk has, by the settings. Voices are chosen in `assistant.speech.speaking.voice`."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from assistant.foundation.settings import Settings
from assistant.speech.engines.base import Activity, EngineError, Recogniser

RECOGNISERS = ("sherpa", "whisper")
"""In the order ``auto`` tries them: the city's own model, the demo's."""

WHISPER_FOLDER = "whisper-base"
"""Below `models/voice`; `./bandao voice install` puts it there."""


def recogniser(settings: Settings) -> Recogniser:
    """The recogniser the settings choose. With ``auto``, one that is not installed is passed over, one that is broken is not.

    Raises:
        EngineError: not_installed or broken; ``off`` when the settings want none.
    """
    if settings.voice_recogniser == "off":
        raise EngineError("off")
    if settings.voice_recogniser != "auto":
        return _recogniser(settings.voice_recogniser, settings)
    for name in RECOGNISERS:
        try:
            return _recogniser(name, settings)
        except EngineError as error:
            if error.code != "not_installed" or (name == "sherpa" and settings.voice_recogniser_folder is not None):
                raise
    raise EngineError("not_installed", ", ".join(RECOGNISERS))


def plugged(name: str, settings: Settings) -> Any:
    """An engine from outside: `module:Class`, made with the settings. What it is, its caller says.

    Raises:
        EngineError: not_installed, there is no such module or class; broken, it could not be made.
    """
    module, _, attribute = name.partition(":")
    try:
        made = getattr(import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise EngineError("not_installed", f"{name}: {error}") from error
    try:
        return made(settings)
    except EngineError:
        raise
    except Exception as error:  # whatever somebody else's engine throws
        raise EngineError("broken", f"{name}: {type(error).__name__}: {error}") from error


def _recogniser(name: str, settings: Settings) -> Recogniser:
    if ":" in name:
        ears: Recogniser = plugged(name, settings)
        return ears
    if name == "sherpa":
        from assistant.speech.engines.sherpa import Sherpa

        return Sherpa(settings.voice_recogniser_folder, settings.voice_threads)
    from assistant.speech.engines.whisper import Whisper

    return Whisper(settings.models_dir / "voice" / WHISPER_FOLDER, settings.voice_threads)


def activity(settings: Settings) -> Activity:
    """An ear for voices, a new one for every microphone. With ``auto``, loudness where Silero does not run.

    Raises:
        EngineError: not_installed.
    """
    if settings.voice_activity != "energy":
        from assistant.speech.engines.silero import Silero

        try:
            return Silero()
        except EngineError:
            if settings.voice_activity == "silero":
                raise
    from assistant.speech.engines.energy import Energy

    return Energy()
