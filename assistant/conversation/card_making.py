"""Making the cards staff send: what can be put before the citizen now, and the card for it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from assistant.casework import interview
from assistant.casework.flow.asking import material_question
from assistant.casework.flow.summary import case_view, shown
from assistant.casework.model import Case
from assistant.conversation import cards
from assistant.conversation.acting import CardRefused, editable, stage_of
from assistant.conversation.cards import Card, Kind
from assistant.foundation.messages import t
from knowledge.schema import Guide, GuideField

#: More questions than this on one form are a wall.
MOST_FIELDS = 12


def fields_of(guide: Guide, case: Case) -> list[GuideField]:
    """The questions a form may hold and whose answers staff may change: those that apply now, open or answered, in order."""
    return [one for one in interview.applying_fields(guide, case) if editable(guide, one, case.answers.get(one.key))]


def field_view(field: GuideField, case: Case) -> dict[str, Any]:
    """A question to be picked or put on a form: its shape, and its present answer as it may be shown."""
    asked = interview.ask_field(field, case)
    held = case.answers.get(field.key)
    return {
        "field": field.key, "label": field.label, "type": field.type, "optional": field.optional, "example": field.example,
        "options": [option.model_dump(mode="json") for option in asked.options or []],
        "value": shown(field, held) if held is not None else None,
    }  # fmt: skip


def uploadable(guide: Guide, case: Case) -> list[tuple[str, str, str]]:
    """Code, name and state of the materials of the case's checklist that may be uploaded."""
    met = {code: state.status for code, state in case.materials.items()}
    open_to = [one for one in interview.applying_materials(guide, case) if "upload" in one.met_by]
    return [(one.code, one.name, met.get(one.code, "missing")) for one in open_to]


def wanting(guide: Guide, case: Case) -> list[str]:
    """What is still to be answered or handed in before she can confirm, by name."""
    view = case_view(guide, case)
    papers = [one["name"] for one in view["materials"] if one["status"] == "missing" and one["required"]]
    return [*(one["label"] for one in view["missing"]), *papers]


def upload(
    conversation_id: str, staff_id: str, guide: Guide, case: Case, code: str | None, label: str, most: int, at: datetime
) -> Card:
    """Ask for a material of the checklist, or for something in words (``code`` is None); ``most`` bytes a file.

    Raises:
        CardRefused: ``not_material``, it is none that may be uploaded.
    """
    told: dict[str, Any] = {"label": label, "material": None, "accept": interview.UPLOAD_ACCEPT, "max_bytes": most}
    if code is not None:
        if code not in [one for one, _, _ in uploadable(guide, case)]:
            raise CardRefused("not_material")
        material = guide.material(code)
        assert material is not None
        asked = material_question(material, most)
        told |= {"label": asked.label, "material": code, "why": asked.why}
    return _card(conversation_id, staff_id, "upload", case, told, at)


def form(conversation_id: str, staff_id: str, guide: Guide, case: Case, keys: Sequence[str], at: datetime) -> Card:
    """Put questions before her to be filled in together.

    Raises:
        CardRefused: ``not_field``, one of them cannot be asked now.
    """
    possible = {field.key: field for field in fields_of(guide, case)}
    if not keys or len(keys) > MOST_FIELDS or not set(keys) <= possible.keys():
        raise CardRefused("not_field")
    picked = [field_view(field, case) for key, field in possible.items() if key in keys]
    return _card(conversation_id, staff_id, "form", case, {"fields": picked}, at)


def confirmable(guide: Guide, case: Case) -> str:
    """How far a package has come that she can be asked to confirm: review or submit.

    Raises:
        CardRefused: ``package_open``, with what is wanting, as ``guide`` calls it.
    """
    stage = stage_of(guide, case)
    if stage not in ("review", "submit"):
        raise CardRefused("package_open", [{"field": "", "message": name} for name in wanting(guide, case)])
    return stage


def package(conversation_id: str, staff_id: str, guide: Guide, case: Case, at: datetime) -> Card:
    """Put the package before her: all answers to be confirmed, or the package made of them to be sent.

    Raises:
        CardRefused: ``package_open``, with what is wanting.
    """
    stage = confirmable(guide, case)
    return _card(conversation_id, staff_id, "package", case, {"stage": stage, "case": case.case_no, "item": guide.name}, at)


def words(card: Card) -> str:
    """What staff say with a card, for whoever reads only words."""
    match card.kind:
        case "upload":
            return t("acting.ask_upload", label=card.shown["label"])
        case "form":
            names = t("fields.list_separator").join(one["label"] for one in card.shown["fields"])
            return t("acting.ask_form", labels=names)
    return t("acting.ask_package")


def _card(conversation_id: str, staff_id: str, kind: Kind, case: Case, told: dict[str, Any], at: datetime) -> Card:
    return Card(str(uuid.uuid4()), conversation_id, staff_id, kind, case.case_no, told, {}, at, cards.OPEN)
