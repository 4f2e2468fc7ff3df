"""Adding a labelled sentence to what the engine learns from: it can be taken back, and is never one that is measured with."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from assistant.conversation.labels import NO_ITEM, WHICH
from assistant.conversation.masked_talk import normal, with_stand_ins

HEADER = ("query", "item_name", "intent", "alt_label")
REVIEWED = "reviewed"
SHORTEST_COMPARED, MOST_ALIKE = 8, 0.6
"""As the data's own test has it: sentences this long may share so many of their character pairs with a measured one."""


class Refused(ValueError):
    """A sentence must not be trained on; ``code`` is measured, nearly_measured or known_otherwise, ``where`` a file or intent."""

    def __init__(self, code: str, where: str) -> None:
        super().__init__(f"{code}: {where}")
        self.code, self.where = code, where


@dataclass(frozen=True)
class Added:
    """What was done: the file, and every file touched as it was before (None: it was not there) and is now."""

    sentence: str
    path: Path
    files: dict[Path, tuple[str | None, str]]


@dataclass
class TrainingData:
    """The folder of sentences, read once; ``add`` keeps what it has read up to date."""

    folder: Path
    _known: dict[str, str] = field(default_factory=dict)
    _measured: dict[str, tuple[str, frozenset[str]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for path in sorted((self.folder / "dev").glob("*.tsv")):
            with path.open(encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                    self._measured[normal(row["query"])] = path.stem, _pairs(row["query"])
        for path in sorted(self.folder.rglob("*.yml")):
            content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
            for block in content.get("nlu", []):
                for line in str(block.get("examples", "")).splitlines() if "intent" in block else ():
                    self._known[normal(line.removeprefix("- "))] = block["intent"]

    def known(self, sentence: str) -> str | None:
        """The intent a sentence is trained under, if it is."""
        return self._known.get(normal(with_stand_ins(sentence)))

    def add(self, sentence: str, intent: str, item: str, item_name: str) -> Added | None:
        """Append a masked sentence; None where it is there already, so labelled.

        Sentences about one item go to ``items/<code>.yml``, those that need one and name none to ``unnamed/reviewed.yml``, from
        where the search learns too; others to ``reviewed/<intent>.yml``. All are listed in ``reviewed/sentences.tsv``.

        Args:
            item: a guide's code, ``?`` or ``-``.
            item_name: the item's official name, or the same sign.

        Raises:
            Refused: it stands, or nearly stands, among the sentences measured with; or is trained under another intent.
        """
        sentence = with_stand_ins(sentence)
        self._check(sentence, intent)
        if normal(sentence) in self._known:
            return None
        place = {NO_ITEM: Path(REVIEWED, f"{intent}.yml"), WHICH: Path("unnamed", f"{REVIEWED}.yml")}
        target = self.folder / place.get(item, Path("items", f"{item}.yml"))
        listed = self.folder / REVIEWED / "sentences.tsv"
        files = {path: (path.read_text(encoding="utf-8") if path.exists() else None) for path in (target, listed)}
        before = files[listed]
        written = {
            target: with_example(files[target], intent, sentence),
            listed: (before or "\t".join(HEADER) + "\n") + f"{sentence}\t{item_name}\t{intent}\t\n",
        }
        for path, content in written.items():
            path.parent.mkdir(exist_ok=True)
            path.write_text(content, encoding="utf-8")
        self._known[normal(sentence)] = intent
        return Added(sentence, target, {path: (files[path], written[path]) for path in files})

    def take_back(self, added: Added) -> bool:
        """Undo ``add``; False, and nothing is changed, where somebody has written to a file since."""
        if any(path.read_text(encoding="utf-8") != now for path, (_, now) in added.files.items()):
            return False
        for path, (before, _) in added.files.items():
            if before is None:
                path.unlink()
            else:
                path.write_text(before, encoding="utf-8")
        self._known.pop(normal(added.sentence), None)
        return True

    def _check(self, sentence: str, intent: str) -> None:
        folded, mine = normal(sentence), _pairs(sentence)
        if folded in self._measured:
            raise Refused("measured", self._measured[folded][0])
        if len(folded) >= SHORTEST_COMPARED:
            for other, (name, its) in self._measured.items():
                if len(other) >= SHORTEST_COMPARED and len(mine & its) > MOST_ALIKE * len(mine | its):
                    raise Refused("nearly_measured", name)
        if self._known.get(folded, intent) != intent:
            raise Refused("known_otherwise", self._known[folded])


def with_example(content: str | None, intent: str, sentence: str) -> str:
    """A file of training data with one more sentence under an intent; all the rest stays as it was written."""
    block = f"  - intent: {intent}\n    examples: |\n"
    if content is None:
        return f'version: "3.1"\n\nnlu:\n{block}      - {sentence}\n'
    content = content if content.endswith("\n") else content + "\n"
    found = re.search(
        rf"^  - intent: {re.escape(intent)}\n    examples: \|\n(?P<lines>(?:      - .*\n|[ \t]*\n(?=      - ))+)", content, re.M
    )
    if found:
        return f"{content[: found.end()]}      - {sentence}\n{content[found.end() :]}"
    return f"{content.rstrip()}\n\n{block}      - {sentence}\n"


def _pairs(sentence: str) -> frozenset[str]:
    folded = normal(sentence)
    return frozenset(folded[start : start + 2] for start in range(len(folded) - 1))
