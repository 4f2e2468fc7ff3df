from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assistant.casework.package.errors import PackageError
from assistant.casework.package.forms import Filled, fill
from assistant.casework.package.plain import blocks
from assistant.casework.package.values import form_context
from tests.unit.casework.package import samples

Fill = Callable[..., Filled]


@pytest.fixture
def filling(tmp_path: Path) -> Fill:
    """Fills a Word template with these paragraphs from the sample case."""

    def run(*paragraphs: str, **changed: Any) -> Filled:
        path = tmp_path / "t.docx"
        path.write_bytes(samples.word(*paragraphs))
        return fill(path, form_context(samples.case(**changed), samples.GUIDE, samples.NOW), "示例")

    return run


def test_values_arrive_whole_and_escaped(filling: Fill) -> None:
    filled = filling("{{ company_name }}", "{{ person }} {{ id_number }}", "{{ decided }}", "{{ today }} {{ case_no }}")
    assert "示例公司&<合伙>" in filled.text
    assert "㼆·𠮷 11010519491231002X" in filled.text
    assert "2026年11月5日" in filled.text
    assert "2026年11月10日 BD202611100001" in filled.text
    assert "示例公司&<合伙>" in filled.printed


def test_ticks_for_choice_multi_and_yes_no(filling: Fill) -> None:
    filled = filling(*samples.FORM_TEXT)
    assert "☐自有 ☑租赁 ☐其他" in filled.text
    assert "☑热食 ☐冷食 ☑糕点" in filled.text
    assert "代办：☑是 ☐否" in filled.text
    assert (filled.ticks, filled.boxes) == (4, 4)


@pytest.mark.parametrize("value", [True, "true", "yes"])
def test_yes_no_in_any_spelling(filling: Fill, value: Any) -> None:
    assert filling("{{ tick.agent.yes }}{{ tick.agent.no }}", agent=(value, "是")).text.strip() == "☑☐"


def test_what_does_not_apply_is_empty(filling: Fill) -> None:
    # The agent's name was answered before she said that nobody acts for her.
    filled = filling("[{{ agent_name }}]{{ tick.agent.yes }}{{ tick.agent.no }}[{{ remark }}]", agent=("no", "否"))
    assert filled.text.strip() == "[]☐☑[]"


def test_skipped_is_empty(tmp_path: Path) -> None:
    case = samples.case(remark=("", "跳过"))
    case.answers["remark"].skipped = True
    assert form_context(case, samples.GUIDE, samples.NOW)["remark"] == ""


def test_illegal_characters_do_not_break_the_file(filling: Fill) -> None:
    assert "上海\n路1号" in filling("{{ new_address }}", new_address=("x", "上\x00海\x0b\n路\ufffe1号")).text.replace(" ", "\n")


def test_template_text_in_a_value_is_only_text(filling: Fill) -> None:
    assert "{{ id_number }}" in filling("{{ remark }}", remark=("x", "{{ id_number }}")).text


@pytest.mark.parametrize(
    ("paragraph", "said"),
    [
        ("{{ no_such_field }}", "no_such_field"),
        ("{{ tick.premises.rented }}", "rented"),
        ("{{ company_name", "标记不完整"),
        ("{% if person %}x", "标记不完整"),
    ],
)
def test_broken_template_names_file_and_remedy(filling: Fill, paragraph: str, said: str) -> None:
    with pytest.raises(PackageError) as caught:
        filling(paragraph, "x")
    assert caught.value.code == "template_broken"
    assert "t.docx" in caught.value.message and said in caught.value.message and "Word" in caught.value.message


def test_templates_cannot_reach_python(filling: Fill) -> None:
    with pytest.raises(PackageError):
        filling("{{ company_name.__class__.__mro__ }}", "x")


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04broken", b"%PDF-1.7"])
def test_not_a_word_file(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "t.docx"
    path.write_bytes(data)
    with pytest.raises(PackageError, match="template_broken"):
        fill(path, {}, "示例")
    with pytest.raises(PackageError, match="找不到"):
        fill(tmp_path / "missing.docx", {}, "示例")


def test_same_answers_same_bytes(filling: Fill) -> None:
    assert filling(*samples.FORM_TEXT).docx == filling(*samples.FORM_TEXT).docx


def test_plain_blocks_keep_every_word(filling: Fill) -> None:
    filled = filling(*samples.FORM_TEXT)
    words = "".join(block.text + "".join(text for row in block.rows for text, _ in row) for block in blocks(filled.docx))
    assert all(text in words for text in filled.printed)


def test_filled_file_is_a_readable_zip(filling: Fill) -> None:
    with zipfile.ZipFile(io.BytesIO(filling(*samples.FORM_TEXT).docx)) as archive:
        assert archive.testzip() is None
