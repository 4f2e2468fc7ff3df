"""Blank forms and samples: every template gives both, and the shelf makes each once."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.casework.package import samples, shelf
from assistant.casework.package.errors import OfficeUnavailable, PackageError
from assistant.casework.package.forms import visible_text
from assistant.casework.package.office import OfficeWorker
from assistant.casework.package.shelf import FormShelf
from assistant.casework.package.values import TICKED, UNTICKED
from assistant.foundation.settings import ROOT, Settings
from knowledge.catalogue import Catalogue
from knowledge.schema import DocumentSpec, Guide

TEMPLATES = ROOT / "knowledge" / "templates"
CATALOGUE = Catalogue.load(ROOT / "knowledge" / "guides").for_region("310115")
FORMS = [(guide.code, document.key) for guide in CATALOGUE.all() for document in guide.documents]


def form(code: str, key: str) -> tuple[Guide, DocumentSpec]:
    guide = CATALOGUE.guides[code]
    return guide, next(document for document in guide.documents if document.key == key)


FOOD = form("food-permit-new", "application_form")


class Paper:
    """Stands in for LibreOffice; counts what it is given."""

    def __init__(self) -> None:
        self.made = 0

    def convert(self, docx: bytes) -> bytes:
        self.made += 1
        return b"%PDF" + visible_text(docx).encode()


@pytest.mark.parametrize(("code", "key"), FORMS)
def test_every_form_there_is_has_a_blank_and_a_sample(code: str, key: str) -> None:
    guide, document = form(code, key)
    empty = visible_text(samples.blank(guide, document, TEMPLATES))
    assert samples.GAP not in empty and TICKED not in empty
    filled = samples.sample(guide, document, TEMPLATES)
    assert samples.GAP not in filled.text and filled.printed


def test_a_blank_has_empty_cells_and_lines_in_sentences() -> None:
    guide, _ = FOOD
    assert samples._LINE in visible_text(samples.blank(*form("food-permit-new", "food_safety_commitment"), TEMPLATES))
    text = visible_text(samples.blank(*FOOD, TEMPLATES))
    assert samples._LINE not in text and UNTICKED in text
    assert not [field.example for field in guide.fields if field.type == "person_name" and field.example and field.example in text]


def test_a_sample_shows_the_guides_examples_in_a_situation_that_needs_the_form() -> None:
    guide, document = form("food-permit-new", "authorisation")
    agent = guide.field("agent_name")
    assert agent is not None and agent.example
    assert agent.example in samples.sample(guide, document, TEMPLATES).text
    assert agent.example not in samples.sample(*FOOD, TEMPLATES).text, "without need nobody is authorised"


def test_a_sample_never_changes_from_one_day_to_the_next() -> None:
    assert samples.sample(*FOOD, TEMPLATES).docx == samples.sample(*FOOD, TEMPLATES).docx


def test_the_shelf_makes_a_form_once_for_a_template_and_version(tmp_path: Path) -> None:
    templates, paper = tmp_path / "templates", Paper()
    templates.mkdir()
    guide, document = FOOD
    (templates / document.template).write_bytes((TEMPLATES / document.template).read_bytes())
    held = FormShelf(tmp_path / "forms", templates, paper)
    first = held.get(guide, document, "blank.pdf")
    assert held.get(guide, document, "blank.pdf") == first and paper.made == 1
    held.get(guide.model_copy(update={"version": "2099.1"}), document, "blank.pdf")
    assert paper.made == 2
    other = (TEMPLATES / "food-safety-rules.docx").read_bytes()
    (templates / document.template).write_bytes(other)
    assert held.get(guide, document, "blank.pdf") != first and paper.made == 3


def test_while_another_form_is_made_nobody_waits_for_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "WAIT_SECONDS", 0.01)
    held = FormShelf(tmp_path, TEMPLATES, Paper())
    with held._making, pytest.raises(OfficeUnavailable):
        held.get(*FOOD, "blank.pdf")


def test_a_missing_template_is_said(tmp_path: Path) -> None:
    with pytest.raises(PackageError):
        FormShelf(tmp_path / "forms", tmp_path, Paper()).get(*FOOD, "blank.docx")


@pytest.mark.office
def test_the_mark_survives_on_the_way_to_pdf(settings: Settings, tmp_path: Path) -> None:
    import pypdfium2

    with OfficeWorker(settings) as office:
        data = FormShelf(tmp_path, TEMPLATES, office).get(*FOOD, "sample.pdf")
    pages = pypdfium2.PdfDocument(data)
    for page in pages:
        assert page.get_textpage().get_text_range().count("样张　只供参考") == 2, "at the top and at the foot"
    pages.close()
