"""The sentences Rasa learns from: enough of every intent, none twice, none made by filling a template, none of the development sets."""

from __future__ import annotations

import csv
import unicodedata
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

DATA = Path(__file__).resolve().parents[3] / "nlu_data"

MAIN = [
    "apply",
    "ask_process",
    "ask_materials",
    "ask_conditions",
    "ask_time_limit",
    "ask_fee",
    "ask_location",
    "check_progress",
    "to_human",
    "complaint",
    "greet",
    "chitchat",
    "out_of_scope",
    "correct_info",
    "rate_service",
]
ACTS = [
    "affirm",
    "deny",
    "choose",
    "provide",
    "skip",
    "back",
    "review",
    "cancel",
    "pause",
    "resume",
    "help",
    "repeat",
    "why",
    "thanks",
    "goodbye",
    "restart",
]

PREFIX = 8
MOST_SHARING_A_PREFIX = 6
"""People do start alike now and then; a template filled with item names does so in dozens of lines."""

MOST_ALIKE = 0.6
"""Share of character pairs that a development sentence and one of the training data may have in common."""

DEV_FILES = tuple(sorted(path.name for path in (DATA / "dev").glob("*.tsv")))
DEV_HEADER = ["query", "item_name", "intent", "alt_label"]


def normal(sentence: str) -> str:
    """What is left when width, case, white space and punctuation are not looked at; a sentence of nothing else stays as it is."""
    folded = unicodedata.normalize("NFKC", sentence).lower()
    return "".join(character for character in folded if character.isalnum()) or folded


def pairs(sentence: str) -> set[str]:
    """Neighbouring characters of what ``normal`` leaves."""
    folded = normal(sentence)
    return {folded[start : start + 2] for start in range(len(folded) - 1)}


def _files() -> list[Path]:
    return [path for path in DATA.rglob("*.yml") if "dev" not in path.relative_to(DATA).parts]


@cache
def training() -> dict[str, list[str]]:
    """Sentences by intent, as written."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(_files()):
        content: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        for block in content.get("nlu", []):
            if "intent" not in block:  # lookup tables and the like
                continue
            found[block["intent"]] += [line.removeprefix("- ") for line in block["examples"].splitlines() if line]
    return dict(found)


@cache
def known_pairs() -> tuple[list[tuple[str, int]], dict[str, list[int]]]:
    """Training sentences long enough to compare, with the number of their pairs; and which of them hold a pair."""
    lines: list[tuple[str, int]] = []
    holding: dict[str, list[int]] = defaultdict(list)
    for line in (line for said in training().values() for line in said if len(normal(line)) >= PREFIX):
        its = pairs(line)
        for pair in its:
            holding[pair].append(len(lines))
        lines.append((line, len(its)))
    return lines, dict(holding)


@cache
def development(name: str) -> list[dict[str, str]]:
    """Rows of one development set."""
    with (DATA / "dev" / name).open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        assert reader.fieldnames == DEV_HEADER
        return list(reader)


def test_the_intents_are_exactly_the_fixed_ones() -> None:
    assert set(training()) == {*MAIN, *ACTS}


@pytest.mark.parametrize(("intent", "least"), [*((i, 60) for i in MAIN), *((i, 25) for i in ACTS)])
def test_every_intent_has_enough_sentences(intent: str, least: int) -> None:
    assert len(training()[intent]) >= least


def test_no_sentence_stands_twice() -> None:
    counts = Counter((normal(line), intent) for intent, lines in training().items() for line in lines)
    assert [entry for entry, count in counts.items() if count > 1] == []


def test_no_sentence_has_two_intents() -> None:
    intents: dict[str, set[str]] = defaultdict(set)
    for intent, lines in training().items():
        for line in lines:
            intents[normal(line)].add(intent)
    assert {line: named for line, named in intents.items() if len(named) > 1} == {}


def test_no_template_was_filled_in() -> None:
    starts: dict[str, list[str]] = defaultdict(list)
    for lines in training().values():
        for line in lines:
            if len(normal(line)) >= PREFIX:
                starts[normal(line)[:PREFIX]].append(line)
    assert {start: lines for start, lines in starts.items() if len(lines) > MOST_SHARING_A_PREFIX} == {}


@pytest.mark.parametrize("name", DEV_FILES)
def test_no_development_sentence_is_trained_on(name: str) -> None:
    known = {normal(line) for lines in training().values() for line in lines}
    assert [row["query"] for row in development(name) if normal(row["query"]) in known] == []


@pytest.mark.parametrize("name", DEV_FILES)
def test_no_development_sentence_is_trained_on_with_a_word_changed(name: str) -> None:
    lines, holding = known_pairs()
    near = []
    for row in development(name):
        mine = pairs(row["query"])
        if len(normal(row["query"])) >= PREFIX:
            shared = Counter(number for pair in mine for number in holding.get(pair, ()))
            for number, count in shared.items():
                line, size = lines[number]
                if count > MOST_ALIKE * (len(mine) + size - count):
                    near.append((row["query"], line))
    assert near == []


@pytest.mark.parametrize("name", DEV_FILES)
def test_no_development_sentence_stands_twice(name: str) -> None:
    counts = Counter(normal(row["query"]) for row in development(name))
    assert [query for query, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("name", DEV_FILES)
def test_every_development_row_is_labelled_as_agreed(name: str) -> None:
    needs_item = {"apply", *(intent for intent in MAIN if intent.startswith("ask_"))}
    for row in development(name):
        assert row["intent"] in {*MAIN, *ACTS}, row
        assert row["item_name"], row
        if row["item_name"] == "?":
            assert row["intent"] in needs_item, row
        if row["item_name"] == "-":
            assert row["intent"] not in needs_item, row
        for reading in filter(None, (row["alt_label"] or "").split("|")):
            assert reading.rpartition("/")[2] in {*MAIN, *ACTS}, row  # one item has a slash in its name


def test_the_people_set_covers_every_item_and_much_that_is_not_ours() -> None:
    rows = development("people.tsv")
    items = {row["item_name"] for row in rows} - {"-", "?"}
    assert len(rows) >= 400
    assert len(items) == 46
    assert sum(row["intent"] == "out_of_scope" for row in rows) >= 60
    assert sum(row["item_name"] == "?" for row in rows) >= 25
