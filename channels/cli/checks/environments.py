"""The Python environments against their locks, read from what is installed and not from what an installer once noted."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path

from assistant.foundation.messages import t
from assistant.foundation.settings import ROOT
from channels.cli.checks import Check, bad, good

LOCKS = {"app": ROOT / "requirements.lock", "engine": ROOT / "assistant" / "engine" / "requirements.lock"}
_PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)")
NAMED = 5
"""How many deviating packages are named before the rest is only counted."""


def checks() -> Iterator[Check]:
    """One check an environment, and PyTorch's build."""
    for name, lock in LOCKS.items():
        yield _environment(name, lock)
    yield _torch()


def deviations(lock: Path, site: Path) -> list[str]:
    """Packages of ``lock`` that the site-packages folder ``site`` lacks or has in another version, as readable words."""
    installed = {canonical(found.name): found.version for found in _installed(site)}
    wrong = []
    for name, wanted in pins(lock).items():
        have = installed.get(name)
        if have != wanted:
            wrong.append(f"{name} {have or '–'} ≠ {wanted}")
    return wrong


def pins(lock: Path) -> dict[str, str]:
    """Package → exact version of a lock file."""
    matches = (_PIN.match(line) for line in lock.read_text(encoding="utf-8").splitlines())
    return {canonical(match[1]): match[2] for match in matches if match}


def canonical(name: str) -> str:
    """A package's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _installed(site: Path) -> Iterator[Distribution]:
    return iter(distributions(path=[str(site)]))


def _environment(name: str, lock: Path) -> Check:
    check = f"environment.{name}"
    home = ROOT / ".venv" / name
    if not lock.exists():
        return bad(check, "no_lock", lock=lock.relative_to(ROOT))
    sites = list(home.glob("lib/python3*/site-packages"))
    if not sites or not (home / "bin" / "python").exists():
        return bad(check, "no_environment", name=name)
    wrong = deviations(lock, sites[0])
    if wrong:
        more = t("doctor.and_more", count=len(wrong) - NAMED) if len(wrong) > NAMED else ""
        return bad(check, "deviates", name=name, packages=", ".join(wrong[:NAMED]) + more)
    return good(check, t("doctor.matches", count=len(pins(lock))))


def _torch() -> Check:
    # In a process of its own: a broken PyTorch can end the one that imports it.
    python = ROOT / ".venv" / "app" / "bin" / "python"
    code = "import torch; print(torch.__version__, torch.version.cuda)"
    try:
        found = subprocess.run([str(python), "-c", code], capture_output=True, text=True, timeout=120, check=True).stdout.split()
    except (OSError, subprocess.SubprocessError):
        return bad("torch", "no_torch")
    version, cuda = found
    return good("torch", version) if cuda == "None" else bad("torch", "torch_cuda", version=version, cuda=cuda, required=False)
