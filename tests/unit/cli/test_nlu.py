"""Reviewing at a terminal, with what a person would type; training is somebody else's."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from sqlalchemy import select
from typer.testing import CliRunner

from assistant.conversation.review_list import Misread, ReviewList
from assistant.conversation.understanding import Understanding
from assistant.foundation import tables
from assistant.foundation.clock import SystemClock
from assistant.foundation.crypto import KeyRing
from assistant.foundation.database import Database
from assistant.foundation.settings import Settings, get_settings
from channels.cli import nlu
from channels.cli.program import build
from tests.unit.cli.conftest import Answer, Call

ITEM, NAME = "food-permit-new", "食品经营许可新办"
WAITING = [
    Misread("fell_back", "饭馆的那个证贵不贵呀", "ask_process", 0.31, None, (ITEM,)),
    Misread("corrected", "[name]的店要开张了", "ask_process", 0.6, None, (), "apply", ITEM),
    Misread("fell_back", "火星上能办吗", "ask_conditions", 0.2, None),
]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "nlu_data"
    (folder / "dev").mkdir(parents=True)
    (folder / "apply.yml").write_text('version: "3.1"\n\nnlu:\n  - intent: apply\n    examples: |\n      - 帮我弄一下\n', encoding="utf-8")
    (folder / "dev" / "people.tsv").write_text("query\titem_name\tintent\n火星上能办吗\t?\task_conditions\n要钱吗\t?\task_fee\n", encoding="utf-8")
    monkeypatch.setattr(nlu, "DATA", folder)
    return folder


@pytest.fixture
def kept(bandao: Call) -> Database:
    """The database of the command line, with sentences on the list."""
    settings = get_settings()
    database = Database(settings.database_url, KeyRing.open(settings.keyring_path))
    database.upgrade()
    listed = ReviewList(database.keyring, settings.review_days)
    with database.write() as conn:
        listed.keep(conn, WAITING, SystemClock().now())
        listed.keep(conn, [replace(WAITING[0])], SystemClock().now())
    database.dispose()
    return database


Typing = Callable[..., Answer]


@pytest.fixture
def typing(bandao: Call) -> Typing:
    """``typing("3", "q")``: the review, answered line by line."""

    def call(*lines: str) -> Answer:
        done = CliRunner().invoke(build("nlu"), ["nlu", "review"], input="".join(f"{line}\n" for line in lines))
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Answer(done.exit_code, done.stdout, done.stderr)

    return call


def states(database: Database) -> dict[str, str]:
    with database.read() as conn:
        return {row.text: row.state for row in conn.execute(select(tables.review_sentence))}


def examples(path: Path) -> dict[str, list[str]]:
    blocks = yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
    return {block["intent"]: [line.removeprefix("- ") for line in block["examples"].splitlines()] for block in blocks}


def test_a_whole_sitting(kept: Database, data: Path, typing: Typing) -> None:
    answer = typing(
        "", "",  # the corrected one comes first; both suggestions are taken
        "?", "nonsense", "6", "nowhere", "-", "1",  # hints, what is not there, an item that does not fit, then ask_fee · first candidate
        "ask_conditions", "?",  # stands in a development set
        "n",
    )  # fmt: skip
    assert answer.status == 0, answer.stdout
    assert "[1/3] 申请人更正过" in answer.stdout and "[name]的店要开张了" in answer.stdout
    assert "复印件行不行" in answer.stdout, "the hints"
    for words in ("没有这个意图：nonsense", "没有这个事项：nowhere", "不能配“-”", "没听懂，2 次", "在测试集 people 里", "标注 2 句，丢弃 1 句，跳过 0 句；还剩 0 句"):
        assert words in answer.stdout, words
    assert examples(data / "items" / f"{ITEM}.yml") == {"apply": ["张三的店要开张了"], "ask_fee": ["饭馆的那个证贵不贵呀"]}
    assert (data / "reviewed" / "sentences.tsv").read_text(encoding="utf-8").splitlines()[1:] == [
        f"张三的店要开张了\t{NAME}\tapply\t", f"饭馆的那个证贵不贵呀\t{NAME}\task_fee\t",
    ]  # fmt: skip
    assert states(kept) == {"饭馆的那个证贵不贵呀": "labelled", "[name]的店要开张了": "labelled", "火星上能办吗": "dropped"}
    assert "没有等待标注的句子" in typing().stdout


def test_undo_skip_drop_and_quit(kept: Database, data: Path, typing: Typing) -> None:
    answer = typing("u", "apply", ITEM, "u", "s", "d", "u", "q")
    assert "没有可以撤销的" in answer.stdout
    assert "已撤销：[name]的店要开张了" in answer.stdout and "已撤销：饭馆的那个证贵不贵呀" in answer.stdout
    assert set(states(kept).values()) == {"new"}
    assert sorted(path.name for path in data.rglob("*") if path.is_file()) == ["apply.yml", "people.tsv"]


def test_the_end_of_input_is_the_end_of_the_sitting(kept: Database, data: Path, typing: Typing) -> None:
    answer = typing("要办", NAME)
    assert (answer.status, states(kept)["[name]的店要开张了"]) == (0, "labelled")
    assert "还剩 2 句" in answer.stdout


def test_what_is_trained_otherwise_is_asked_again(kept: Database, data: Path, typing: Typing) -> None:
    (data / "ask_fee.yml").write_text('nlu:\n  - intent: ask_fee\n    examples: |\n      - 饭馆的那个证贵不贵呀\n', encoding="utf-8")
    answer = typing("s", "ask_process", "?", "ask_fee", "?", "q")
    assert "已经标成“ask_fee”" in answer.stdout and "训练数据里已经有了" in answer.stdout
    assert states(kept)["饭馆的那个证贵不贵呀"] == "labelled"


def test_listed_for_machines(kept: Database, data: Path, bandao: Call) -> None:
    listed = bandao("nlu", "review", "--json").json
    assert (listed["total"], [one["text"] for one in listed["items"]]) == (3, [WAITING[1].text, WAITING[0].text, WAITING[2].text])
    assert listed["items"][1] | {"id": "", "at": ""} == {
        "reason": "fell_back", "text": "饭馆的那个证贵不贵呀", "intent": "ask_process", "confidence": 0.31, "item": None, "candidates": [ITEM],
        "suggested_intent": None, "suggested_item": None, "id": "", "at": "", "times": 2, "state": "new",
    }  # fmt: skip


def test_a_file_of_labels(kept: Database, data: Path, bandao: Call, tmp_path: Path) -> None:
    file = tmp_path / "labels.tsv"
    file.write_text(
        f"query\titem_name\tintent\n饭馆的那个证贵不贵呀\t{NAME}\task_fee\n李四要开奶茶店\t{ITEM}\tapply\n火星上能办吗\t?\task_conditions\n"
        "随便\t没有的事项\tapply\n13800138000\t-\tchitchat\n帮我弄一下\t?\tapply\n",
        encoding="utf-8",
    )
    answer = bandao("nlu", "review", "--file", file, "--json")
    assert (answer.status, answer.json["added"], answer.json["known"], answer.json["refused"]) == (1, 2, 1, 3)
    assert [line["line"] for line in answer.json["lines"]] == [4, 5, 6]
    assert examples(data / "items" / f"{ITEM}.yml") == {"ask_fee": ["饭馆的那个证贵不贵呀"], "apply": ["张三要开奶茶店"]}
    assert states(kept)["饭馆的那个证贵不贵呀"] == "labelled"
    assert "没收 3 句" in bandao("nlu", "review", "--file", file).stdout


class Toy:
    """Models that read all alike: the old one a wish, the new one a question about the fee."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def current(self) -> Path | None:
        return Path("old.tar.gz")

    def trained(self) -> Path:
        return Path("new.tar.gz")

    def read(self, model: Path, queries: Sequence[str]) -> list[Understanding]:
        return [Understanding(intent="apply" if model.name == "old.tar.gz" else "ask_fee", confidence=0.9) for _ in queries]


def test_compared_at_the_end(kept: Database, data: Path, typing: Typing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nlu, "models", Toy)
    (data / "dev" / "fresh.tsv").write_text("query\titem_name\tintent\n看不见的一句\t?\task_fee\n", encoding="utf-8")
    answer = typing("apply", ITEM, "q", "y")
    for words in ("old.tar.gz → new.tar.gz", "0.000 → 0.500", "+ 要钱吗", "fresh 只数不看"):
        assert words in answer.stdout, words
    assert "看不见的一句" not in answer.stdout


def test_compared_for_machines(data: Path, bandao: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nlu, "models", Toy)
    found = json.loads(bandao("nlu", "compare", "--json").stdout)
    assert found["sets"]["people"]["won"] == 1


def test_without_an_earlier_model(data: Path, bandao: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BANDAO_MODELS_DIR", str(tmp_path))
    get_settings.cache_clear()
    answer = bandao("nlu", "compare", "--json")
    assert (answer.status, answer.json["error"]["code"]) == (1, "no_model")


def test_the_real_models_are_the_newest_but_the_present_one(tmp_path: Path, settings: Settings) -> None:
    from assistant.engine.training import model_path

    models = nlu.TrainedModels(settings.model_copy(update={"models_dir": tmp_path}))
    assert models.current() is None
    (tmp_path / f"{'a' * 16}.tar.gz").touch()
    model_path(tmp_path).touch()
    assert models.current() == tmp_path / f"{'a' * 16}.tar.gz"
