"""The project's own files, as the architecture tests read them."""

from __future__ import annotations

import ast
import subprocess
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("actions", "assistant", "benchmarks", "channels", "knowledge", "sandbox")


@lru_cache(maxsize=1)
def tracked() -> tuple[Path, ...]:
    """Every file under version control, or about to be: what others will get."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, check=True
    ).stdout.decode()
    return tuple(path for name in listed.split("\0") if name and (path := ROOT / name).is_file())


@lru_cache(maxsize=1)
def modules() -> dict[Path, ast.Module]:
    """Every Python module of the rooms, parsed."""
    return {
        path: ast.parse(path.read_text(encoding="utf-8"))
        for path in tracked()
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in ROOMS
    }


def relative(path: Path) -> str:
    """``path`` as the project names it."""
    return path.relative_to(ROOT).as_posix()
