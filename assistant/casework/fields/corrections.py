"""Corrections in passing: 刚才门牌号说错了，是88号 changes the number inside the address already given."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from assistant.casework.fields.english import is_latin, words
from assistant.casework.fields.extract import by_name, by_shape, names_of
from assistant.casework.fields.meaning import not_but
from assistant.casework.fields.parse import field_options, parse
from assistant.casework.fields.result import Accepted, Parsed
from assistant.casework.fields.slips import holding
from assistant.casework.fields.words import strip_talk
from assistant.engine.components.patterns.numerals import normalise
from knowledge.schema import FieldType, GuideField

_SAID_WRONG = re.compile(r"(?:刚才|刚刚|前面|之前|上面|那个|不好意思|抱歉|等等|等一下|哎呀?|啊|哦)*[，, ]*")
_NEW_VALUE = re.compile(
    r"(?:应该是|应该填|应为|应改成|改成|改为|换成|更正为|其实是|实际是|正确的是|变成|是|填|写)\s*[:：]?\s*([^，,。；;]+?)\s*(?:才对|哈|的|吧|啊|呢)?[。.！!]?$"
)
_PART = re.compile(r"([0-9零〇一二两三四五六七八九十百]+(?:-[0-9]+)*)\s*(号楼|号|弄|室|楼|层|幢|栋|座|单元)")
#: 写错了 tells that there is a slip, not what is right.
_NO_VALUE = re.compile(
    r"(?:得|的)?(?:错|反|混|漏|串|不对|有误|改|重新?填)(?:了|的|一下|一遍)?|(?:我?要|想|帮我|给我)?(?:改|重填|换)(?:一?下)?[了吧]?"
)
#: Everyday words for a kind of answer, where the guide's own names say nothing.
KINDS: dict[str, FieldType] = {
    "门牌": "address",
    "地址": "address",
    "住址": "address",
    "室号": "address",
    "房号": "address",
    "楼层": "address",
    "路名": "address",
    "电话": "phone",
    "手机": "phone",
    "号码": "phone",
    "联系方式": "phone",
    "身份证": "id_number",
    "证件号": "id_number",
    "信用代码": "uscc",
    "税号": "uscc",
    "面积": "area",
    "日期": "date",
    "时间": "date",
    "名字": "person_name",
    "姓名": "person_name",
    "邮箱": "email",
    "公司名": "company_name",
    "店名": "company_name",
}
_KINDS_ENGLISH: dict[str, FieldType] = {
    "address": "address", "phone": "phone", "mobile": "phone", "telephone": "phone", "id": "id_number", "identity": "id_number",
    "code": "uscc", "area": "area", "date": "date", "day": "date", "name": "person_name", "e-mail": "email", "email": "email",
    "amount": "amount", "company": "company_name",
}  # fmt: skip
_NEW_ENGLISH = re.compile(
    r"(?:\bshould(?: be| have been| read)|\b(?:change|correct|set)\b.*?\bto|\bactually(?: it)?(?:'s| is)?|"
    r"\b(?:it|that)(?:'s| is)(?! (?:wrong|not|incorrect))|"
    r"\bi meant(?: to say)?|\bbut|\brather|\bcorrect(?: one| number| name)? is)\s+(.+?)[.! ]*$",
    re.I,
)


@dataclass(frozen=True)
class Correction:
    """The field a correction is about, and its new value where the sentence holds one."""

    field: GuideField
    parsed: Parsed | None


def read_correction(text: str, answered: Sequence[GuideField], values: Mapping[str, Any], today: date) -> Correction | None:
    """Which answered field the sentence corrects, and to what. None when it points at nothing.

    ``answered`` is in the order the fields were answered, so that the latest of several fitting ones is taken.
    """
    plain = _SAID_WRONG.sub("", normalise(text), count=1)
    if is_latin(plain):
        return _in_english(plain, answered, values, today)
    instead = not_but(plain)
    wrong = holding(instead[0], answered, values, today) if instead else None
    field = _named(plain, answered) or wrong or _by_kind(plain, answered)
    new = new_value(plain)
    if field is None:
        part = _PART.search(new or plain)
        if part and not re.search(r"[0-9一二三四五六七八九十]月", new or plain):
            field = _latest(answered, "address")
        if field is None and new:
            shaped = by_shape(new, answered[-1:], today, {}) or by_shape(new, list(answered), today, {})
            field = next((f for f in answered if f.key in shaped), None) or _by_option(new, answered)
        if field is None:
            return None
    if not new:
        named = by_name(plain, [field], today, values)
        return Correction(field, named.get(field.key))
    if field.type == "address" and isinstance(values.get(field.key), str):
        patched = _patch_address(values[field.key], new)
        if patched:
            return Correction(field, parse(field, patched, today, values))
    return Correction(field, _whole_or_part(field, new, instead if field is wrong else None, values, today))


def _whole_or_part(
    field: GuideField, new: str, instead: tuple[str, str] | None, values: Mapping[str, Any], today: date
) -> Parsed:
    """The new value, or the old one with the wrong part put right: 不是张杨路是张江路."""
    whole = parse(field, new, today, values)
    held = values.get(field.key)
    if instead is None or not isinstance(held, str) or held == instead[0] or field.type in ("choice", "yes_no", "date"):
        return whole
    part = parse(field, held.replace(*instead, 1), today, values)
    return part if instead[0] in held and isinstance(part, Accepted) else whole


def _in_english(text: str, answered: Sequence[GuideField], values: Mapping[str, Any], today: date) -> Correction | None:
    named = by_name(text, answered, today, {})
    said = set(words(text))
    new = _NEW_ENGLISH.search(text)
    field = next((f for f in answered if f.key in named), None) or next(
        (f for f in reversed(answered) if any(is_latin(n) and set(words(n)) <= said for n in names_of(f))), None
    )
    if field is None:
        kinds = {kind for word, kind in _KINDS_ENGLISH.items() if word in said}
        field = next((f for f in reversed(answered) if f.type in kinds), None)
    if field is None and new:
        shaped = by_shape(new[1], answered[-1:], today, {}) or by_shape(new[1], list(answered), today, {})
        field = next((f for f in answered if f.key in shaped), None)
    if field is None:
        return None
    if new:
        return Correction(field, parse(field, new[1], today, values))
    return Correction(field, named.get(field.key))


def _named(text: str, answered: Sequence[GuideField]) -> GuideField | None:
    hits = [(len(name), i, field) for i, field in enumerate(answered) for name in names_of(field) if name in text]
    return max(hits, key=lambda hit: hit[:2])[2] if hits else None


def _by_kind(text: str, answered: Sequence[GuideField]) -> GuideField | None:
    for word, kind in KINDS.items():
        if word in text:
            field = _latest(answered, kind)
            if field:
                return field
    return None


def _by_option(text: str, answered: Sequence[GuideField]) -> GuideField | None:
    plain = strip_talk(text)
    fitting = [
        f for f in answered if f.type in ("choice", "multi") and any(plain in (o.label, *o.aliases) for o in field_options(f))
    ]
    return fitting[-1] if fitting else None


def _latest(answered: Sequence[GuideField], kind: FieldType) -> GuideField | None:
    return next((field for field in reversed(answered) if field.type == kind), None)


def points_at(text: str, answered: Sequence[GuideField], values: Mapping[str, Any], today: date) -> GuideField | None:
    """The answered field a sentence names, or whose value it says is wrong; None where only the shape of a value could tell."""
    plain = normalise(text)
    if is_latin(plain):
        said = set(words(plain))
        named = (f for f in reversed(answered) if any(is_latin(n) and set(words(n)) <= said for n in names_of(f)))
        kinds = {kind for word, kind in _KINDS_ENGLISH.items() if word in said}
        return next(named, None) or next((f for f in reversed(answered) if f.type in kinds), None)
    instead = not_but(plain)
    wrong = holding(instead[0], answered, values, today) if instead else None
    return _named(plain, answered) or wrong or _by_kind(plain, answered)


def new_value(text: str) -> str | None:
    """What is said to be right, in the words after 应该是, 改成, 不是…是 or at the end of a sentence that owns to a slip."""
    instead = not_but(text)
    match = None if instead else _NEW_VALUE.search(text)
    if instead or match:
        new = instead[1] if instead else match[1].strip() if match else ""
        return new if new and not _NO_VALUE.fullmatch(new) else None
    clauses = [c for c in re.split(r"[，,。；;]", text) if c.strip()]
    if len(clauses) > 1 and re.search(r"错|不对|有误|改", clauses[0]):
        return None if _NO_VALUE.fullmatch(clauses[-1].strip()) else clauses[-1].strip()
    return None


def _patch_address(old: str, new: str) -> str | None:
    """``old`` with the house number, floor, room … that ``new`` names; None when ``new`` is an address of its own."""
    parts = list(_PART.finditer(new))
    if not parts or re.search(r"路|街|大道|村|巷", new):
        return None
    for part in parts:
        unit = part[2]
        pattern = re.compile(
            rf"[0-9零〇一二两三四五六七八九十百]+(?:-[0-9]+)*\s*{re.escape(unit)}" + ("(?!楼)" if unit == "号" else "")
        )
        old = pattern.sub(part[0], old, count=1) if pattern.search(old) else old + part[0]
    return old


def accepted(correction: Correction | None) -> Accepted | None:
    """The new value, if the correction holds a usable one."""
    return correction.parsed if correction and isinstance(correction.parsed, Accepted) else None
