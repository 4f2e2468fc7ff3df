"""Words of a sentence: items whole, no white space, offsets of the original."""

from __future__ import annotations

import pytest
from rasa.shared.nlu.training_data.message import Message

from assistant.engine.components.catalogue import LiveCatalogue
from assistant.engine.components.tokenizer import ITEM, CatalogueTokenizer


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> CatalogueTokenizer:
    file = tmp_path_factory.mktemp("catalogue") / "names.txt"
    file.write_text("公司法定代表人变更登记\n法定代表人变更\n", encoding="utf-8")
    return CatalogueTokenizer({}, LiveCatalogue(file))


def test_an_item_stays_in_one_piece_and_is_marked(tokenizer: CatalogueTokenizer) -> None:
    tokens = tokenizer.tokenize(Message({"text": "我要办法定代表人变更"}), "text")
    assert [token.text for token in tokens if token.get(ITEM)] == ["法定代表人变更"]
    assert "".join(token.text for token in tokens) == "我要办法定代表人变更"


def test_no_white_space_and_true_offsets(tokenizer: CatalogueTokenizer) -> None:
    text = "ＶＩＰ  办理　公司法定代表人变更登记 要 多久"
    tokens = tokenizer.tokenize(Message({"text": text}), "text")
    assert all(token.text.strip() for token in tokens)
    assert [text[token.start : token.end].casefold() for token in tokens[1:]] == [token.text for token in tokens[1:]]
    assert tokens[0].text == "vip" and text[tokens[0].start : tokens[0].end] == "ＶＩＰ"
