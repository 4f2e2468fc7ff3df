"""Adding to the training data: in the right place, nothing else changed, never what is measured with, and back again."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from assistant.conversation.evaluation import load
from assistant.conversation.training_data import Refused, TrainingData, with_example
from assistant.foundation.settings import ROOT

APPLY = """# 要办
version: "3.1"

nlu:
  - intent: apply
    examples: |
      - 我要办执照
      - 帮我弄一下
  - lookup: city
    examples: |
      - 上海
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    data = tmp_path / "nlu_data"
    (data / "items").mkdir(parents=True)
    (data / "dev").mkdir()
    (data / "apply.yml").write_text(APPLY, encoding="utf-8")
    (data / "items" / "food.yml").write_text(APPLY.replace("我要办执照", "办个食品证"), encoding="utf-8")
    (data / "dev" / "people.tsv").write_text("query\titem_name\tintent\talt_label\n我想给饭店办食品经营许可证\t示例食品许可\tapply\t\n", encoding="utf-8")
    return data


def examples(path: Path) -> dict[str, list[str]]:
    blocks = yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
    return {block["intent"]: [line.removeprefix("- ") for line in block["examples"].splitlines()] for block in blocks if "intent" in block}


def test_an_item_s_sentence_goes_to_the_item_and_all_the_rest_stays(folder: Path) -> None:
    before = (folder / "items" / "food.yml").read_text(encoding="utf-8")
    data = TrainingData(folder)
    added = data.add("[name]的饭店要开张", "apply", "food", "示例食品许可")
    assert added is not None and added.path == folder / "items" / "food.yml"
    assert examples(added.path)["apply"] == ["办个食品证", "帮我弄一下", "张三的饭店要开张"]
    assert added.path.read_text(encoding="utf-8").replace("      - 张三的饭店要开张\n", "") == before
    data.add("开饭店食品证贵不贵", "ask_fee", "food", "示例食品许可")
    assert examples(added.path)["ask_fee"] == ["开饭店食品证贵不贵"]
    assert [(line.query, *line.readings[0]) for line in load(folder / "reviewed" / "sentences.tsv")] == [
        ("张三的饭店要开张", "示例食品许可", "apply"), ("开饭店食品证贵不贵", "示例食品许可", "ask_fee"),
    ]  # fmt: skip


def test_others_go_to_a_file_of_the_intent_or_of_what_names_no_item(folder: Path) -> None:
    data = TrainingData(folder)
    for text, intent, item in (("要带啥", "ask_materials", "?"), ("贵吗", "ask_fee", "?"), ("早上好", "greet", "-"), ("在不在", "greet", "-")):
        data.add(text, intent, item, item)
    assert examples(folder / "unnamed" / "reviewed.yml") == {"ask_materials": ["要带啥"], "ask_fee": ["贵吗"]}
    assert examples(folder / "reviewed" / "greet.yml") == {"greet": ["早上好", "在不在"]}
    assert data.known("要带啥？") == "ask_materials"
    assert TrainingData(folder).known("要带啥") == "ask_materials"


def test_what_is_there_is_not_added_twice(folder: Path) -> None:
    assert TrainingData(folder).add("我要办执照！", "apply", "food", "示例食品许可") is None


@pytest.mark.parametrize(
    ("sentence", "intent", "code"),
    [
        ("我想给饭店办食品经营许可证。", "apply", "measured"),
        ("我想给饭馆办食品经营许可证", "apply", "nearly_measured"),
        ("帮我弄一下", "ask_process", "known_otherwise"),
    ],
)
def test_what_must_not_be_trained_on_is_refused(folder: Path, sentence: str, intent: str, code: str) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with pytest.raises(Refused) as refused:
        TrainingData(folder).add(sentence, intent, "food", "示例食品许可")
    assert refused.value.code == code
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_it_can_be_taken_back_unless_somebody_wrote_since(folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    data = TrainingData(folder)
    added = data.add("饭店要开张", "apply", "food", "示例食品许可")
    assert added is not None and data.take_back(added)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    again = data.add("饭店要开张", "apply", "food", "示例食品许可")
    assert again is not None
    again.path.write_text(again.path.read_text(encoding="utf-8") + "# by hand\n", encoding="utf-8")
    assert not data.take_back(again)
    assert "饭店要开张" in again.path.read_text(encoding="utf-8")


def test_every_file_of_ours_can_be_added_to() -> None:
    for path in sorted((ROOT / "nlu_data").rglob("*.yml")):
        content = path.read_text(encoding="utf-8")
        before = yaml.safe_load(content)
        if "nlu" not in before:
            continue
        intents = [block["intent"] for block in before["nlu"] if "intent" in block]
        added = yaml.safe_load(with_example(content, intents[0], "加上去的一句"))
        assert [block.get("intent") for block in added["nlu"]] == [block.get("intent") for block in before["nlu"]], path
        assert sum("加上去的一句" in block["examples"].splitlines()[-1] for block in added["nlu"]) == 1
