"""Training what search needs: the static embedding, and the calibration of its scores."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from importlib import resources
from pathlib import Path

from knowledge.catalogue import Catalogue
from knowledge.embedding import MODEL_FOLDER, Embedding, HubEmbedding, StaticEmbedding, fit_static, sentences
from knowledge.search.calibration import Calibration, fit
from knowledge.search.english import WORDINGS, in_english
from knowledge.search.exact import index_of
from knowledge.search.features import Document, FeatureIndex, Reading
from knowledge.search.kept import KeptTexts
from knowledge.search.models import save_foreign
from knowledge.search.wordings import ELSEWHERE, UNNAMED, Wordings
from knowledge.text import WordCutter

# Each sentence is judged by an index and an embedding that never saw it; three parts keep training to seconds.
_FOLDS = 3


def train(catalogue: Catalogue, models_dir: Path, labelled: Iterable[tuple[str, str]] = (), embedding: str = "static") -> Path:
    """Train the embedding, fit the calibration, and learn how people word the items; the same result every time.

    Args:
        labelled: what people say, each sentence with the code of the guide it means or another label of ``wordings``.
        embedding: ``static``, or the sentence-transformers model that will serve; scores are calibrated to it.

    Returns:
        The folder both were saved in.
    """
    folder = models_dir / MODEL_FOLDER
    fit_static([sentences(guide) for guide in catalogue.all()], folder)
    foreign = unrelated()
    calibrate(catalogue, foreign, None if embedding == "static" else HubEmbedding(embedding)).save(folder)
    save_foreign(foreign, folder)
    if embedding == "static":
        KeptTexts.of(index_of(catalogue.all(), catalogue.names(), StaticEmbedding(folder), foreign)).save(folder)
    said = [(sentence, label) for sentence, label in labelled if label in (ELSEWHERE, UNNAMED) or catalogue.get(label)]
    known = {label for _, label in said}
    # What a guide says it is called joins what people were heard to say; a guide with nothing heard is left to the search.
    said += [(sentence, guide.code) for guide in catalogue.all() if guide.code in known for sentence in sentences(guide)]
    Wordings.fit(said).save(folder)
    said += [(sentence, code) for code, translation in catalogue.translations.items() if code in known
             for sentence in [*translation.names, *translation.samples]]
    Wordings.fit(said, in_english).save(folder, WORDINGS)
    return folder


def calibrate(catalogue: Catalogue, foreign: Sequence[str], embedding: Embedding | None = None) -> Calibration:
    """Fit the score on the guides' own sentences, each left out in turn, and on sentences about other things.

    Args:
        embedding: a ready-made one; without it the static one is trained anew on what each part keeps.
    """
    guides = catalogue.all()
    said = [sentences(guide) for guide in guides]
    called = [{guide.name, *guide.names.aliases, *guide.names.colloquial} for guide in guides]
    cutter = WordCutter(catalogue.names())
    positive: list[tuple[Reading, int]] = []
    negative: list[Reading] = []
    with tempfile.TemporaryDirectory() as scratch:
        for fold_number in range(_FOLDS):
            kept = [[s for i, s in enumerate(group) if i % _FOLDS != fold_number] or group[:1] for group in said]
            fold_embedding = embedding
            if fold_embedding is None:
                fit_static(kept, Path(scratch) / str(fold_number))
                fold_embedding = StaticEmbedding(Path(scratch) / str(fold_number))
            documents = [Document(s, n, s in called[n]) for n, group in enumerate(kept) for s in group]
            away = [s for i, s in enumerate(foreign) if i % _FOLDS != fold_number]
            index = FeatureIndex(documents, len(guides), cutter, fold_embedding, away)
            positive += [(index.read(s), n) for n, group in enumerate(said) for i, s in enumerate(group)
                         if i % _FOLDS == fold_number and len(group) > 1]
            negative += [index.read(s) for i, s in enumerate(foreign) if i % _FOLDS == fold_number]
    return fit([(reading, n) for reading, n in positive if not reading.empty], [r for r in negative if not r.empty],
               embedding.name if embedding else StaticEmbedding.name)


def unrelated() -> list[str]:
    """Sentences about none of any catalogue's items, the project's own."""
    return resources.files("knowledge.search").joinpath("unrelated.txt").read_text(encoding="utf-8").splitlines()
