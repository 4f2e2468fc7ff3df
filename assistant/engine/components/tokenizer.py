"""Chinese words for Rasa: jieba, with the catalogue's names kept whole and no white space among the tokens."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jieba
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

from assistant.engine.components.catalogue import CATALOGUE_VARIABLE, LiveCatalogue
from assistant.engine.components.text import normalise

ITEM = "item"
"""Key in a token's data that says the token is a catalogue name."""

jieba.setLogLevel(logging.WARNING)


def _words() -> jieba.Tokenizer:
    """jieba with its dictionary loaded, so that the first citizen does not wait for it."""
    tokenizer = jieba.Tokenizer()
    named = os.environ.get(CATALOGUE_VARIABLE)
    if named:
        # It reads its cache back without checking, so the cache must not lie in a folder anybody can write to.
        tokenizer.tmp_dir = str(Path(named).parent)
    tokenizer.initialize()
    return tokenizer


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class CatalogueTokenizer(Tokenizer):  # type: ignore[misc]
    """Cuts normalised text into words. Offsets are those of the original text, which normalising never moves."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """What Rasa's base class asks for; intents are never cut."""
        return {
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "prefix_separator_symbol": None,
        }

    def __init__(self, config: dict[str, Any], catalogue: LiveCatalogue | None = None) -> None:
        """Take the names of ``catalogue``, or those of the file the environment names."""
        super().__init__({**self.get_default_config(), **config})
        self._catalogue = catalogue or LiveCatalogue()
        self._jieba = _words()

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> CatalogueTokenizer:
        """Build the component; Rasa calls this for training and for loading alike."""
        return cls(config)

    @staticmethod
    def required_packages() -> list[str]:
        """The modules Rasa checks for before it starts."""
        return ["jieba"]

    @staticmethod
    def supported_languages() -> list[str] | None:
        """Chinese only."""
        return ["zh"]

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """The words of ``message[attribute]``; a catalogue name is one token with ``data[ITEM]`` set."""
        text = normalise(message.get(attribute))
        tokens: list[Token] = []
        position = 0
        for span in self._catalogue.current().find(text):
            tokens.extend(self._words(text, position, span.start))
            tokens.append(Token(text[span.start : span.end], span.start, span.end, data={ITEM: True}))
            position = span.end
        tokens.extend(self._words(text, position, len(text)))
        return tokens

    def _words(self, text: str, start: int, end: int) -> Iterator[Token]:
        for word, begin, _ in self._jieba.tokenize(text[start:end]):
            if not word.isspace():
                yield Token(word, start + begin)
