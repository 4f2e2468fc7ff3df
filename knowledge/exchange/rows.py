"""A guide as a platform's row: the six disclosures and what goes with them, in the names of GB/T 39554."""

from __future__ import annotations

from typing import Any

from assistant.foundation.messages import t
from knowledge.categories import categories
from knowledge.composer import source_name
from knowledge.exchange.columns import COLUMNS, head
from knowledge.regions import region_name
from knowledge.schema import Guide, TimeLimit

_APPLICANTS = {"person": "自然人", "enterprise": "企业法人", "individual_business": "个体工商户"}
_LEVELS = {"national": "国家级", "province": "省级", "city": "市级", "county": "县级", "town": "镇级"}
_HANDLING = {"immediate": "即办件", "promised": "承诺件"}


def row_of(guide: Guide) -> dict[str, Any]:
    """What the guide says under our own column names, lists as lists; empty parts are left out."""
    themes = categories().themes
    row: dict[str, Any] = {
        "code": guide.code,
        "name": guide.name,
        "version": guide.version,
        "effective": guide.effective.isoformat(),
        "task_code": guide.task_code,
        "catalog_code": guide.catalog_code,
        "task_type": guide.task_type,
        "handling": _HANDLING.get(guide.handling or ""),
        "level": _LEVELS.get(guide.level or ""),
        "department": guide.department,
        "area": region_name(guide.region),
        "area_code": guide.region,
        "objects": [_APPLICANTS[kind] for kind in guide.applicant],
        "themes": [themes[code] for code in guide.themes if code in themes],
        "basis": list(dict.fromkeys(source_name(source) for source in guide.evidence.values() if source.article)),
        "conditions": [fact.text for fact in guide.conditions],
        "materials": [material.name for material in guide.materials],
        "legal": _limit(guide.legal_limit),
        "promised": _limit(guide.promised_limit),
        "visits": str(guide.visits.count) if guide.visits else None,
        "fee": guide.fee.text if guide.fee else None,
        "process": [f"{step.name}：{step.text}" for step in guide.process],
        "result": guide.result.name if guide.result else None,
        "coverage": guide.coverage.text if guide.coverage else None,
        "location": ["；".join(filter(None, (place.name, place.address, place.hours, place.phone))) for place in guide.places],
        "consult": [f"{contact.name} {contact.phone}" for contact in guide.contacts if contact.kind == "consult"],
        "complain": [f"{contact.name} {contact.phone}" for contact in guide.contacts if contact.kind == "complain"],
        "faqs": [f"{faq.question}｜{faq.answer}" for faq in guide.faqs],
    }
    return {key: value for key, value in row.items() if value}


def cells_of(guide: Guide) -> dict[str, str]:
    """The same for a spreadsheet: Chinese heads, lists one line each."""
    return {head(key): "\n".join(value) if isinstance(value, list) else str(value) for key, value in row_of(guide).items()}


def heads() -> list[str]:
    """The heads of the spreadsheet, in order."""
    return [head(key) for key in COLUMNS if key not in ("parent", "url")]


def _limit(limit: TimeLimit | None) -> str | None:
    if limit is None:
        return None
    unit = t("knowledge.unit_working_day" if limit.unit == "working_day" else "knowledge.unit_calendar_day")
    return f"{limit.days}({unit})"
