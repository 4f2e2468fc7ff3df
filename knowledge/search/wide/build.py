"""Building a wide index from records: wordings cut and encoded once each, however many regions call an item so."""

from __future__ import annotations

import shutil
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.embedding import MODEL_FOLDER, Embedding
from knowledge.search.wide.columns import NEVER, Strings
from knowledge.search.wide.cutting import Grams
from knowledge.search.wide.lexicon import LexiconWriter
from knowledge.search.wide.manifest import Manifest, digest, sizes
from knowledge.search.wide.records import Record, mask
from knowledge.search.wide.tally import Tally
from knowledge.search.wide.vectors import VectorWriter, encoded
from knowledge.search.wide.weights import Weights, key
from knowledge.text import WordCutter

_BATCH = 1024
_TOLD = 32
FOREIGN = "elsewhere.txt"


def build(records: Iterable[Record], names: Sequence[str], folder: Path, models_dir: Path, embedding: Embedding,
          tell: Callable[[str, int], None] = lambda _step, _count: None) -> Manifest:
    """Write the index of records into a folder; what was there before is replaced when all is done.

    The same records in the same order, and the same models, give the same files.

    Args:
        names: names kept whole when wordings are cut into words: those of the guides.
        models_dir: where ``train`` put the embedding and the sentences about other things.
        tell: is told of progress: the step and how many are done.
    """
    scratch = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    try:
        manifest = _Builder(scratch, names, models_dir, embedding, tell).build(records)
        shutil.rmtree(folder, ignore_errors=True)
        scratch.rename(folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return manifest


def models_digest(models_dir: Path) -> str:
    """What an index depends on besides its records: the embedding and the sentences about other things."""
    trained = models_dir / MODEL_FOLDER
    return digest(*((trained / name).read_bytes() if (trained / name).is_file() else b""
                    for name in ("tokenizer.json", "model.safetensors", FOREIGN)))


class _Builder:
    def __init__(self, folder: Path, names: Sequence[str], models_dir: Path, embedding: Embedding,
                 tell: Callable[[str, int], None]) -> None:
        self._folder, self._models_dir, self._embedding, self._tell = folder, models_dir, embedding, tell
        self._cutter = WordCutter(names)
        (folder / "names.txt").write_text("".join(f"{name}\n" for name in names), encoding="utf-8")
        self._numbers: dict[str, int] = {}
        self._groups: Counter[tuple[int, ...]] = Counter()

    def build(self, records: Iterable[Record]) -> Manifest:
        guides = self._columns(records)
        self._tell("records", len(self._regions))
        dimensions = self._wordings()
        self._tell("done", len(self._numbers))
        manifest = Manifest(len(self._regions), len(self._numbers), dimensions, self._embedding.name,
                            models_digest(self._models_dir), guides, sizes(self._folder))
        manifest.save(self._folder)
        return manifest

    def _columns(self, records: Iterable[Record]) -> dict[str, int]:
        """Read the records into columns and write those, sorted by region and code; the numbers of the guides by code."""
        numbers = self._numbers
        regions, effective, expires, wordings, ends = (array(kind) for kind in "iiiIq")
        kinds, names, is_guide = array("B"), array("H"), array("B")
        codes: list[bytes] = []
        for record in records:
            said = tuple(numbers.setdefault(wording, len(numbers)) for wording in record.wordings)
            self._groups[said] += 1
            regions.append(int(record.region))
            kinds.append(mask(record.applicant))
            effective.append(record.effective.toordinal() if record.effective else 0)
            expires.append(record.expires.toordinal() if record.expires else NEVER)
            names.append(min(record.names, 65535))
            is_guide.append(record.guide)
            wordings.extend(said)
            ends.append(len(wordings))
            codes.append(record.code.encode())
        place = np.frombuffer(regions, dtype=np.int32) if regions else np.zeros(0, np.int32)
        order = np.lexsort((np.array(codes, dtype=object).astype("S") if codes else np.zeros(0, "S1"), place))
        self._regions = place[order]
        self._save("regions", self._regions)
        for name, column, kind in (("kinds", kinds, np.uint8), ("effective", effective, np.int32),
                                   ("expires", expires, np.int32), ("names", names, np.uint16)):
            self._save(name, np.array(column, dtype=kind)[order])
        end = np.array(ends, dtype=np.int64)
        start = np.concatenate((np.zeros(1, np.int64), end[:-1]))[: len(end)]
        lengths = (end - start)[order]
        self._save("starts", np.concatenate((np.zeros(1, np.int64), lengths.cumsum())))
        every = np.array(wordings, dtype=np.uint32)
        within = np.arange(int(lengths.sum())) - np.repeat(lengths.cumsum() - lengths, lengths)
        said_by = every[np.repeat(start[order], lengths) + within]
        self._save("wordings", said_by)
        owners = np.repeat(np.arange(len(order), dtype=np.uint32), lengths)
        by_wording = np.argsort(said_by, kind="stable")
        self._used_by = owners[by_wording]
        self._save("used_by", self._used_by)
        self._uses = np.concatenate((np.zeros(1, np.int64), np.bincount(said_by, minlength=len(numbers)).cumsum()))
        self._save("uses", self._uses.astype(np.int64))
        Strings.write(self._folder, "codes", (codes[number] for number in order))
        own = np.flatnonzero(np.array(is_guide, dtype=bool)[order])
        self._save("guides", own.astype(np.int64))
        return {codes[order[number]].decode(): int(number) for number in own}

    def _wordings(self) -> int:
        """Cut, encode, weigh and index every different wording; returns how many dimensions a vector has."""
        texts = list(self._numbers)
        dimensions = encoded(self._embedding, ["-"]).shape[1]
        vectors, tally = VectorWriter(self._folder), Tally(self._folder)
        lexicon = LexiconWriter(self._folder / "lexicon")

        def cut() -> Iterator[bytes]:
            for start in range(0, len(texts), _BATCH):
                batch = texts[start:start + _BATCH]
                vectors.add(encoded(self._embedding, batch))
                for number, text in enumerate(batch, start):
                    grams = Grams.of(text, self._cutter)
                    cut = grams.cut(text)
                    tally.add(grams)
                    users = self._used_by[self._uses[number]:self._uses[number + 1]]
                    lexicon.add(number, cut, np.unique(self._regions[users]).tolist())
                    yield cut.packed()
                if start // _BATCH % _TOLD == _TOLD - 1:
                    self._tell("wordings", start + len(batch))

        Strings.write(self._folder, "texts", cut())
        lexicon.close()
        tally.close()
        Weights.write(tally.held_by(self._groups), self._folder)
        foreign = foreign_keys(foreign_sentences(self._models_dir), self._cutter)
        self._save("norms", tally.norms(Weights.open(self._folder, len(self._regions), foreign)))
        tally.drop()
        vectors.close(dimensions)
        return int(dimensions)

    def _save(self, name: str, column: NDArray[Any]) -> None:
        np.save(self._folder / f"{name}.npy", column)


def foreign_sentences(models_dir: Path) -> list[str]:
    """The sentences about other things that ``train`` kept."""
    return (models_dir / MODEL_FOLDER / FOREIGN).read_text(encoding="utf-8").splitlines()


def foreign_keys(sentences: Iterable[str], cutter: WordCutter) -> set[bytes]:
    """The hashed grams of sentences about other things."""
    return {key(kind, gram) for text in sentences for kind, bag in enumerate(Grams.of(text, cutter).bags) for gram in bag}
