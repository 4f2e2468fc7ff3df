"""Which materials and documents this case's situation wants, and how each material is met."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from assistant.casework.model import Case, MaterialState
from assistant.foundation.workcalendar import add_working_days
from knowledge.conditions import holds
from knowledge.schema import DocumentSpec, Guide, Material, MeetWay

MATERIAL_PREFIX = "material:"
UPLOAD_ACCEPT = [".pdf", ".jpg", ".jpeg", ".png"]
#: The statuses a way of meeting a material leads to.
MET_STATUS: dict[MeetWay, str] = {
    "licence": "licence",
    "upload": "uploaded",
    "generated": "generated",
    "promise": "promised",
    "tolerate": "tolerated",
    "bring": "bring",
}


def applying_materials(guide: Guide, case: Case) -> list[Material]:
    """The materials of this case's situation."""
    values = case.values()
    return [material for material in guide.materials if holds(material.when, values)]


def applying_documents(guide: Guide, case: Case) -> list[DocumentSpec]:
    """The documents of the package: those of the situation, and the commitment of every promised material."""
    values = case.values()
    by_promise = {m.promise_document for m in guide.materials if m.promise_document}
    promised = {m.promise_document for m in applying_materials(guide, case) if _status(case, m) == "promised"}
    return [d for d in guide.documents if holds(d.when, values) and (d.key not in by_promise or d.key in promised)]


def refresh_materials(guide: Guide, case: Case) -> None:
    """Keep the materials' states true to the situation: what falls away is laid aside until it applies again, what needs
    nothing from her is settled.
    """
    applying = applying_materials(guide, case)
    codes = {m.code for m in applying}
    aside = {code: state for code, state in case.materials.items() if code not in codes and state.status != "missing"}
    held = {**case.fallen_materials, **case.materials}
    case.materials = {m.code: held.get(m.code, MaterialState(status="missing")) for m in applying}
    case.fallen_materials = {code: state for code, state in {**case.fallen_materials, **aside}.items() if code not in codes}
    for material in applying:
        state = case.materials[material.code]
        seen = case.consent.licences.get(material.code) if case.consent else None
        if seen is not None and seen.holds and state.status in ("missing", "licence"):
            state.status, state.ref = "licence", seen.ref
        elif state.status == "licence" and case.consent is not None:
            state.status, state.ref = "missing", None
        elif state.status == "missing" and "generated" in material.met_by:
            state.status = "generated"


def is_required(case: Case, material: Material) -> bool:
    """Whether the case cannot do without it. What data sharing provides is asked of nobody, though it could not be fetched."""
    return material.required and not ("licence" in material.met_by and _status(case, material) == "missing")


def licences_wanting(guide: Guide, case: Case) -> list[Material]:
    """What a licence would meet, had one been found: it may be uploaded, and need not be."""
    return [m for m in applying_materials(guide, case) if "licence" in m.met_by and _status(case, m) == "missing"]


def next_material(guide: Guide, case: Case) -> Material | None:
    """The first required material nothing meets yet."""
    refresh_materials(guide, case)
    wanted = (m for m in applying_materials(guide, case) if is_required(case, m))
    return next((m for m in wanted if case.materials[m.code].status == "missing"), None)


def meet(
    guide: Guide, case: Case, material: Material, way: MeetWay, now: datetime, upload_ids: Sequence[str] = ()
) -> MaterialState:
    """Record how a material is met. A tolerated one is due ``tolerance_days`` working days from now.

    Raises:
        ValueError: when the guide does not allow this way.
    """
    if way not in material.met_by:
        raise ValueError(f"{material.code} cannot be met by {way}")
    due = add_working_days(now.date(), material.tolerance_days or 0) if way == "tolerate" else None
    kept = case.materials.get(material.code)
    uploads = [*(kept.upload_ids if kept and way == "upload" else []), *upload_ids]
    state = MaterialState.model_validate({"status": MET_STATUS[way], "upload_ids": uploads, "due": due})
    case.materials[material.code] = state
    return state


def _status(case: Case, material: Material) -> str:
    state = case.materials.get(material.code)
    return state.status if state else "missing"
