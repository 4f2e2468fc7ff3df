"""The instructions for guide writers are true: their example loads, and they leave out no key, type, way or rule."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from assistant.foundation.settings import ROOT
from knowledge.guide_file import read_guide
from knowledge.schema import Check, Condition, FieldType, Guide, GuideField, Judgement, Material, MeetWay, Names, Rule

PAGE = (ROOT / "docs" / "writing-a-guide.md").read_text(encoding="utf-8")
TEMPLATES = ROOT / "knowledge" / "templates"
EXAMPLES = [block for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL) if block.startswith("code:")]


def test_the_example_is_a_guide(tmp_path: Path) -> None:
    assert len(EXAMPLES) == 1
    path = tmp_path / "shop-sign-demo.yaml"
    path.write_text(EXAMPLES[0], encoding="utf-8")
    read = read_guide(path)
    assert read.problems == []
    assert read.guide is not None
    assert read.guide.fields[0].situation


def test_an_outline_needs_only_names(tmp_path: Path) -> None:
    path = tmp_path / "outline.yaml"
    path.write_text('code: a-b\nname: 示例\nversion: "2026.1"\neffective: 2026-11-01\noutline: true\n', encoding="utf-8")
    assert read_guide(path).problems == []


@pytest.mark.parametrize(
    "word",
    [
        *Guide.model_fields,
        *GuideField.model_fields,
        *Names.model_fields,
        *(name for name in Material.model_fields if name != "code"),
        *Check.model_fields,
        *Judgement.model_fields,
        *(field.alias or name for name, field in Condition.model_fields.items()),
        *get_args(FieldType),
        *get_args(MeetWay),
        *get_args(Rule.model_fields["kind"].annotation),
    ],
)
def test_nothing_is_left_out(word: str) -> None:
    assert re.search(rf"(?<![a-z_]){word}(?![a-z_])", PAGE)


def test_every_template_is_listed() -> None:
    listed = set(re.findall(r"^\| `([a-z-]+\.docx)`", (TEMPLATES / "README.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert listed == {path.name for path in TEMPLATES.glob("*.docx")}
