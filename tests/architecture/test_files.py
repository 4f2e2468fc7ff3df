"""The project's files speak of no particular machine, and installing asks only what the installer is configured for."""

from __future__ import annotations

import os
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from channels.cli.program import COMMANDS
from tests.architecture.source import ROOT, relative, tracked

TEXT = {
    ".py", ".sh", ".md", ".toml", ".lock", ".yaml", ".yml", ".json", ".html", ".css", ".js", ".txt", ".cfg", ".ini", ".conf",
    ".tsv", ".j2", ".typ", "",
}

# Written apart, or this file would accuse itself.
HOSTS = [
    "pypi" + ".org", "python" + "hosted", "npm" + "js.org", "deb." + "debian", "download." + "pytorch", "hugging" + "face.co/",
]
PLACES = ["/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/", "/Us" + "ers/", "/tmp/" + "w/", "/op" + "t/"]


@cache
def texts() -> dict[Path, str]:
    """What stands in every file of text."""
    return {path: path.read_text(encoding="utf-8", errors="replace") for path in tracked() if path.suffix in TEXT}


@pytest.mark.parametrize("needle", [*HOSTS, *PLACES])
def test_no_machine_and_no_registry_is_named(needle: str) -> None:
    pattern = re.compile(r"(?<![\w.])" + re.escape(needle) if needle.startswith("/") else re.escape(needle))
    found = [
        f"{relative(path)}:{number}"
        for path, text in texts().items()
        if needle in text
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]
    assert not found


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock", "requirements-tool.lock"])
def test_locks_hash_everything(lock: str) -> None:
    entries = re.split(r"\n(?=\S)", (ROOT / lock).read_text(encoding="utf-8").strip())
    pinned = [entry for entry in entries if "==" in entry]
    assert pinned
    assert not [entry.splitlines()[0] for entry in pinned if "--hash=sha256:" not in entry]
    # PyTorch's build is the launcher's to choose.
    assert not [entry for entry in pinned if re.match(r"(torch|nvidia|triton|cuda)\b", entry)]


@pytest.mark.parametrize("script", ["bandao", ".ci/run"])
def test_scripts_can_be_started(script: str) -> None:
    path = ROOT / script
    assert os.access(path, os.X_OK)
    shell = "sh" if path.read_text(encoding="utf-8").startswith("#!/bin/sh") else "bash"
    subprocess.run([shell, "-n", str(path)], check=True)


def test_links_between_documents_lead_somewhere() -> None:
    dead = [
        f"{relative(path)}: {target}"
        for path in tracked()
        if path.suffix == ".md"
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8"))
        if not (path.parent / target).exists()
    ]
    assert not dead


def test_every_command_is_in_both_readmes() -> None:
    for name in ("README.md", "README.zh.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert not [command for command in COMMANDS if f"./bandao {command}" not in text], name
