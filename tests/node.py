"""Node and the packages of the mini-program, for tests that run its code."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from fcntl import LOCK_EX, flock
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MINIPROGRAM = ROOT / "channels" / "miniprogram"


def packages() -> None:
    """Install what the lock file names, once; of tests that begin at the same time one does.

    Raises:
        AssertionError: there is no Node, or the installation failed.
    """
    assert shutil.which("npm"), "Node.js 18 or newer with npm is needed (./bandao test installs it on Debian)"
    lock = (MINIPROGRAM / "package-lock.json").read_bytes()
    wanted, stamp = hashlib.sha256(lock).hexdigest(), MINIPROGRAM / "node_modules" / ".bandao"
    with open(MINIPROGRAM / "package.json") as held:
        flock(held, LOCK_EX)
        if stamp.is_file() and stamp.read_text() == wanted:
            return
        done = npm("ci", "--no-audit", "--no-fund")
        assert done.returncode == 0, done.stdout
        stamp.write_text(wanted)


def npm(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run npm in the mini-program's folder; what it and what it runs say is in ``stdout``."""
    return subprocess.run(
        ["npm", *arguments], cwd=MINIPROGRAM, env={**os.environ, **environment}, check=False, text=True, errors="replace",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=600,
    )  # fmt: skip
