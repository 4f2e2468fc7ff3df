"""What the register holds at the start: its own fictitious records, and those of a folder that anybody may have written.

Nobody fixed the shape of such files, so every reasonable one is read; what cannot be is said, and does not stop the rest.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.register import codes, records, words
from sandbox.register.records import Record, Unreadable

OWN = Path(__file__).with_name("seed")
"""The records that are always there."""

_LARGEST_FILE = 64 * 1024 * 1024
_DEEPEST = 12


@dataclass
class Seeds:
    """Records by their keys, and what could not be read, one sentence each, for the person who starts the sandbox."""

    enterprises: dict[str, Record] = field(default_factory=dict)
    persons: dict[str, Record] = field(default_factory=dict)
    licences: list[Record] = field(default_factory=list)
    barred: list[tuple[str, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    heads: dict[str, str] = field(default_factory=dict)
    """Legal representatives: an enterprise's code → the identity number of its own, where that is known."""


def load(added: Path | None) -> Seeds:
    """The records of the sandbox's own folder and of ``added``; where both know a subject, ``added`` is right.

    Raises:
        ValueError: the sandbox's own records are broken.
    """
    seeds = read_folder(OWN)
    if seeds.problems:
        raise ValueError("; ".join(seeds.problems))
    if added is not None:
        more = read_folder(added)
        # Somebody who describes a subject anew also says which licences it has.
        anew = more.enterprises.keys() | more.persons.keys()
        seeds.licences = [licence for licence in seeds.licences if licence["holder"] not in anew]
        seeds.enterprises |= more.enterprises
        seeds.persons |= more.persons
        seeds.licences += more.licences
        seeds.barred += more.barred
        seeds.problems += more.problems
    _complete(seeds)
    return seeds


def read_folder(folder: Path) -> Seeds:
    """Every JSON file of a folder and the folders in it."""
    seeds = Seeds()
    if not folder.is_dir():
        seeds.problems.append(f"{folder}: 没有这个文件夹")
        return seeds
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() == ".json" and path.is_file())
    if not files:
        seeds.problems.append(f"{folder}: 没有 .json 文件")
    for path in files:
        try:
            given = _parsed(path)
        except (OSError, ValueError, RecursionError) as error:
            seeds.problems.append(f"{path}: {error}")
            continue
        _Reader(seeds, path).walk(given, words.GROUPS.get(words.plain(path.stem)) or _named_in(path.stem))
    return seeds


def _named_in(stem: str) -> str | None:
    """The group a file's name speaks of: test-companies-2, 企业数据, company-licences."""
    plain = words.plain(stem)
    # The last word is the thing: company-licences are licences.
    found = [(plain.rfind(name) + len(name), len(name), group) for name, group in words.GROUPS.items() if name in plain]
    return max(found)[2] if found else None


def _parsed(path: Path) -> Any:
    if path.stat().st_size > _LARGEST_FILE:
        raise ValueError("文件超过 64 MiB")
    data = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030", "utf-16"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise ValueError("不是 UTF-8 文本")
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) > 1 and all(line.lstrip().startswith("{") and line.rstrip().endswith("}") for line in lines):
            return [json.loads(line) for line in lines]
        raise ValueError(f"不是有效的 JSON（第 {error.lineno} 行第 {error.colno} 列：{error.msg}）") from error


class _Reader:
    """Reads one file into the seeds."""

    def __init__(self, seeds: Seeds, path: Path) -> None:
        self._seeds, self._path = seeds, path

    def walk(self, given: Any, group: str | None, depth: int = 0) -> None:
        """A list, a record, an object of groups, or an object keyed by codes; ``group`` is what its place says it holds."""
        if depth > _DEEPEST:
            self._problem("层次太深")
        elif isinstance(given, list):
            for item in given:
                self.walk(item, group, depth + 1)
        elif isinstance(given, Mapping):
            self._object(given, group, depth)
        elif group == "barred" and records.key_of(given):
            self._seeds.barred.append((str(records.key_of(given)), ""))
        else:
            self._problem(f"不是记录：{str(given)[:40]}")

    def _object(self, given: Mapping[str, Any], group: str | None, depth: int) -> None:
        kind = _kind(given, group)
        if kind is not None:
            self._record(given, kind, depth)
            return
        understood = False
        subjects = [
            code
            for key, value in given.items()
            if words.GROUPS.get(words.plain(key)) in ("enterprises", "persons") and (code := _subject(value))
        ]
        for key, value in given.items():
            if not isinstance(value, dict | list):
                continue
            understood = True
            code = records.key_of(key)
            if code and isinstance(value, dict):
                self.walk(_with_code(value, code), group, depth + 1)
            elif code and group == "licences" and isinstance(value, list):
                self.walk([{"holder": code, **item} for item in value if isinstance(item, dict)], group, depth + 1)
            elif len(subjects) == 1 and words.GROUPS.get(words.plain(key)) == "licences":
                self._licences(value, subjects[0], None, stated=True)
            else:
                self.walk(value, words.GROUPS.get(words.plain(key)) or group, depth + 1)
        if not understood:
            self._problem(f"看不出是企业、人员还是证照：{'、'.join(map(str, list(given)[:5]))}")

    def _record(self, given: Mapping[str, Any], kind: str, depth: int) -> None:
        own = {key: value for key, value in given.items() if not _group_of(key, value, kind)}
        try:
            match kind:
                case "enterprises":
                    record = self._enterprise(own)
                    key, name = record["uscc"], record.get("name")
                case "persons":
                    record = records.person(own)
                    self._seeds.persons[record["id_number"]] = {**self._seeds.persons.get(record["id_number"], {}), **record}
                    key, name = record["id_number"], record["name"]
                    self._check(key, codes.id_fits)
                case "barred":
                    self._barred(own)
                    return
                case _:
                    self._seeds.licences.append(records.licence(own))
                    return
        except Unreadable as error:
            self._problem(str(error))
            return
        for group, value in ((_group_of(key, value, kind), value) for key, value in given.items()):
            if group == "licences":
                self._licences(value, key, name)
            elif group is not None:
                self.walk(value, group, depth + 1)

    def _enterprise(self, own: Mapping[str, Any]) -> Record:
        record = records.enterprise(own)
        held = self._seeds.enterprises.get(record["uscc"], {})
        self._seeds.enterprises[record["uscc"]] = {**held, **record}
        self._check(record["uscc"], codes.uscc_fits)
        for key, value in own.items():  # a legal representative described in full is a person of the register, too
            if words.ENTERPRISE.get(words.plain(key)) == "legal_representative" and isinstance(value, dict):
                try:
                    described = records.person(value)
                except Unreadable:
                    continue
                self._seeds.persons.setdefault(described["id_number"], described)
        return record

    def _licences(self, value: Any, holder: str, name: str | None, *, stated: bool = False) -> None:
        """Licences inside their holder's record: a list, one, an object by kind, or merely their names.

        ``stated``: those that name a holder of their own are that one's.
        """
        if isinstance(value, Mapping) and _kind(value, "licences") is None:
            items: list[Any] = [
                {**({} if _says_kind(inner) else {"kind": kind}), **inner}
                if isinstance(inner, dict)
                else {"kind": kind, "number": inner}
                for kind, many in value.items()
                for inner in (many if isinstance(many, list) else [many])
                if inner not in (None, False, "")
            ]
        else:
            items = value if isinstance(value, list) else [value]
        for item in items:
            try:
                given = item if isinstance(item, dict) else {"kind": item}
                own = stated and any(words.LICENCE.get(words.plain(key)) in ("holder", "holder_name") for key in given)
                self._seeds.licences.append(records.licence(given) if own else records.licence(given, holder, name))
            except Unreadable as error:
                self._problem(str(error))

    def _barred(self, own: Mapping[str, Any]) -> None:
        code = records.key_of(dict(own))
        if code is None:
            raise Unreadable("失信名单缺少证件号码")
        reason = next((value for key, value in own.items() if "reason" in str(key).lower() or "原因" in str(key)), "")
        self._seeds.barred.append((code, str(reason)))

    def _check(self, code: str, fits: Callable[[str], bool]) -> None:
        if not fits(code):
            shown = codes.masked(code) if codes.looks_like_id(code) else code
            self._problem(f"校验码不对，仍予收录：{shown}")

    def _problem(self, why: str) -> None:
        self._seeds.problems.append(f"{self._path}: {why}")


def _kind(given: Mapping[str, Any], group: str | None) -> str | None:
    """What an object is: by the codes in it and the place it stands in. None: no record, look inside."""
    plain = {words.plain(key): value for key, value in given.items()}
    if group == "barred":
        return group if records.key_of(dict(given)) else None
    scalar = {key for key, value in plain.items() if not isinstance(value, dict | list)}
    if group is not None:
        table = {"enterprises": words.ENTERPRISE, "persons": words.PERSON, "licences": words.LICENCE}[group]
        members = {table[key] for key in scalar if key in table}
        if group == "licences":
            return group if members & {"kind", "name", "number", "holder"} else None
        coded = _by_codes(plain, scalar)  # which says more than the place a record stands in
        return coded or (group if "name" in members else None)
    if _says_kind(given) and (scalar & words.LICENCE.keys()) and any(words.LICENCE.get(key) == "holder" for key in plain):
        kind = words.KINDS.get(words.plain(next(value for key, value in plain.items() if words.LICENCE.get(key) == "kind")))
        if kind is not None or any("licen" in key or "证照" in key or key.startswith("holder") for key in plain):
            return "licences"
    return _by_codes(plain, scalar)


def _by_codes(plain: Mapping[str, Any], scalar: set[str]) -> str | None:
    """Enterprise or person, as the code in a record has it; an enterprise may name a person's number beside its own."""
    if any(words.ENTERPRISE.get(key) == "uscc" and codes.looks_like_uscc(codes.compact(plain[key])) for key in scalar):
        return "enterprises"
    if any(words.PERSON.get(key) == "id_number" and codes.looks_like_id(codes.compact(plain[key])) for key in scalar):
        return "persons"
    return None


def _says_kind(given: Any) -> bool:
    return isinstance(given, Mapping) and any(words.LICENCE.get(words.plain(key)) == "kind" for key in given)


def _group_of(key: Any, value: Any, kind: str) -> str | None:
    """The group a member of a record stands for, when it holds further records: the licences of an enterprise, say."""
    group = words.GROUPS.get(words.plain(key))
    own = {"enterprises": words.ENTERPRISE, "persons": words.PERSON}.get(kind, {})
    if group in (None, "barred", kind) or words.plain(key) in own or not isinstance(value, dict | list):
        return None
    return group


def _subject(value: Any) -> str | None:
    """The code of the one enterprise or person a value describes."""
    one = value[0] if isinstance(value, list) and len(value) == 1 else value
    return records.key_of(one) if isinstance(one, dict) else None


def _with_code(value: Mapping[str, Any], code: str) -> dict[str, Any]:
    """A record that stands under its code, with the code in it."""
    inside = records.key_of(dict(value))
    return dict(value) if inside == code else {**value, "uscc" if codes.looks_like_uscc(code) else "id_number": code}


def _complete(seeds: Seeds) -> None:
    """What follows from the records: whose a licence is that names its holder, who is barred, the electronic business licence."""
    by_name = _unique((record.get("name"), key) for key, record in [*seeds.enterprises.items(), *seeds.persons.items()])
    held = []
    for licence in seeds.licences:
        holder = licence["holder"]
        if records.key_of(holder) is None:
            holder = by_name.get(words.plain(holder), "")
        if not holder:
            seeds.problems.append(f"证照的持有人不明：{licence.get('name')} {licence['holder']}")
            continue
        subject = seeds.enterprises.get(holder) or seeds.persons.get(holder) or {}
        held.append({"holder_name": subject.get("name"), **licence, "holder": holder})
    seeds.licences = held
    for code, reason in seeds.barred:
        for known in (seeds.enterprises, seeds.persons):
            if code in known:
                known[code] = {**known[code], "barred": True, **({"barred_reason": reason} if reason else {})}
    for uscc, enterprise in seeds.enterprises.items():
        legal_id = enterprise.pop("_legal_id", None)
        seeds.heads[uscc] = legal_id or by_name.get(words.plain(enterprise.get("legal_representative", "")), "")
        head = seeds.persons.get(seeds.heads[uscc], {})
        if head.get("barred") and not enterprise.get("barred"):
            seeds.enterprises[uscc] = {
                **enterprise,
                "barred": True,
                "barred_reason": f"法定代表人：{head.get('barred_reason') or '限制任职'}",
            }
        if enterprise.get("status") != "deregistered" and not _holds(held, uscc, "business_licence"):
            held.append(_business_licence(enterprise))


def _holds(licences: list[Record], holder: str, kind: str) -> bool:
    return any(licence["holder"] == holder and licence["kind"] == kind for licence in licences)


def _business_licence(enterprise: Record) -> Record:
    """The electronic business licence every registered enterprise has by being registered."""
    drawn = {
        "kind": "business_licence",
        "name": words.KIND_NAMES["business_licence"],
        "number": enterprise["uscc"],
        "holder": enterprise["uscc"],
        "holder_name": enterprise.get("name"),
        "issued": enterprise.get("established"),
        "issuer": enterprise.get("registry"),
        "address": enterprise.get("address"),
        "scope": enterprise.get("business_scope"),
        "status": "revoked" if enterprise.get("status") == "revoked" else "valid",
        "fields": {},
    }
    return {member: value for member, value in drawn.items() if value is not None}


def _unique(pairs: Iterator[tuple[Any, str]]) -> dict[str, str]:
    """Names that stand for one subject only."""
    found: dict[str, set[str]] = {}
    for name, key in pairs:
        if name:
            found.setdefault(words.plain(name), set()).add(key)
    return {name: keys.pop() for name, keys in found.items() if len(keys) == 1}
