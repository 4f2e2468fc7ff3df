"""What a case puts into its forms: one display string a field, and a tick or an empty box for every option."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from assistant.casework.fields.parse import field_options
from assistant.casework.fields.table_cells import printed_table
from assistant.casework.interview import applying_fields, applying_materials
from assistant.casework.model import Answer, Case
from assistant.casework.package import table_values
from assistant.casework.package.text import chinese_date, clean
from knowledge.schema import Guide, GuideField

TICKED, UNTICKED = table_values.TICKED, table_values.UNTICKED
_YES = {"true": "yes", "false": "no"}


class SignaturePlace(str):
    """The empty room for the applicant's signature: prints nothing, and is known from any other empty text."""

    __slots__ = ()


class Boxes:
    """The boxes of one field, read in a template as ``tick.field.option``. Not a dict: an option may be called ``copy``."""

    def __init__(self, boxes: Mapping[str, Any]) -> None:
        self._boxes = dict(boxes)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["_boxes"][name]
        except KeyError:
            raise AttributeError(name) from None

    def __getitem__(self, name: str) -> Any:
        return self._boxes[str(name)]


def printed(field: GuideField, answer: Answer) -> str:
    """The value whole, as the forms print it: dates as 2026年11月10日, everything else as it was accepted."""
    if answer.skipped:
        return ""
    if field.type == "table" and isinstance(answer.value, list):
        return clean(printed_table(field, answer.value))
    if field.type == "date":
        with suppress(ValueError):
            day = date.fromisoformat(str(answer.value)[:10])
            return chinese_date(day.year, day.month, day.day)
    return clean(answer.display)


def printed_values(case: Case, guide: Guide) -> list[tuple[GuideField, Answer, str]]:
    """Every applying field that has an answer, with the text forms print; skipped ones are left out."""
    answered = ((field, case.answers[field.key]) for field in applying_fields(guide, case) if field.key in case.answers)
    return [(field, answer, printed(field, answer)) for field, answer in answered if not answer.skipped]


def filed_by_agent(case: Case, guide: Guide) -> bool:
    """Whether somebody else files for the applicant: who draws on the page is then not who has to sign as the applicant."""
    return any(field.key == "agent_name" for field, _, _ in printed_values(case, guide))


def form_context(case: Case, guide: Guide, now: datetime) -> dict[str, Any]:
    """What a Word template may use.

    Each field key of the guide → its text (empty when it does not apply, was skipped or is unanswered);
    a table's key → its rows (see ``table_values``); ``tick.<field>.<option>`` → ☑ or ☐ for choice, multi and yes_no fields;
    ``case_no``, ``guide_name``, ``today`` (2026年11月10日), ``promised`` (names of the materials met by a commitment, joined
    with 、) and ``signature`` (empty; a signed form has its picture put there by ``forms.fill``).
    """
    context: dict[str, Any] = dict.fromkeys((field.key for field in guide.fields), "")
    ticks: dict[str, Boxes] = {}
    applying = {field.key: text for field, _, text in printed_values(case, guide)}
    for field in guide.fields:
        context[field.key] = applying.get(field.key, "")
        if field.type == "table":
            rows = case.answers[field.key].value if field.key in applying else []
            context[field.key] = table_values.form_rows(field, rows)
        if field.type in ("choice", "multi", "yes_no"):
            held = set(_held(case.answers[field.key])) if field.key in applying else set()
            ticks[field.key] = Boxes({value: TICKED if value in held else UNTICKED for value in option_values(field)})
    context |= {
        "tick": Boxes(ticks), "case_no": case.case_no, "guide_name": guide.name,
        "today": chinese_date(now.year, now.month, now.day), "signature": SignaturePlace(),
        "promised": "、".join(
            material.name for material in applying_materials(guide, case)
            if material.code in case.materials and case.materials[material.code].status == "promised"
        ),
    }
    return context


def option_values(field: GuideField) -> list[str]:
    """The values a template can tick, those included that a composition does not offer."""
    return [option.value for option in field.options or field_options(field)]


def _held(answer: Answer) -> Iterator[str]:
    values: Iterable[Any] = answer.value if isinstance(answer.value, list) else [answer.value]
    for value in values:
        text = str(value).lower() if isinstance(value, bool) else str(value)
        yield _YES.get(text, text)
