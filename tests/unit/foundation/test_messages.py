"""The message catalogue: flat, complete, and rendered in the locale's script."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.foundation import messages


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(messages, "CATALOGUE_DIR", tmp_path)
    messages.catalogue.cache_clear()
    yield tmp_path
    messages.catalogue.cache_clear()


def test_a_key_is_its_file_and_its_name(folder: Path) -> None:
    (folder / "desk.yaml").write_text('queued: "前面还有 {count} 位"\nplain: 好的\n', encoding="utf-8")
    assert messages.t("desk.queued", count=3) == "前面还有 3 位"
    assert messages.t("desk.plain") == "好的"


def test_a_missing_key_or_parameter_raises(folder: Path) -> None:
    (folder / "desk.yaml").write_text('queued: "前面还有 {count} 位"\n', encoding="utf-8")
    with pytest.raises(KeyError, match=r"desk\.gone"):
        messages.t("desk.gone")
    with pytest.raises(KeyError, match="count"):
        messages.t("desk.queued")


def test_what_a_citizen_typed_is_not_a_template(folder: Path) -> None:
    (folder / "desk.yaml").write_text('echo: "您说：{text}"\n', encoding="utf-8")
    assert messages.t("desk.echo", text="{text.__class__}") == "您说：{text.__class__}"


@pytest.mark.parametrize(
    ("content", "fault"), [("a: x\nb: y\na: z\n", "twice"), ("a: {b: c}\n", "not a text"), ("- a\n", "not a mapping")]
)
def test_a_faulty_file_is_named(tmp_path: Path, content: str, fault: str) -> None:
    (tmp_path / "desk.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(messages.CatalogueError, match=rf"desk\.yaml.*{fault}"):
        messages.load(tmp_path)


def test_every_text_of_the_project_can_be_filled() -> None:
    import string

    for key, text in messages.catalogue().items():
        names = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
        assert all(name.isidentifier() for name in names), f"{key} has a parameter that is not a plain name"
        assert text.strip(), f"{key} is empty"


def test_traditional_script_for_zh_hant_only() -> None:
    assert messages.render("请上传营业执照", "zh-Hant") == "請上傳營業執照"
    for locale in ("zh-CN", "en", None):
        assert messages.render("请上传营业执照", locale) == "请上传营业执照"
    assert messages.simplify("請上傳營業執照") == "请上传营业执照"
