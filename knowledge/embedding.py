"""Dense vectors of sentences: a static embedding trained on our own guides, or any sentence-transformers model.

The static one is trained with sentence-transformers in seconds and is nothing but a table of token vectors; at run time
it is read with numpy, so that serving needs neither PyTorch's start-up time nor its memory. A guide added later is only
encoded: characters and syllables no guide had in training have fixed random vectors, which still compare as equal.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge.schema import Guide
from knowledge.text import char_ngrams, content, fold, pinyin_ngrams, segments, syllables

DIMENSIONS = 256
SEED = 20260101
MODEL_FOLDER = "search"
_UNKNOWN = "[UNK]"
STEPS = 400
_RATE = 0.1


class EmbeddingMissing(RuntimeError):
    """The embedding asked for is not there. The message says what to run."""


class Embedding(Protocol):
    """Anything that turns sentences into unit vectors."""

    name: str

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row a text, each of length 1 (or all zero for a text without any known token)."""


def tokens(text: str) -> list[str]:
    """What the static embedding sees: characters and pairs of them, and the same of their fuzzy syllables (marked ``~``)."""
    folded = fold(text)
    parts = content(folded) or segments(folded)
    return char_ngrams(parts, 1, 2) + [f"~{gram}" for gram in pinyin_ngrams(parts, 1, 2)]


def sentences(guide: Guide) -> list[str]:
    """Every way a guide says it is called or asked for, the official name first."""
    names = guide.names
    samples = [sample for group in names.samples.values() for sample in group]
    said = [guide.name, *names.aliases, *names.colloquial, *samples]
    return list(dict.fromkeys(sentence.strip() for sentence in said if sentence.strip()))


class StaticEmbedding:
    """The trained table: the mean of a sentence's token vectors, scaled to length 1."""

    name = "static"

    def __init__(self, folder: Path) -> None:
        try:
            vocabulary = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
            from safetensors.numpy import load_file

            self._table: NDArray[np.float32] = load_file(folder / "model.safetensors")["embedding.weight"]
        except FileNotFoundError as error:
            raise EmbeddingMissing(f"no trained embedding in {folder}: run ./bandao train") from error
        self._rows: dict[str, int] = vocabulary

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See ``Embedding.encode``; about 50 µs a sentence."""
        out = np.zeros((len(texts), self._table.shape[1]), dtype=np.float32)
        for row, text in enumerate(texts):
            known = [self._rows[token] for token in tokens(text) if token in self._rows]
            if known:
                mean = self._table[known].mean(axis=0)
                out[row] = mean / (float(np.linalg.norm(mean)) or 1.0)
        return out


class HubEmbedding:
    """Any other sentence-transformers model, by path or name (one line of settings)."""

    def __init__(self, model: str) -> None:
        from sentence_transformers import SentenceTransformer

        self.name = model
        self._model: Any = SentenceTransformer(model, device="cpu")

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See ``Embedding.encode``."""
        return np.asarray(self._model.encode([fold(text) for text in texts], normalize_embeddings=True, show_progress_bar=False),
                          dtype=np.float32)


def open_embedding(name: str, models_dir: Path) -> Embedding:
    """``static`` for the one trained on our guides, otherwise a path or name for sentence-transformers.

    Raises:
        EmbeddingMissing: the static one has not been trained in ``models_dir``.
        OSError: sentence-transformers finds no such model.
    """
    return StaticEmbedding(models_dir / MODEL_FOLDER) if name == "static" else HubEmbedding(name)


def fit_static(groups: Sequence[Sequence[str]], folder: Path, *, steps: int = STEPS) -> None:
    """Train a table in which the sentences of one group lie together and those of different groups apart.

    Each step takes one pair of sentences from every group, so that every other group is a true negative.
    """
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding as StaticModule

    seen, later = _vocabulary(sentence for group in groups for sentence in group)
    start = np.random.default_rng(SEED).standard_normal((1 + len(seen) + len(later), DIMENSIONS), dtype=np.float32)
    # The unknown token must not pull sentences together: it adds nothing to the mean.
    start[0] = 0
    torch.manual_seed(SEED)
    module = StaticModule(_tokenizer([_UNKNOWN, *seen]), embedding_weights=start[: 1 + len(seen)].copy())
    loss = MultipleNegativesRankingLoss(SentenceTransformer(modules=[module], device="cpu"))
    optimiser = torch.optim.Adam(module.embedding.parameters(), lr=_RATE)
    numbers = {token: row for row, token in enumerate([_UNKNOWN, *seen])}
    rows = [[[numbers[token] for token in tokens(sentence)] for sentence in group] for group in groups]
    rows = [[ids for ids in group if ids] for group in rows]
    rows = [group for group in rows if len(group) > 1]
    chooser = random.Random(SEED)

    def batch(sentences_: list[list[int]]) -> dict[str, Any]:
        lengths = [0, *(len(ids) for ids in sentences_[:-1])]
        return {"input_ids": torch.tensor([row for ids in sentences_ for row in ids]), "offsets": torch.tensor(lengths).cumsum(0)}

    threads = torch.get_num_threads()
    # Batches this small are slower on two threads than on one, and many times slower when the machine is busy.
    torch.set_num_threads(1)
    for _ in range(steps if len(rows) > 1 else 0):
        pairs = [chooser.sample(group, 2) for group in rows]
        optimiser.zero_grad()
        loss([batch([a for a, _ in pairs]), batch([b for _, b in pairs])], torch.empty(0)).backward()
        optimiser.step()
    torch.set_num_threads(threads)
    trained = module.embedding.weight.detach().numpy()
    folder.mkdir(parents=True, exist_ok=True)
    StaticModule(_tokenizer([_UNKNOWN, *seen, *later]),
                 embedding_weights=np.concatenate([trained, start[1 + len(seen):]])).save(str(folder))


def _vocabulary(texts: Iterable[str]) -> tuple[list[str], list[str]]:
    """The tokens of the texts, and beside them every other common character and syllable, for guides that come later."""
    seen = {token for text in texts for token in tokens(text)}
    common = {chr(code) for code in range(0x4E00, 0x9FA6) if _in_gb2312(chr(code))}
    sounds = {f"~{sound}" for char in common for sound in syllables(char)}
    return sorted(seen), sorted((common | sounds) - seen)


def _tokenizer(vocabulary: Sequence[str]) -> Any:
    from tokenizers import Tokenizer, models, pre_tokenizers

    tokenizer = Tokenizer(models.WordLevel({token: row for row, token in enumerate(vocabulary)}, unk_token=_UNKNOWN))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return tokenizer


def _in_gb2312(char: str) -> bool:
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
