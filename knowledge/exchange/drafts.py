"""Draft guides out of a platform's rows: what the row says, nothing more, and a list of what is still missing.

A draft is an outline guide: found by its name, but not answered from or applied for until somebody has completed it and taken
``outline`` away. Everything in it rests on one source, the platform's row, which is ``verified: false``: platforms hold stale and
copied facts, so each has to be held against the statute before it is told to a citizen.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pypinyin import lazy_pinyin

from assistant.foundation.messages import t
from knowledge.categories import categories
from knowledge.exchange.columns import said
from knowledge.regions import region_code
from knowledge.schema import Guide

_DAYS = re.compile(r"(\d+)\s*[(（]?\s*(工作日|自然日|日历日|天|日)?")
_NOTHING = frozenset({"", "无", "暂无", "-", "/", "不限"})
_KINDS = {
    "自然人": "person", "个人": "person", "企业法人": "enterprise", "企业": "enterprise", "非法人企业": "enterprise",
    "个体工商户": "individual_business",
}  # fmt: skip
_LEVELS = {
    "国家级": "national", "省级": "province", "市级": "city", "县级": "county", "区县级": "county", "镇级": "town",
    "乡镇级": "town",
}  # fmt: skip
_HANDLING = {"即办件": "immediate", "承诺件": "promised"}
_PHONE = re.compile(r"(?:0\d{2,3}-?)?\d{7,8}(?:-\d+)?|1[3-9]\d{9}|12\d{3}")
_ASKED = re.compile(r"(.{2,}?)｜(.+)|(.{2,}?[？?])\s*(.+)")
_SOURCE = "imported"
_LONGEST_CODE = 48
#: What an outline may leave out and a guide may not.
WANTED = (
    "department", "summary", "conditions", "legal_limit", "fee", "process", "places", "contacts", "result", "faqs", "fields",
    "materials", "documents", "visits", "online", "handling", "level", "themes", "life_events", "sector", "coverage",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft guide and the keys it still lacks; ``row`` is where it came from, counted from 1."""

    guide: Guide
    missing: list[str]
    row: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A row of which nothing can be made, and why, in Chinese."""

    row: int
    why: str


def drafts(
    rows: Iterable[Mapping[str, Any]], source: str, today: date, taken: Iterable[str] = ()
) -> tuple[list[Draft], list[Refused]]:
    """One draft a row.

    Args:
        rows: objects as the platforms give them; which names mean what is in ``columns``.
        source: what to call the place they come from, as the draft's evidence.
        today: the day the drafts are of.
        taken: codes that are in use.
    """
    made: list[Draft] = []
    refused: list[Refused] = []
    codes, names = set(taken), set[str]()
    for number, row in enumerate(rows, 1):
        told = said(row)
        name = " ".join(str(told.get("name") or "").split())
        if name in _NOTHING:
            refused.append(Refused(number, t("knowledge.import_no_name")))
            continue
        if name in names:
            refused.append(Refused(number, t("knowledge.import_twice", name=name)))
            continue
        data = _draft(told, name, source, today)
        data["code"] = _code(name, str(told.get("task_code") or number), codes)
        try:
            guide = Guide.model_validate(data)
        except ValueError as error:
            refused.append(Refused(number, t("knowledge.import_unfit", name=name, detail=str(error).splitlines()[-1].strip())))
            continue
        codes.add(guide.code)
        names.add(name)
        made.append(Draft(guide, [part for part in WANTED if not getattr(guide, part)], number))
    return made, refused


def _draft(told: Mapping[str, Any], name: str, source: str, today: date) -> dict[str, Any]:
    evidence = {"title": t("knowledge.import_source", source=source), "verified": False}
    if str(told.get("url") or "").startswith(("http://", "https://")):
        evidence["url"] = str(told["url"])
    data: dict[str, Any] = {
        "name": name, "version": f"{today.year}.1", "effective": today, "outline": True, "evidence": {_SOURCE: evidence},
        "names": {"aliases": [parent] if (parent := _text(told.get("parent"))) and parent != name else []},
        "applicant": sorted({_KINDS[kind] for kind in _list(told.get("objects")) if kind in _KINDS}),
        "region": region_code(str(told.get("area_code") or told.get("area") or "")) or "000000",
        "conditions": [_fact(text) for text in _paragraphs(told.get("conditions"))],
        "materials": [_material(number, name) for number, name in enumerate(_list(told.get("materials"), r"[;；\r\n]+"), 1)],
        "places": [{"name": text, "evidence": [_SOURCE]} for text in _paragraphs(told.get("location"))],
    }  # fmt: skip
    for key in ("task_code", "catalog_code", "task_type", "department"):
        if text := _text(told.get(key)):
            data[key] = text
    for key, raw in (("legal_limit", told.get("legal")), ("promised_limit", told.get("promised"))):
        if limit := _limit(raw):
            data[key] = limit
    if level := _LEVELS.get(str(told.get("level") or "")):
        data["level"] = level
    visits = str(told.get("visits") or "").strip()
    if visits.isdigit():
        data["visits"] = {"count": int(visits), "evidence": [_SOURCE]}
    fee = _text(told.get("fee"))
    if fee:
        data["fee"] = {"charged": not re.search(r"不收费|免费|否", fee), "text": fee, "evidence": [_SOURCE]}
    if handling := _HANDLING.get(_text(told.get("handling"))):
        data["handling"] = handling
    if result := _text(told.get("result")):
        data["result"] = {"name": result, "text": result, "evidence": [_SOURCE]}
    if coverage := _text(told.get("coverage")):
        data["coverage"] = _fact(coverage)
    named = _list(told.get("themes"))
    data["themes"] = [code for code, called in categories().themes.items() if any(called[:4] in theme for theme in named)]
    data["process"] = [_step(*step) for step in enumerate(_paragraphs(told.get("process")), 1)]
    data["contacts"] = [*_contacts("consult", told.get("consult")), *_contacts("complain", told.get("complain"))]
    asked = [match for text in _paragraphs(told.get("faqs")) if (match := _ASKED.match(text))]
    data["faqs"] = [_faq(*filter(None, match.groups())) for match in asked]
    return data


def _step(number: int, text: str) -> dict[str, Any]:
    name, colon, rest = text.partition("：")
    short = bool(colon) and len(name) <= 12
    return {"name": name if short else str(number), "text": rest if short else text, "evidence": [_SOURCE]}


def _contacts(kind: str, raw: Any) -> list[dict[str, Any]]:
    found = []
    for text in _paragraphs(raw):
        for match in _PHONE.finditer(text):
            name = text[: match.start()].strip(" ：:，,") or text
            found.append({"kind": kind, "name": name, "phone": match[0], "evidence": [_SOURCE]})
    return found


def _faq(question: str, answer: str) -> dict[str, Any]:
    return {"question": question, "answer": answer, "evidence": [_SOURCE]}


def _fact(text: str) -> dict[str, Any]:
    return {"text": text, "evidence": [_SOURCE]}


def _material(number: int, name: str) -> dict[str, Any]:
    return {"code": f"material_{number}", "name": name, "form": "original", "met_by": ["bring"], "evidence": [_SOURCE]}


def _limit(raw: Any) -> dict[str, Any] | None:
    found = _DAYS.search(str(raw or ""))
    if found is None:
        return None
    unit = "working_day" if found[2] in (None, "工作日") else "calendar_day"
    return {"days": int(found[1]), "unit": unit, "text": _text(raw), "evidence": [_SOURCE]}


def _text(raw: Any) -> str:
    text = " ".join(str(raw or "").split())
    return "" if text in _NOTHING else text


def _paragraphs(raw: Any) -> list[str]:
    if isinstance(raw, Sequence) and not isinstance(raw, str):
        return [text for one in raw if (text := _text(one))]
    return [text for line in re.split(r"[\r\n]+", str(raw or "")) if (text := _text(line))]


def _list(raw: Any, between: str = r"[;；、,，\r\n]+") -> list[str]:
    if isinstance(raw, str):
        raw = re.split(between, raw)
    return list(dict.fromkeys(text for one in raw or [] if (text := _text(one))))


def _code(name: str, task_code: str, taken: set[str]) -> str:
    """A code nobody has: the name's pinyin, cut at a word, and where that is taken a digest of the platform's code."""
    words = [re.sub(r"[^a-z0-9]", "", word.lower()) for word in lazy_pinyin(name)]
    code = ""
    for word in filter(None, words):
        if len(code) + len(word) + 1 > _LONGEST_CODE:
            break
        code = f"{code}-{word}" if code else word
    code = code if code[:1].isalpha() else f"item-{code}".rstrip("-")
    if code in taken:
        code = f"{code}-{hashlib.sha256(f'{name}{task_code}'.encode()).hexdigest()[:8]}"
    return code
