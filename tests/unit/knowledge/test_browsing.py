"""The directory: what is counted is what is found."""

from __future__ import annotations

import pytest

from assistant.foundation.settings import ROOT
from knowledge.browsing import UnknownCategory, category_name, directory, filtered, in_order_of_life, theme_names
from knowledge.catalogue import Catalogue
from knowledge.categories import categories
from knowledge.schema import Guide

GUIDES = ROOT / "knowledge" / "guides"


@pytest.fixture(scope="module")
def guides() -> list[Guide]:
    return Catalogue.load(GUIDES).for_region("310115").all()


def test_a_category_counts_what_its_filter_finds(guides: list[Guide]) -> None:
    found = directory(guides)
    kinds = {"theme": found.themes, "sector": found.sectors, "applicant": found.applicants}
    kinds["life_event"] = [category for listed in found.life_events.values() for category in listed]
    for kind, listed in kinds.items():
        assert listed, kind
        for category in listed:
            assert category.total == len(filtered(guides, **{kind: category.code})) > 0
            assert category.name == category_name(kind, category.code)


def test_every_guide_of_the_catalogue_is_reached(guides: list[Guide]) -> None:
    reached = {guide.code for category in directory(guides).themes for guide in filtered(guides, theme=category.code)}
    assert {guide.code for guide in guides} - reached == set()


def test_filters_are_all_held_to(guides: list[Guide]) -> None:
    both = filtered(guides, theme="food", applicant="enterprise")
    assert both and all("food" in guide.themes and "enterprise" in guide.applicant for guide in both)


@pytest.mark.parametrize("kind", ["theme", "life_event", "sector", "applicant"])
def test_a_code_of_no_category_is_refused(guides: list[Guide], kind: str) -> None:
    with pytest.raises(UnknownCategory, match=kind):
        filtered(guides, **{kind: "nothing"})


def test_no_guide_no_category() -> None:
    empty = directory([])
    assert (empty.themes, empty.sectors, empty.applicants) == ([], [], [])


def test_english_names_every_category_and_no_other() -> None:
    chinese, english = categories().model_dump(), categories("en").model_dump()
    assert english["themes"].keys() == chinese["themes"].keys()
    flat = [(c, e) for part in ("themes", "sectors") for c, e in zip(chinese[part].values(), english[part].values(), strict=True)]
    flat += [(chinese["life_events"][who][code], name) for who, events in english["life_events"].items() for code, name in events.items()]
    assert [chinese for chinese, said in flat if said == chinese] == []


def test_themes_are_told_in_words(guides: list[Guide]) -> None:
    food = next(guide for guide in guides if guide.code == "food-permit-new")
    assert theme_names(food) == ["食品药品", "准营准办"]


def test_the_order_of_a_life_has_what_is_not_written_last(guides: list[Guide]) -> None:
    outlines = [guide.outline for guide in in_order_of_life(guides)]
    assert outlines == sorted(outlines)
