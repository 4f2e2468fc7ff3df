"""智能审核: whether an application is so plain that no person need look at it, and if not, why.

Everything is read from the package's own manifest and compared with the register; the item's rules (``rules.yaml``) say what
must be there. Whatever a person would have to judge, be it a picture, a promise or something that comes later, is a reason.
"""

from __future__ import annotations

import re
from typing import Any, Protocol

from sandbox.office import manifest
from sandbox.office.decisions import Decision
from sandbox.office.model import OfficeFile
from sandbox.office.rules import FileRule, Known, ValueRule, rules
from sandbox.office.statuses import Status
from sandbox.register import codes
from sandbox.register.store import name_key


class Register(Protocol):
    """What the office asks the register."""

    def enterprise(self, uscc: str) -> dict[str, Any] | None:
        """The enterprise with this code."""

    def person(self, id_number: str, name: str) -> dict[str, Any] | None:
        """The person with this number, if it is also the name."""


NAME = "智能审核"
"""Who signs for what was passed."""

_PHONE = re.compile(r"1[3-9]\d{9}")


def way(held: OfficeFile) -> list[Decision]:
    """The decisions that pass a file: taken up, looked at, granted, handed over."""
    return [
        Decision(action="accept", text="经系统核验，申请材料齐全、符合法定形式，予以受理。"),
        Decision(action="review", text="已转入智能审核。"),
        Decision(action="approve", text=f"经智能审核，“{held.title}”符合办理条件，准予办理。"),
        Decision(action="deliver", text="办理结果已生成，可以在线领取。"),
    ]


def reasons(held: OfficeFile, register: Register | None) -> list[str]:
    """Why a file is not passed without a person, in words for staff; empty when it is.

    Args:
        held: the file.
        register: where answers are compared with what is known; without one nothing that has to be known is passed.
    """
    rule = rules().item(held.item).passing
    if rule is None:
        return ["这个事项由工作人员办理，没有智能审核规则"]
    latest = held.packages[-1].manifest
    answers = {answer.code: answer for answer in manifest.answers(latest)}
    values = {code: answer.value.strip() for code, answer in answers.items() if answer.value.strip()}
    found = [
        f"没有填写：{code}" if code not in answers else f"没有填写：{answers[code].label}"
        for code in rule.fields
        if code not in values
    ]
    found += [_missing(wanted) for wanted in rule.files if not _has(latest, wanted)]
    found += [check.why for check in rule.values if check.field in values and not _holds(check, values[check.field])]
    found += _unknown(rule.known, values, register)
    found += _to_be_judged(latest)
    if any(entry.status is Status.CORRECTION_NEEDED for entry in held.history):
        found.append("补正过的申请由工作人员办理")
    return list(dict.fromkeys(found))


def _has(latest: dict[str, object], wanted: FileRule) -> bool:
    return any(item.kind == wanted.kind and wanted.title in item.title for item in manifest.files(latest))


def _missing(wanted: FileRule) -> str:
    return f"申请包里没有{f'“{wanted.title}”' if wanted.title else '申请表'}"


def _holds(check: ValueRule, value: str) -> bool:
    if check.one_of:
        return value in check.one_of
    if check.matches:
        return re.fullmatch(check.matches, value) is not None
    code = codes.compact(value)
    match check.check:
        case "id_number":
            return len(code) == 18 and codes.id_fits(code)
        case "uscc":
            return codes.uscc_fits(code)
        case _:
            return _PHONE.fullmatch(code) is not None


def _unknown(known: Known, values: dict[str, str], register: Register | None) -> list[str]:
    """What the register does not bear out: then a person compares papers, as ever."""
    if not known.enterprise and not known.person:
        return []
    if register is None:
        return ["没有可以核对的登记信息"]
    found = []
    if known.enterprise:
        given = {name: values.get(code, "") for name, code in known.enterprise.items()}
        record = register.enterprise(codes.compact(given["uscc"])) or {}
        if not record or _differs(record.get("name"), given["name"]):
            found.append("登记信息里没有这个名称和统一社会信用代码的企业")
        elif record.get("status", "active") != "active":
            found.append("企业的登记状态不是存续")
        elif "legal_representative" in given and _differs(record.get("legal_representative"), given["legal_representative"]):
            found.append("法定代表人与登记信息不一致")
    if known.person:
        number, name = (values.get(known.person[part], "") for part in ("id_number", "name"))
        if register.person(codes.compact(number), name) is None:
            found.append("人口信息里没有这个姓名和身份证号码的人")
    return found


def _differs(kept: object, given: str) -> bool:
    return name_key(str(kept or "")) != name_key(given)


def _to_be_judged(latest: dict[str, object]) -> list[str]:
    """What only a person can settle: what is promised, comes later or to the window, and what was photographed."""
    found = [
        f"材料“{material.title}”：{manifest.LATER[material.state]}"
        for material in manifest.materials(latest)
        if material.state in manifest.LATER
    ]
    kinds = {item.kind for item in manifest.files(latest)}
    if "commitment" in kinds:
        found.append("有告知承诺书，须人工核对承诺事项")
    if "upload" in kinds:
        found.append("有上传的材料，须人工核对原件与内容")
    return found
