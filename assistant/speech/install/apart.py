"""Programs of other people, run once in an environment that is thrown away afterwards: ours has no pip."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from assistant.foundation.messages import t
from assistant.speech.install import InstallFailed

_MINUTES = {"venv": 3, "pip": 40, "convert": 15}
_PINNED = ("--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes", "--only-binary", ":all:")
_LAST_LINES = 6


def environment(place: Path) -> Path:
    """Make an environment and return its Python; that one's pip fetches by its own configuration.

    Raises:
        InstallFailed: it could not be made.
    """
    run([sys.executable, "-m", "venv", str(place)], "venv")
    return place / "bin" / "python"


def pip(python: Path, command: str, lock: Path, *options: str) -> None:
    """``install`` or ``download`` what a lock pins by hashes, wheels only and nothing beside it.

    Raises:
        InstallFailed: something could not be had, or is not what was pinned.
    """
    run([str(python), "-m", "pip", command, *_PINNED, *options, "-r", str(lock)], "pip")


def run(command: list[str], step: str) -> str:
    """What a program prints; ``step`` (``venv``, ``pip``, ``convert``) names it for operators and says how long it may take.

    Raises:
        InstallFailed: it failed, with its last words, or took too long.
    """
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_MINUTES[step] * 60, check=False)
    except subprocess.TimeoutExpired as error:
        raise InstallFailed(t("voice.install_slow", minutes=_MINUTES[step], step=t(f"voice.install_step_{step}"))) from error
    except OSError as error:
        raise InstallFailed(t("voice.install_failed", step=t(f"voice.install_step_{step}"), reason=error)) from error
    if done.returncode:
        reason = "\n".join(done.stderr.strip().splitlines()[-_LAST_LINES:])
        raise InstallFailed(t("voice.install_failed", step=t(f"voice.install_step_{step}"), reason=reason))
    return done.stdout
