"""Guides in English: a translation laid over the Chinese guide, the search over it, and what lint says about it."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import pytest
import yaml

from assistant.casework.fields.english_options import match
from assistant.foundation.clock import SHANGHAI
from assistant.foundation.messages import ENGLISH, use_language
from knowledge import answers
from knowledge.catalogue import Catalogue
from knowledge.faq import closest_faq as any_faq
from knowledge.lint import translation_warnings
from knowledge.schema import Guide
from knowledge.search import Search
from knowledge.search.english import EnglishIndex, closest_faq, in_english, is_english, stem, terms
from knowledge.search.wordings import ELSEWHERE, UNNAMED, Wordings
from knowledge.text import content, fold
from knowledge.translation import called, called_in_full, shown_texts, translated

ROOT = Path(__file__).parents[3]
GUIDES = ROOT / "knowledge" / "guides"
FIXTURE = ROOT / "tests" / "fixtures" / "english" / "company-address-change.yaml"
CODE = "company-address-change"
NOW = datetime(2026, 11, 10, 10, 0, tzinfo=SHANGHAI)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "en").mkdir()
    shutil.copy(GUIDES / f"{CODE}.yaml", tmp_path)
    shutil.copy(FIXTURE, tmp_path / "en")
    return tmp_path


@pytest.fixture
def catalogue(folder: Path) -> Catalogue:
    return Catalogue.load(folder)


@pytest.fixture(scope="module")
def served() -> Catalogue:
    return Catalogue.load(GUIDES)


def english(catalogue: Catalogue) -> Guide:
    guide = catalogue.get(CODE, ENGLISH)
    assert guide is not None
    return guide


def test_what_is_read_is_english_and_what_is_kept_is_not(catalogue: Catalogue) -> None:
    guide, chinese = english(catalogue), catalogue.guides[CODE]
    field = guide.field("premises_source")
    assert field is not None and field.label == "Source of the new premises"
    assert [option.label for option in field.options][:2] == ["Owned", "Rented"]
    assert [option.value for option in field.options] == ["own", "leased", "other"]
    assert (guide.name, guide.code, guide.version) == (chinese.name, chinese.code, chinese.version)
    assert called(guide) == "Changing a company's registered address" and called_in_full(guide) == f"{called(guide)} (公司住所变更登记)"
    assert called(chinese) == called_in_full(chinese) == "公司住所变更登记"
    rule = guide.field("new_address")
    assert rule is not None and rule.rules[0].message.startswith("The new address is the same")
    assert [m.when for m in guide.materials] == [m.when for m in chinese.materials] and guide.evidence == chinese.evidence


def test_either_language_may_be_typed(catalogue: Catalogue) -> None:
    field = english(catalogue).field("premises_source")
    assert field is not None and {"租赁", "租的", "leased"} <= set(field.options[1].aliases)


def test_what_has_no_translation_stays_chinese(catalogue: Catalogue) -> None:
    guide = english(catalogue)
    assert guide.conditions[0].text == catalogue.guides[CODE].conditions[0].text


def test_a_view_is_made_once(catalogue: Catalogue) -> None:
    assert english(catalogue) is english(catalogue)
    assert catalogue.get(CODE) is catalogue.guides[CODE] and catalogue.get("nothing", ENGLISH) is None


def test_an_older_version_is_read_in_english_too(catalogue: Catalogue) -> None:
    older = catalogue.guides[CODE].model_copy(update={"version": "2025.9"})
    assert catalogue.in_english(older).version == "2025.9" and catalogue.in_english(older).field("phone") is not None


def test_a_guide_without_translation_keeps_its_name(catalogue: Catalogue) -> None:
    guide = translated(catalogue.guides[CODE], None, ENGLISH)
    assert called_in_full(guide) == "公司住所变更登记"


def test_answers_are_said_in_english(catalogue: Catalogue) -> None:
    with use_language(ENGLISH):
        said = answers.answer(english(catalogue), "ask_fee", {}, NOW, "is there a fee")
        time = answers.answer(english(catalogue), "ask_time_limit", {}, NOW)
    assert said.text.startswith("Fees: It is free.") and said.citations
    assert "13 November 2026" in time.text and "。." not in time.text


def test_a_question_asked_before_is_found_in_english(catalogue: Catalogue) -> None:
    faq = closest_faq(english(catalogue), "is it true that I have to pay 100 yuan?")
    assert faq is not None and "100 yuan" in faq.answer
    assert closest_faq(english(catalogue), "how do I change a company's registered address") is None


@pytest.mark.parametrize(
    ("code", "question", "found"),
    [
        ("company-founding", "what do I need to bring", None), ("company-founding", "what if I rent my office", None),
        ("company-founding", "do I have to come in person", None), ("company-founding", "can I use my home address", "at my home"),
        ("company-founding", "is it possible if I have not rented an office", "not rented"), ("residence-permit", "what do I need to bring", None),
        ("residence-permit", "can I work with it", None), ("residence-permit", "can foreigners apply", "foreigners"),
    ],
)  # fmt: skip
def test_one_word_in_common_is_no_frequent_question(served: Catalogue, code: str, question: str, found: str | None) -> None:
    guide = served.for_region("310000").get(code, ENGLISH)
    assert guide is not None
    faq = any_faq(guide, question)
    assert (faq is None) if found is None else (faq is not None and found in faq.question)


def test_an_english_question_about_a_chinese_guide_is_none_of_its_frequent_ones(served: Catalogue) -> None:
    assert any_faq(served.guides["company-founding"], "can I register the company at my home") is None


def test_every_country_may_be_answered_by_nationality(served: Catalogue) -> None:
    guide = served.get("company-founding", ENGLISH)
    table = guide.field("shareholders") if guide else None
    assert table is not None
    field = next(column for column in table.columns if column.key == "country")
    said = ["I'm British", "she is German", "Indian", "american", "He's a Frenchman or rather French", "korean", "Singaporean"]
    chosen = [match(text, field.options) for text in said]
    assert [option.value if option else None for option in chosen] == ["gb", "de", "ind", "us", "fr", "kr", "sg"]
    for option in field.options:
        assert sum(alias.isascii() for alias in option.aliases) >= 2, option.value


def test_a_faulty_translation_leaves_the_guide_in_chinese(folder: Path) -> None:
    (folder / "en" / f"{CODE}.yaml").write_text("names: [", encoding="utf-8")
    (folder / "en" / "nothing.yaml").write_text("language: en\nnames: [x]\n", encoding="utf-8")
    catalogue = Catalogue.load(folder)
    assert {problem.file for problem in catalogue.problems} == {f"en/{CODE}.yaml", "en/nothing.yaml"}
    assert called(english(catalogue)) == "公司住所变更登记"


def test_a_translation_that_breaks_later_keeps_its_last_good_one(folder: Path, catalogue: Catalogue) -> None:
    (folder / "en" / f"{CODE}.yaml").write_text("[]", encoding="utf-8")
    assert Catalogue.load(folder, catalogue).translations == catalogue.translations


def test_lint_names_what_is_stale_and_what_is_missing(folder: Path) -> None:
    path = folder / "en" / f"{CODE}.yaml"
    told = yaml.safe_load(path.read_text(encoding="utf-8"))
    told["texts"]["没有这一句"] = "There is no such sentence"
    path.write_text(yaml.safe_dump(told, allow_unicode=True, width=1000), encoding="utf-8")
    found = translation_warnings(folder)
    assert any("没有这一句" in problem.why and problem.line > 1 for problem in found)
    assert any("委托代理人姓名" in problem.why for problem in found)
    told["texts"] = {"公司住所变更登记": "Change of address"}
    path.write_text(yaml.safe_dump(told, allow_unicode=True), encoding="utf-8")
    assert translation_warnings(folder) == []


@pytest.mark.parametrize("code", ["company-founding", "residence-permit", "remote-medical"])
def test_the_guides_told_in_full_lack_nothing(served: Catalogue, code: str) -> None:
    texts = shown_texts(served.for_region("310115").guides[code])
    missing = [text for text in texts if text not in served.translations[code].texts and not text.isascii()]
    assert missing == []
    assert [problem for problem in translation_warnings(GUIDES) if problem.file == f"en/{code}.yaml"] == []


# ---- search


def test_words_without_their_endings() -> None:
    assert stem("registration") == stem("registering") == stem("register") == stem("registered")
    assert stem("companies") == stem("company") and stem("licence") == stem("licenses") and stem("renewal") == stem("renew")
    assert terms("How do I apply for a residence permit?") == [stem("residence"), stem("permit")]


@pytest.mark.parametrize(("text", "expected"), [("register a company", True), ("我要办 residence permit", False), ("12345", False), ("？", False), ("公司", False)])
def test_which_search_reads_a_sentence(text: str, expected: bool) -> None:
    assert is_english(text) is expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("register a company", "company-founding"), ("I want to set up a trading company in Shanghai", "company-founding"), ("company registraton", "company-founding"),
        ("residence permit", "residence-permit"), ("how do I get a residence permit", "residence-permit"), ("our office moved, change the registered address", CODE),
        ("renew my driving licence", "driving-licence-renewal"), ("close down my company", "enterprise-deregistration"), ("we are getting married", "marriage"),
    ],
)  # fmt: skip
def test_an_item_is_found_by_its_english_words(served: Catalogue, text: str, code: str) -> None:
    guides = served.all()
    found = EnglishIndex(guides, served.translations).find(text)
    assert guides[found[0][0]].code == code and found[0][1] > 0.3


def test_samples_left_out_are_found(served: Catalogue) -> None:
    """Every fourth sample taken out in turn: nine in ten are still found first, as when this was tuned."""
    guides, right, count = served.all(), 0, 0
    for part in range(4):
        kept = {
            code: translation.model_copy(update={"samples": [s for i, s in enumerate(translation.samples) if i % 4 != part]})
            for code, translation in served.translations.items()
        }
        index = EnglishIndex(guides, kept)
        for number, guide in enumerate(guides):
            for sample in served.translations[guide.code].samples[part::4] if guide.code in served.translations else []:
                found = index.find(sample)
                right, count = right + bool(found and found[0][0] == number), count + 1
    assert count > 300 and right / count >= 0.87


@pytest.mark.parametrize("text", ["how much is it", "what do I need", "hello", "yes please", "what time is it in London"])
def test_frame_alone_finds_nothing(served: Catalogue, text: str) -> None:
    assert sum(score for _, score, _ in EnglishIndex(served.all(), served.translations).find(text)) < 0.3


def test_the_search_speaks_both(search: Search, fixture_catalogue: Catalogue) -> None:
    assert search.search("register a company") == []
    assert search.search("店招怎么办")[0].code == "shop-sign"


def test_english_around_a_chinese_name_is_no_evidence() -> None:
    assert content(fold("I want to apply for 居住证, what documents do I need?")) == ["居住证"]
    assert content(fold("我司拟将住所由A栋变更至B栋"))[-1].endswith("栋")


def test_english_wordings_are_learnt_apart(served: Catalogue) -> None:
    said = [
        ("let my baker sell her bread", "food-permit-new"), ("bread licence please", "food-permit-new"), ("I bake and need the licence", "food-permit-new"),
        ("my wife has lost her passport", "passport"), ("passport for a journey", "passport"), ("a passport please", "passport"),
        ("what do I need", UNNAMED), ("how long", UNNAMED), ("where do I go", UNNAMED), ("rain or shine", ELSEWHERE), ("tell me a joke", ELSEWHERE),
        ("play a song", ELSEWHERE), ("护照怎么办", "passport"),
    ]  # fmt: skip
    model = Wordings.fit(said, in_english)
    chances = model.chances("pasport for our baker's wife")
    assert chances is not None and max(chances.items, key=lambda code: chances.items[code]) == "passport"
    assert model.chances("护照") is None and Wordings.fit(said).chances("passport") is None
    bag = in_english("Registering companies")
    assert bag is not None and {"^" + " " + stem("register"), stem("company")} <= set(bag["w"])
