"""Our reader of labelled sentences gives what Rasa's gives."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import INTENT, TEXT, TEXT_TOKENS

from assistant.engine.components.sentences import Sentence, SentenceImporter
from tests.engine.conftest import ROOT

PLAIN = """version: "3.1"
nlu:
  - intent: apply
    examples: |
      - 我要办个执照
      - 帮我申请一下
      - 我要办个执照
  - intent: ask_fee
    examples: |
      - 要多少钱
      - 2026-01 办的收费吗
"""
WITH_RULE = """version: "3.1"
nlu:
  - intent: greet
    examples: |
      - 你好
rules:
  - rule: greeting
    steps:
      - intent: greet
      - action: utter_greet
"""


@pytest.fixture()
def folder(tmp_path: Path) -> Path:
    (tmp_path / "dev").mkdir()
    (tmp_path / "plain.yml").write_text(PLAIN, encoding="utf-8")
    (tmp_path / "mixed.yml").write_text(WITH_RULE, encoding="utf-8")
    (tmp_path / "dev" / "kept.yml").write_text(PLAIN.replace("我要办个执照", "只用来量的话"), encoding="utf-8")
    return tmp_path


def _read(importer: RasaFileImporter) -> list[tuple[str, str]]:
    return sorted((m.get(TEXT), m.get(INTENT)) for m in importer.get_nlu_data().training_examples)


def test_sentences_are_those_that_rasa_reads(folder: Path) -> None:
    files = [str(folder / "plain.yml"), str(folder / "mixed.yml")]
    ours = SentenceImporter(training_data_paths=files)
    assert _read(ours) == _read(RasaFileImporter(training_data_paths=files))
    assert len(_read(ours)) == 5, "a sentence said twice counts once"


def test_a_folder_is_read_without_what_is_kept_for_measuring(folder: Path) -> None:
    said = {text for text, _ in _read(SentenceImporter(training_data_paths=[str(folder)]))}
    assert "你好" in said and "只用来量的话" not in said


def test_every_file_of_ours_reads_as_rasa_would_read_it() -> None:
    files = [str(path) for path in sorted((ROOT / "nlu_data" / "items").glob("*.yml"))[:4]]
    assert files
    assert _read(SentenceImporter(training_data_paths=files)) == _read(RasaFileImporter(training_data_paths=files))


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.replace("    examples: |", "    metadata: {a: 1}\n    examples: |", 1),
        PLAIN.replace("apply", "[apply"),
        'version: "3.1"\nnlu:\n  - synonym: 执照\n    examples: |\n      - 本本\n',
    ],
)
def test_anything_else_is_left_to_rasa(tmp_path: Path, content: str) -> None:
    path = tmp_path / "other.yml"
    path.write_text(content, encoding="utf-8")
    importer = SentenceImporter(training_data_paths=[str(path)])
    assert importer._blocks == []


def test_a_copy_is_its_own_and_a_digest_tells_words_apart() -> None:
    sentence = Sentence({TEXT: "办执照", INTENT: "apply"})
    copied = copy.deepcopy(sentence)
    assert copied == sentence and copied is not sentence
    copied.set(TEXT_TOKENS, [Token("办", 0), Token("执照", 1)])
    assert copied != sentence and sentence.get(TEXT_TOKENS) is None
    other = copy.deepcopy(sentence)
    other.set(TEXT_TOKENS, [Token("办执", 0), Token("照", 2)])
    assert other.fingerprint() != copied.fingerprint()
    same = copied.fingerprint()
    copied.set(INTENT, "apply")
    assert copied.fingerprint() == same
    copied.set(INTENT, "ask_fee")
    assert copied.fingerprint() != same
