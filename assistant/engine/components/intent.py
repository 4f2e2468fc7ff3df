"""Which intent a sentence has: a linear model over masked characters, words and fuzzy syllables, with calibrated confidence."""

from __future__ import annotations

import json
import logging
import random
from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import INTENT, TEXT, TEXT_TOKENS
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.engine.components.catalogue import LiveCatalogue
from assistant.engine.components.features import Familiarity, Groups, Vectoriser, groups, masked
from assistant.engine.components.homophones import Homophones
from assistant.engine.components.tokenizer import ITEM

logger = logging.getLogger(__name__)

WEIGHTS_FILE = "intent.npz"
LABELS_FILE = "intent.json"


def words_of(message: Message) -> list[str]:
    """The masked words of a tokenised message."""
    return masked((token.text, bool(token.get(ITEM))) for token in message.get(TEXT_TOKENS) or [])


def _different(masked_words: list[str], words: list[str]) -> list[list[str]]:
    return [masked_words] if masked_words == words else [masked_words, words]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentClassifier(GraphComponent):  # type: ignore[misc]
    """One-against-rest linear margins, turned into probabilities by a temperature fitted on sentences held out of training."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Needs words."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``C`` is the margin's softness; four weights balance the kinds of features, of which those in fewer than ``minimum``
        sentences are left out; ``misheard`` is the share of characters that the second copy of a sentence has replaced;
        ``out_of_scope`` names the intent whose sentences say nothing about what is familiar, and ``reluctance`` is what its
        margin must beat the others by, because there is more of it in the data than in life; ``held`` is the share held out
        to fit the confidence; ``ranking`` is how many intents are reported.
        """
        return {
            "C": 0.5,
            "minimum": 2,
            "misheard": 0.3,
            "reluctance": 0.15,
            "characters": 1.0,
            "words": 1.0,
            "syllables": 1.0,
            "strangeness": 0.15,
            "out_of_scope": "out_of_scope",
            "held": 0.2,
            "ranking": 10,
            "seed": 7,
        }

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        """An untrained component; ``load`` and ``train`` fill it."""
        self._config = config
        self._storage = storage
        self._resource = resource
        self._catalogue = LiveCatalogue()
        self._vectoriser: Vectoriser | None = None
        self._familiarity = Familiarity(Counter())
        self._labels: list[str] = []
        self._matrix: NDArray[np.float16] = np.zeros((0, 0), dtype=np.float16)
        self._offset: NDArray[np.float32] = np.zeros(0, dtype=np.float32)
        self._sharpness = 1.0

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> IntentClassifier:
        """An untrained component."""
        return cls(config, model_storage, resource)

    def _weights(self) -> dict[str, float]:
        names = {"c": "characters", "w": "words", "p": "syllables", "u": "strangeness"}
        return {kind: self._config[name] for kind, name in names.items()}

    # -- training ------------------------------------------------------------------------------------------------------------

    def train(self, training_data: TrainingData) -> Resource:
        """Fit on every labelled sentence and write the model."""
        examples = [m for m in training_data.intent_examples if m.get(INTENT) and m.get(TEXT)]
        spoken = [[token.text for token in message.get(TEXT_TOKENS)] for message in examples]
        self.fit([words_of(message) for message in examples], [m.get(INTENT) for m in examples], spoken)
        self._persist()
        return self._resource

    def fit(self, sentences: list[list[str]], labels: list[str], spoken: list[list[str]] | None = None) -> None:
        """Fit the margins on all sentences and their sharpness on held-out folds.

        Args:
            sentences: the masked words of each.
            labels: the intent of each.
            spoken: the words as they were said. A sentence that names an item is learnt both ways: masked, because so
                it will be read, and as said, because many ways to call an item are in no catalogue.
        """
        from assistant.engine.components import fitting  # scikit-learn: needed to train, never to serve

        outside = self._config["out_of_scope"]
        said = spoken or sentences
        triples = list(zip(sentences, said, labels, strict=True))
        self._familiarity = Familiarity.fit(" ".join(words) for _, words, label in triples if label != outside)
        homophones = Homophones(word for words in said for word in words)
        chance = random.Random(self._config["seed"])
        rows: list[tuple[list[str], int]] = []
        for number, (masked_words, words, _) in enumerate(triples):
            dresses = [*_different(masked_words, words), homophones.misheard(masked_words, self._config["misheard"], chance)]
            rows += [(dress, number) for dress in dresses]
        self._labels = sorted(set(labels))
        columns = {label: column for column, label in enumerate(self._labels)}
        targets = np.array([columns[labels[number]] for _, number in rows])
        looked = [self.look(words, own=int(labels[number] != outside)) for words, number in rows]
        self._vectoriser = Vectoriser.fit(looked, self._weights(), self._config["minimum"])
        fitted = fitting.fit(
            fitting.matrix([self._vectoriser.row(sentence) for sentence in looked], len(self._vectoriser)),
            targets,
            np.array([number for _, number in rows]),
            softness=self._config["C"],
            held=self._config["held"],
            seed=self._config["seed"],
        )
        self._matrix, self._offset, self._sharpness = fitted.matrix, fitted.offset, fitted.sharpness
        if outside in columns:
            self._offset[columns[outside]] -= self._config["reluctance"]

    # -- reading a sentence --------------------------------------------------------------------------------------------------

    def look(self, words: list[str], own: int = 0) -> Groups:
        """All features of a sentence; ``own`` is 1 while training on a sentence in scope."""
        return {**groups(words), "u": self._familiarity.measure(" ".join(words), self._catalogue.current(), own)}

    def probabilities(self, sentence: Groups) -> NDArray[np.float32]:
        """The probability of each label, in the order of the labels.

        Raises:
            RuntimeError: before training or loading.
        """
        if self._vectoriser is None:
            raise RuntimeError("the intent classifier has not been trained")
        columns, values = self._vectoriser.row(sentence)
        margins = (values @ self._matrix[columns].astype(np.float32) + self._offset) * self._sharpness
        raised: NDArray[np.float32] = np.exp(margins - margins.max())
        chances: NDArray[np.float32] = raised / raised.sum()
        return chances

    def process(self, messages: list[Message]) -> list[Message]:
        """Set ``intent`` and ``intent_ranking`` of each message."""
        for message in messages:
            chances = self.probabilities(self.look(words_of(message)))
            order = np.argsort(-chances)[: self._config["ranking"]]
            ranking = [{"name": self._labels[i], "confidence": round(float(chances[i]), 4)} for i in order]
            message.set("intent", ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages

    # -- on disk: arrays and JSON, nothing that runs when it is read -----------------------------------------------------------

    def _persist(self) -> None:
        assert self._vectoriser is not None
        with self._storage.write_to(self._resource) as folder:
            np.savez_compressed(folder / WEIGHTS_FILE, matrix=self._matrix, offset=self._offset, idf=self._vectoriser.idf)
            described = {
                "labels": self._labels,
                "sharpness": self._sharpness,
                "vocabulary": list(self._vectoriser.vocabulary),
                "familiar": self._familiarity.counts,
            }
            (folder / LABELS_FILE).write_text(json.dumps(described, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> IntentClassifier:
        """Read what training wrote.

        Raises:
            ValueError, OSError: when the model holds no classifier; a half-loaded engine must not answer.
        """
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            described = json.loads((folder / LABELS_FILE).read_text(encoding="utf-8"))
            with np.load(folder / WEIGHTS_FILE, allow_pickle=False) as arrays:
                component._matrix, component._offset, idf = arrays["matrix"], arrays["offset"], arrays["idf"]
        component._labels = described["labels"]
        component._sharpness = described["sharpness"]
        component._familiarity = Familiarity(Counter(described["familiar"]))
        columns = {gram: column for column, gram in enumerate(described["vocabulary"])}
        component._vectoriser = Vectoriser(columns, idf, component._weights())
        logger.info("intent classifier: %d labels, %d columns", len(component._labels), len(columns))
        return component
