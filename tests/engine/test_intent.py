"""The intent model: learns, is sure only of what it knows, does not care which item, and survives being written and read."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.engine.components.catalogue import Catalogue
from assistant.engine.components.features import MASK, Familiarity, Vectoriser, groups, sounds, stem
from assistant.engine.components.intent import IntentClassifier

GLUE = "\x1f"

SENTENCES = {
    "ask_fee": ["多少钱", "收费吗", f"{MASK}要交多少钱", "费用是多少", f"办{MASK}收费吗", "免费的吗", "要花多少钱"],
    "ask_location": ["在哪里办", "去哪个窗口", f"{MASK}在哪里办", "地址在哪", "哪里可以办", f"办{MASK}去哪里", "窗口在哪里"],
    "apply": [f"我要办{MASK}", f"帮我办{MASK}", f"申请{MASK}", f"给我办一下{MASK}", f"想办{MASK}", "我要办", "帮我办一下"],
}


def words(sentence: str) -> list[str]:
    return list(sentence)


@pytest.fixture(scope="module")
def classifier() -> IntentClassifier:
    made = IntentClassifier(IntentClassifier.get_default_config(), None, None)
    pairs = [(words(text), label) for label, texts in SENTENCES.items() for text in texts]
    made.fit([sentence for sentence, _ in pairs], [label for _, label in pairs])
    return made


def top(classifier: IntentClassifier, sentence: str) -> tuple[str, float]:
    chances = classifier.probabilities(classifier.look(words(sentence)))
    best = int(np.argmax(chances))
    return classifier._labels[best], float(chances[best])


@pytest.mark.parametrize(
    ("said", "meant"), [(f"请问{MASK}多少钱", "ask_fee"), ("窗口去哪", "ask_location"), (f"麻烦帮我办{MASK}", "apply")]
)
def test_it_learns(classifier: IntentClassifier, said: str, meant: str) -> None:
    assert top(classifier, said)[0] == meant


def test_a_misheard_sentence_keeps_its_intent(classifier: IntentClassifier) -> None:
    assert top(classifier, "朵烧前")[0] == "ask_fee"  # not a character of 多少钱


def test_probabilities_add_up(classifier: IntentClassifier) -> None:
    assert float(classifier.probabilities(groups(words("多少钱"))).sum()) == pytest.approx(1.0, abs=1e-5)


def test_what_it_never_saw_it_is_not_sure_of(classifier: IntentClassifier) -> None:
    assert top(classifier, "zzz")[1] < top(classifier, "多少钱")[1]


def test_untrained_it_refuses() -> None:
    with pytest.raises(RuntimeError, match="not been trained"):
        IntentClassifier(IntentClassifier.get_default_config(), None, None).probabilities(groups(["多少钱"]))


def test_each_kind_of_feature_has_its_weight_whatever_its_length() -> None:
    sentences = [groups(list(text)) for text in ("多少钱", "在哪里办理这个事项")]
    vectoriser = Vectoriser.fit(sentences, {"c": 1.0, "w": 0.5, "p": 0.25})
    kinds = {column: gram[0] for gram, column in vectoriser.vocabulary.items()}
    for sentence in sentences:
        columns, values = vectoriser.row(sentence)
        for kind, weight in vectoriser.weights.items():
            length = np.sqrt(sum(v * v for c, v in zip(columns, values, strict=True) if kinds[int(c)] == kind))
            assert length == pytest.approx(weight, rel=1e-4)


def test_strange_words_are_counted_by_their_sound() -> None:
    familiarity = Familiarity.fit(["办理居住证要多久", "公司住所变更"])
    assert familiarity.measure("公斯助所便更", Catalogue()) == familiarity.measure("公司住所变更", Catalogue())
    assert familiarity.measure("洗衣机甩干", Catalogue()) == {"share 5": 1, "number 4": 1}
    assert familiarity.measure("？", Catalogue()) == {}


def test_a_sentence_in_training_is_not_familiar_by_itself() -> None:
    familiarity = Familiarity.fit(["公司住所变更"])
    assert familiarity.measure("公司住所变更", Catalogue(), own=1) == familiarity.measure("洗衣机甩干了", Catalogue())


def test_the_words_of_a_new_guide_are_familiar_without_training() -> None:
    familiarity = Familiarity.fit(["居住证"])
    before, after = Catalogue(), Catalogue(["无人机飞行许可"], ["放飞无人机"])
    assert familiarity.measure("放飞无人机", before) == {"share 5": 1, "number 4": 1}
    assert familiarity.measure("放飞无人机", after) == {"share none": 1, "number 0": 1}


def test_a_latin_word_is_one_unit_and_ends_where_it_ends() -> None:
    seen = groups(["how", "long", "does", "registering", "take"])
    assert stem("registered") == stem("registering") == stem("registers")
    assert f"how{GLUE}long" in seen["p"] and f"{stem('registers')}{GLUE}{stem('take')}" in seen["p"]
    assert f"w{GLUE}l" not in seen["c"] and f"g{GLUE}$" in seen["c"]
    assert groups(["办", "wfoe", "要", "多久"])["p"][stem("wfoe")] == 1


def test_latin_words_are_strange_one_by_one() -> None:
    assert sounds("rain tomorrow") == {stem("rain"), stem("tomorrow")}
    assert sounds("办wfoe多久") == {stem("wfoe"), *sounds("多久")}
    known = Familiarity.fit(["how long does it take", "where do I take it"])
    assert known.measure("how long does it rain", Catalogue())["number 1"] == 1
