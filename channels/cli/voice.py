"""``bandao voice install|say``: fetch and make the models the kiosk hears and speaks with; hear one sentence."""

from __future__ import annotations

import time
import wave
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from assistant.foundation.messages import t
from assistant.foundation.settings import get_settings
from channels.cli.output import Json, fail, progress, show

commands = typer.Typer(no_args_is_help=True)

PARTS = ("voice", "recogniser")
"""What is installed: modules of ``assistant.speech.install``, each with ``install(folder, progress)``."""


@commands.command("install", help=t("voice.help_install"))
def install(
    only: Annotated[str | None, typer.Option("--only", help=t("voice.help_only"))] = None,
    as_json: Json = False,
) -> None:
    """Make what is not there yet in ``models/voice``; what is there and whole is left alone."""
    from assistant.speech.engines.base import EngineError
    from assistant.speech.install import InstallFailed

    if only is not None and only not in PARTS:
        fail(t("voice.install_unknown", name=only, parts="、".join(PARTS)), as_json=as_json, code="unknown_part")
    folder = get_settings().models_dir / "voice"
    done = []
    for part in PARTS if only is None else (only,):
        module = f"assistant.speech.install.{part}"
        if find_spec(module) is None:
            continue
        try:
            import_module(module).install(folder, progress)
        except InstallFailed as failed:
            fail(str(failed), remedy=t("voice.install_remedy"), as_json=as_json, code="install")
        except (EngineError, OSError) as error:
            fail(f"{type(error).__name__}: {error}", remedy=t("voice.install_remedy"), as_json=as_json, code="install")
        done.append(part)
    if "voice" in done:
        _prepare(as_json=as_json)
    show({"ok": True, "installed": done, "folder": str(folder)}, [t("voice.installed", folder=folder)], as_json=as_json)


def _prepare(*, as_json: bool) -> None:
    """Make the sentences said most often with the voice the settings choose, so that no citizen waits for them."""
    from assistant.speech.engines.base import EngineError
    from assistant.speech.speaking.voice import opened

    try:
        progress(t("voice.preparing"))
        progress(t("voice.prepared", count=opened(get_settings()).prepare()))
    except EngineError as error:
        if error.code != "off":
            reason = t("voice.say_failed", code=error.code, reason=error)
            fail(reason, remedy=t("voice.say_remedy"), as_json=as_json, code=error.code)


@commands.command("say", help=t("voice.help_say"))
def say(
    text: Annotated[str, typer.Argument(help=t("voice.help_say_text"))],
    out: Annotated[Path, typer.Option("--out", dir_okay=False, help=t("voice.help_say_out"))],
    as_json: Json = False,
) -> None:
    """Say ``text`` into a WAV file with the voice the settings choose; tell how fast it was made, loading aside."""
    from assistant.speech.engines.base import EngineError
    from assistant.speech.speaking.readable import readable
    from assistant.speech.speaking.sentences import sentences
    from assistant.speech.speaking.voice import opened

    try:
        voice = opened(get_settings())
        voice.warm()
        began = time.perf_counter()
        spoken = [voice.synthesise(sentence) for sentence in sentences(text)]
        took = time.perf_counter() - began
    except EngineError as error:
        fail(t("voice.say_failed", code=error.code, reason=error), remedy=t("voice.say_remedy"), as_json=as_json, code=error.code)
    if not spoken:
        fail(t("voice.say_failed", code="nothing_to_say", reason=""), as_json=as_json, code="nothing_to_say")
    pcm = b"".join(part.pcm for part in spoken)
    with wave.open(str(out), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(spoken[0].rate)
        file.writeframes(pcm)
    seconds = len(pcm) / 2 / spoken[0].rate
    told = {"ok": True, "file": str(out), "voice": voice.name, "demo_only": voice.demo_only, "read": readable(text),
            "seconds": round(seconds, 2), "took": round(took, 2)}  # fmt: skip
    lines = [
        t("voice.said", file=out, voice=voice.name, seconds=f"{seconds:.1f}", took=f"{took:.2f}"),
        t("voice.said_as", read=readable(text)),
    ]
    if voice.demo_only:
        lines.append(t("voice.demo_only"))
    show(told, lines, as_json=as_json)
