"""What ``train`` and ``guides index`` left in the folder of the models, opened once and shared by every search over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.foundation.logging import get_logger
from knowledge.embedding import MODEL_FOLDER, Embedding, EmbeddingMissing, open_embedding
from knowledge.search.calibration import Calibration
from knowledge.search.english import WORDINGS, in_english
from knowledge.search.wide import WideIndex, WideUnusable
from knowledge.search.wordings import Wordings

WIDE_FOLDER = "search-wide"
"""The folder of the wide index within that of the models."""
_FOREIGN = "elsewhere.txt"
log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SearchModels:
    """What is learnt, and does not change with a guide: calibration, embedding, sentences about other things, wordings.

    ``wide`` is the index of a whole country's catalogue, where there is one.
    """

    calibration: Calibration
    embedding: Embedding
    foreign: list[str]
    wordings: Wordings | None
    english_wordings: Wordings | None
    wide: WideIndex | None

    @classmethod
    def open(cls, models_dir: Path, embedding: str, wide: Path | None, *, needed: bool) -> SearchModels:
        """Open a folder; see ``Search.build``.

        Args:
            needed: without a wide index there are too many guides; that there is none is then logged too.

        Raises:
            EmbeddingMissing: nothing was trained in ``models_dir``, or not for this embedding.
        """
        folder = models_dir / MODEL_FOLDER
        calibration = Calibration.load(folder)
        if calibration is None or calibration.embedding != embedding:
            raise EmbeddingMissing(f"no search calibration for {embedding} in {models_dir}: run ./bandao train")
        foreign = (folder / _FOREIGN).read_text(encoding="utf-8").splitlines()
        opened = open_embedding(embedding, models_dir)
        held: WideIndex | None = None
        where = wide or models_dir / WIDE_FOLDER
        if where.is_dir() or wide is not None or needed:
            try:
                held = WideIndex.open(where, models_dir, opened)
            except WideUnusable as unusable:
                log.error("search.wide_unusable", kind=unusable.kind, folder=str(where), run="./bandao guides index")
        return cls(calibration, opened, foreign, Wordings.load(folder), Wordings.load(folder, WORDINGS, in_english), held)


def save_foreign(sentences: Sequence[str], folder: Path) -> None:
    """Keep the sentences about other things beside the calibration that was fitted with them."""
    (folder / _FOREIGN).write_text("".join(f"{sentence}\n" for sentence in sentences), encoding="utf-8")
