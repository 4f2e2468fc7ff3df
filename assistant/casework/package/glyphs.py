"""Characters no installed font can draw. Their PDF shows an empty box while its text layer still claims the character."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path

FONTS = Path(__file__).resolve().parent / "fonts.conf"
# What every font for Chinese has: asking fontconfig costs 10 ms a character.
_COMMON = re.compile(
    "[\\s\x20-\x7e\u00b7\u2014\u2018-\u201d\u2026\u2610\u2611\u3000-\u3011\u3014\u3015\u4e00-\u9fa5\uff01-\uff5e\uffe5]"
)


def unprintable(text: str) -> list[str]:
    """The characters of ``text``, each once, that no font of this machine has. Empty where fontconfig cannot be asked."""
    return [character for character in dict.fromkeys(_COMMON.sub("", text)) if not _covered(character)]


@lru_cache(4096)
def _covered(character: str) -> bool:
    program = shutil.which("fc-list")
    if program is None:
        return True
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": os.environ.get("HOME", "/"), "FONTCONFIG_FILE": str(FONTS)}
    try:
        found = subprocess.run([program, f":charset={ord(character):x}", "family"], capture_output=True, timeout=5, check=True,
                               env=environment)
    except (OSError, subprocess.SubprocessError):
        return True
    return bool(found.stdout.strip())
