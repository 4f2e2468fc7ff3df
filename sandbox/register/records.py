"""One record of a seed file, read liberally: any of the known names for each member, nested or flat; nothing is thrown away.

A record is a plain dict in the register's own form (see ``docs/sandbox.md``); what has no place in it stands in ``fields``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.register import codes, values, words

Record = dict[str, Any]
#: Kept in ``fields`` although it also served as the address: it is not the same thing.
_KEPT_TOO = frozenset(map(words.plain, ("residence_address", "residence", "居住地址")))
_LONGEST_LINE = 500
#: Read into other members, or not for everybody's eyes.
_ELSEWHERE = frozenset({"registered_capital_wan", "legal_representative", "term"})


class Unreadable(ValueError):
    """This record cannot be used; the message says why, for the person who wrote it."""


def enterprise(given: Mapping[str, Any]) -> Record:
    """An enterprise.

    Raises:
        Unreadable: no credit code.
    """
    known, rest = _members(given, words.ENTERPRISE)
    uscc = codes.compact(known.get("uscc", ""))
    if not codes.looks_like_uscc(uscc):
        raise Unreadable(f"企业缺少18位统一社会信用代码：{_called(known)}")
    capital = _read(known, rest, "registered_capital", values.money)
    if "registered_capital_wan" in known:
        capital = _read(known, rest, "registered_capital_wan", lambda value: values.money(value, 10_000))
    legal = known.get("legal_representative")
    record: Record = {
        "uscc": uscc,
        "name": _line(known.get("name")),
        "kind": _line(known.get("kind")),
        "legal_representative": _line(_named(legal)),
        "address": _address(known.get("address"), rest),
        "registered_capital": capital,
        "established": _read(known, rest, "established", values.day),
        "business_term": _line(_span(known.get("business_term"))),
        "business_scope": _scope(known.get("business_scope")),
        "status": _one_of(known, rest, "status", words.ENTERPRISE_STATUS) if "status" in known else "active",
        "registry": _line(known.get("registry")),
        "region": _region(known, rest, uscc),
        "phone": _line(known.get("phone")),
        "shareholders": _shareholders(known.get("shareholders")),
        **_barring(known, rest),
    }
    legal_id = _id_of(legal) or codes.compact(_taken(rest, words.plain("legal_representative_id_number"), _LEGAL_ID))
    kept = {"_legal_id": legal_id} if codes.looks_like_id(legal_id) else {}
    return {**_finished(record, known, rest), **kept}


_LEGAL_ID = frozenset(map(words.plain, (
    "legal_representative_id", "legal_rep_id", "legal_rep_id_number", "legal_person_id", "operator_id_number",
    "legal_person_id_number", "法定代表人身份证号", "法定代表人证件号码", "经营者身份证号",
)))  # fmt: skip


def person(given: Mapping[str, Any]) -> Record:
    """A person.

    Raises:
        Unreadable: no identity number, or no name: without it the register could never answer.
    """
    known, rest = _members(given, words.PERSON)
    number = codes.compact(known.get("id_number", ""))
    if not codes.looks_like_id(number):
        raise Unreadable(f"人员缺少18位公民身份号码：{_called(known)}")
    name = _line(known.get("name"))
    if name is None:
        raise Unreadable(f"人员缺少姓名：{codes.masked(number)}")
    born = codes.birth_date(number)
    record: Record = {
        "id_number": number,
        "name": name,
        "sex": _one_of(known, rest, "sex", words.SEX) or codes.sex(number),
        "birth_date": _read(known, rest, "birth_date", values.day) or (born.isoformat() if born else None),
        "nation": _line(known.get("nation")),
        "address": _address(known.get("address"), rest),
        "phone": _line(known.get("phone")),
        "household_region": _line(known.get("household_region")),
        "marital_status": _one_of(known, rest, "marital_status", words.MARITAL),
        **_barring(known, rest),
    }
    return _finished(record, known, rest)


def licence(given: Mapping[str, Any], holder: str | None = None, holder_name: str | None = None) -> Record:
    """A licence; ``holder`` where it stands inside an enterprise or person. Its holder may still be a name, to be resolved.

    Raises:
        Unreadable: it says neither what it is nor whose.
    """
    known, rest = _members(_opened(given), words.LICENCE)
    said = known.get("kind") or known.get("name")
    kind = kind_of(said)
    if kind is None:
        raise Unreadable(f"证照缺少种类：{_called(known)}")
    whose = holder or _id_of(known.get("holder")) or _line(_named(known.get("holder"))) or _line(known.get("holder_name"))
    if not whose:
        raise Unreadable(f"证照缺少持有人：{_line(known.get('name')) or said}")
    if "kind" in known and "name" in known and not _names_a_licence(known["name"]):
        known.setdefault("holder_name", known.pop("name"))  # 名称 of what a business licence says is the enterprise's
    start, end = _term(known, rest)
    record: Record = {
        "code": _line(known.get("code")),
        "kind": kind,
        "name": _line(known.get("name")) or words.KIND_NAMES.get(kind) or _line(said),
        "number": _line(known.get("number")),
        "holder": whose if holder else codes.compact(whose) if _coded(whose) else whose,
        "holder_name": holder_name or _line(known.get("holder_name")) or _line(_name_of(known.get("holder"))),
        "issued": start,
        "expires": end,
        "issuer": _line(known.get("issuer")),
        "address": _address(known.get("address"), rest),
        "scope": _scope(known.get("scope")),
        "status": _one_of(known, rest, "status", words.LICENCE_STATUS),
    }
    return _finished(record, known, rest)


def kind_of(said: Any) -> str | None:
    """The register's word for a kind of licence; a kind nobody knows is kept as it was written."""
    given = values.text(said)
    return words.KINDS.get(words.plain(given), given[:80]) if given else None


def key_of(value: Any) -> str | None:
    """A credit code or identity number in a value (a text, or an object that holds one), as it is kept; None if it holds none."""
    code = _id_of(value)
    if code is None and values.text(value) is not None:
        code = codes.compact(value)
    return code if code and _coded(code) else None


def _coded(text: str) -> bool:
    code = codes.compact(text)
    return codes.looks_like_id(code) or codes.looks_like_uscc(code)


def _members(given: Mapping[str, Any], table: Mapping[str, str]) -> tuple[dict[str, Any], Record]:
    """Known members by our word for them, and the rest. Of two names for one member the more usual one wins."""
    ranks = {synonym: rank for rank, synonym in enumerate(table)}
    best: dict[str, str] = {}
    for key, value in given.items():
        member = table.get(words.plain(key))
        if member is None or value is None or value == "":
            continue
        if member not in best or ranks[words.plain(key)] < ranks[words.plain(best[member])]:
            best[member] = key
    rest = {
        str(key): value
        for key, value in given.items()
        if (best.get(table.get(words.plain(key), "")) != key or words.plain(key) in _KEPT_TOO) and value is not None
    }
    inner = rest.get("fields")
    if isinstance(inner, dict):
        rest = {**{key: value for key, value in rest.items() if key != "fields"}, **inner}
    return {member: given[key] for member, key in best.items()}, rest


#: Members that hold what stands on a licence, where it is written apart from what the licence store says of it.
_CONTENTS = frozenset(map(words.plain, ("data", "attributes", "content", "details", "info", "照面信息", "证照信息", "属性")))
_LIFTED = frozenset({"number", "issued", "expires", "term", "issuer", "address", "scope", "status"})


def _opened(given: Mapping[str, Any]) -> Record:
    """A licence whose contents are written apart: brought together, the rest of the contents in ``fields``."""
    opened = {key: value for key, value in given.items() if not (words.plain(key) in _CONTENTS and isinstance(value, dict))}
    for key, value in given.items():
        if key not in opened:
            lifted = {inner for inner in value if words.LICENCE.get(words.plain(inner)) in _LIFTED}
            kept = {inner: value[inner] for inner in value if inner not in lifted}
            fields = opened.get("fields")
            opened = {**{inner: value[inner] for inner in lifted}, **opened}
            opened["fields"] = {**kept, **(fields if isinstance(fields, dict) else {})}
    return opened


def _names_a_licence(said: Any) -> bool:
    plain = words.plain(said)
    return plain in words.KINDS or any(
        sign in plain for sign in ("证", "照", "书", "卡", "licen", "permit", "card", "certificate")
    )


def _span(value: Any) -> Any:
    """A term given as its two ends."""
    ends = list(value.values()) if isinstance(value, dict) else value
    return "至".join(filter(None, map(values.text, ends))) if isinstance(ends, list) else value


def _read(known: Mapping[str, Any], rest: Record, member: str, reader: Callable[[Any], Any]) -> Any:
    """A member's value; where it cannot be read, it is kept as written."""
    if member not in known:
        return None
    value = reader(known[member])
    if value is None:
        rest.setdefault(member, known[member])
    return value


def _one_of(known: Mapping[str, Any], rest: Record, member: str, table: Mapping[str, str]) -> str | None:
    found: str | None = _read(known, rest, member, lambda value: table.get(words.plain(value)))
    return found


def _line(value: Any) -> str | None:
    found = values.text(value)
    return found[:_LONGEST_LINE] if found else None


def _named(value: Any) -> Any:
    return _name_of(value) if isinstance(value, dict) else value


def _name_of(value: Any) -> Any:
    return _members(value, words.PERSON)[0].get("name") if isinstance(value, dict) else None


def _id_of(value: Any) -> str | None:
    if not isinstance(value, dict):
        return None
    for table, member in ((words.PERSON, "id_number"), (words.ENTERPRISE, "uscc")):
        code = codes.compact(_members(value, table)[0].get(member, ""))
        if _coded(code):
            return code
    return None


def _taken(rest: Record, exact: str, others: frozenset[str]) -> Any:
    """A number that others must not read: taken out of what is served."""
    for key in list(rest):
        if words.plain(key) in others or words.plain(key) == exact:
            return rest.pop(key)
    return ""


def _address(value: Any, rest: Record) -> str | None:
    if isinstance(value, dict):
        rest.setdefault("address", value)
        whole = next((value[key] for key in ("full", "text", "full_address", "address", "全称") if value.get(key)), None)
        return _line(whole) or _line("".join(part for part in value.values() if isinstance(part, str) and not part.isdigit()))
    return _line(value)


def _scope(value: Any) -> str | None:
    if isinstance(value, list):
        return "；".join(filter(None, map(values.text, value))) or None
    return values.text(value)


def _region(known: Mapping[str, Any], rest: Record, uscc: str) -> str:
    """Six digits of GB/T 2260: as given, or those in the credit code, which are the registry's."""
    said = _line(known.get("region"))
    if said and said.isdigit() and len(said) == 6:
        return said
    if said:
        rest.setdefault("region", said)
    return uscc[2:8]


def _shareholders(value: Any) -> list[Record]:
    found: list[Record] = []
    items = value if isinstance(value, list) else [{"name": name, "share": part} for name, part in value.items()] if isinstance(
        value, dict
    ) else []  # fmt: skip
    for item in items:
        if not isinstance(item, dict):
            found.append({"name": name} if (name := _line(item)) else {})
            continue
        known, _ = _members(item, words.SHAREHOLDER)
        number = codes.compact(known.get("id_number", ""))
        masked = codes.masked(number) if codes.looks_like_id(number) else number or _line(known.get("id_number_masked"))
        kind = _line(known.get("id_kind")) or (
            "居民身份证" if codes.looks_like_id(number) else "营业执照" if codes.looks_like_uscc(number) else None
        )
        found.append(_present({
            "name": _line(known.get("name")),
            "id_kind": kind,
            "id_number_masked": masked,
            "amount": values.money(known.get("amount")),
            "share": known.get("share"),
        }))  # fmt: skip
    found = [holder for holder in found if holder.get("name")]
    for holder, share in zip(found, values.shares([holder.pop("share", None) for holder in found]), strict=True):
        if share is not None:
            holder["share"] = share
    return found


def _barring(known: Mapping[str, Any], rest: Record) -> Record:
    """Whether barred, and why; a reason alone says both."""
    said = next((rest.pop(key) for key in list(rest) if words.plain(key) in words.BARRED), None)
    reason = _line(known.get("barred_reason"))
    if isinstance(said, dict):
        reason = reason or _line(said.get("reason") or said.get("原因"))
        said = True
    truth = words.TRUTH.get(words.plain(said)) if said is not None else None
    if said and truth is None and not isinstance(said, list):
        reason = reason or _line(said)
    return {"barred": truth == "yes" or bool(said and truth is None) or bool(reason and truth is None), "barred_reason": reason}


def _term(known: Mapping[str, Any], rest: Record) -> tuple[str | None, str | None]:
    start, end = _read(known, rest, "issued", values.day), None
    if "expires" in known and not values.endless(known["expires"]):
        end = _read(known, rest, "expires", values.day)
    if (span := known.get("term")) is not None:
        found = values.days(" ".join(map(str, span.values())) if isinstance(span, dict) else span)
        if len(found) == 2:
            start, end = start or found[0], end or found[1]
        elif len(found) == 1 and values.endless(span):
            start = start or found[0]
        elif len(found) == 1:
            end = end or found[0]
        elif not values.endless(span):
            rest.setdefault("term", span)
    return start, end


def _finished(record: Record, known: Mapping[str, Any], rest: Record) -> Record:
    """The record, with what was said of its members but could not be read beside it."""
    for member, value in known.items():
        if record.get(member) is None and member not in _ELSEWHERE:
            rest.setdefault(member, value)
    return {**_present(record), "fields": rest}


def _present(record: Record) -> Record:
    return {member: value for member, value in record.items() if value is not None}


def _called(known: Mapping[str, Any]) -> str:
    return _line(known.get("name")) or "（无名称）"
