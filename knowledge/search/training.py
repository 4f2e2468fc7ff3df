"""Training what search needs: the static embedding, and the calibration of its scores."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from importlib import resources
from pathlib import Path

from knowledge.catalogue import Catalogue
from knowledge.embedding import MODEL_FOLDER, StaticEmbedding, fit_static, sentences
from knowledge.search.calibration import Calibration, fit
from knowledge.search.features import Document, FeatureIndex, Reading
from knowledge.search.index import save_foreign
from knowledge.text import WordCutter

# Each sentence is judged by an index and an embedding that never saw it; three parts keep training to seconds.
_FOLDS = 3


def train(catalogue: Catalogue, models_dir: Path, utterances: Iterable[tuple[str, str]] = (),
          elsewhere: Iterable[str] = ()) -> Path:
    """Train the embedding and fit the calibration; the same result every time.

    Args:
        utterances: further sentences, each with the official name of the item it means.
        elsewhere: further sentences about none of any catalogue's items.

    Returns:
        The folder both were saved in.
    """
    groups = {guide.name: sentences(guide) for guide in catalogue.all()}
    for sentence, name in utterances:
        if name in groups:
            groups[name].append(sentence)
    folder = models_dir / MODEL_FOLDER
    fit_static(list(groups.values()), folder)
    foreign = list(dict.fromkeys([*unrelated(), *elsewhere]))
    calibrate(catalogue, foreign).save(folder)
    save_foreign(foreign, folder)
    return folder


def calibrate(catalogue: Catalogue, foreign: Sequence[str]) -> Calibration:
    """Fit the score on the guides' own sentences, each left out in turn, and on sentences about other things."""
    guides = catalogue.all()
    said = [sentences(guide) for guide in guides]
    called = [{guide.name, *guide.names.aliases, *guide.names.colloquial} for guide in guides]
    cutter = WordCutter(catalogue.names())
    positive: list[tuple[Reading, int]] = []
    negative: list[Reading] = []
    with tempfile.TemporaryDirectory() as scratch:
        for fold_number in range(_FOLDS):
            kept = [[s for i, s in enumerate(group) if i % _FOLDS != fold_number] or group[:1] for group in said]
            folder = Path(scratch) / str(fold_number)
            fit_static(kept, folder)
            documents = [Document(s, n, s in called[n]) for n, group in enumerate(kept) for s in group]
            away = [s for i, s in enumerate(foreign) if i % _FOLDS != fold_number]
            index = FeatureIndex(documents, len(guides), cutter, StaticEmbedding(folder), away)
            positive += [(index.read(s), n) for n, group in enumerate(said) for i, s in enumerate(group)
                         if i % _FOLDS == fold_number and len(group) > 1]
            negative += [index.read(s) for i, s in enumerate(foreign) if i % _FOLDS == fold_number]
    return fit([(reading, n) for reading, n in positive if not reading.empty], [r for r in negative if not r.empty])


def unrelated() -> list[str]:
    """Sentences about none of any catalogue's items, the project's own."""
    return resources.files("knowledge.search").joinpath("unrelated.txt").read_text(encoding="utf-8").splitlines()
