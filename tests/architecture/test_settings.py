"""Every setting is documented, and nothing is documented that is not a setting."""

from __future__ import annotations

import re

from assistant.foundation.settings import Settings
from tests.architecture.source import ROOT


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\|\s*`(BANDAO_[A-Z_]+)`", text, re.MULTILINE))
    assert documented == {f"BANDAO_{name.upper()}" for name in Settings.model_fields}
