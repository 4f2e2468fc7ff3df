"""Files of simulated citizens, our own and strangers': read, or refused with the file, the citizen and the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.foundation.settings import ROOT
from benchmarks.citizens.facts import UnreadableFacts, load
from tests.unit.cli.conftest import Call, bandao, data_dir

__all__ = ["bandao", "data_dir"]

ONE = "guide: remote-medical\ncases:\n  - name: she\n    opening: 我要备案\n    say: {phone: 13800138000, married: yes, kinds: [a, b]}\n"


def test_every_citizen_of_the_project_is_read_and_named_once() -> None:
    titles = [facts.title for facts in load(ROOT / "tests" / "e2e" / "cases")]
    assert len(titles) == len(set(titles)) > 100


def test_numbers_and_yes_are_words(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(ONE + "    consent: yes\n", encoding="utf-8")
    [facts] = load(tmp_path)
    assert facts.say == {"phone": "13800138000", "married": "yes", "kinds": ["a", "b"]}
    assert facts.consent == "yes" and facts.title == "remote-medical: she"
    assert load(tmp_path / "a.yaml") == [facts]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "wanted are"),
        ("cases: {}", "wanted are"),
        ("guide: [", "not YAML"),
        ("guide: g\ncases: [3]", "citizen 1"),
        ("guide: g\ncases: [{name: she}]", "citizen she: opening"),
        (ONE + "    materails: {}\n", "citizen she: materails"),
        (ONE + "    materials: {photo: fax}\n", "citizen she: materials.photo"),
    ],
)
def test_what_cannot_be_used_says_where_and_why(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableFacts, match=r"a\.yaml") as refused:
        load(tmp_path)
    assert said in str(refused.value)


def test_the_command_says_the_same(bandao: Call, tmp_path: Path) -> None:
    answer = bandao("eval", "dialogues", str(tmp_path), "--json")
    assert answer.status == 1 and answer.json["error"]["code"] == "facts"
    assert str(tmp_path) in answer.json["error"]["message"]
