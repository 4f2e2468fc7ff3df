"""How much of an application need not be filled in: the share of its fields that are known already, item by item.

    python -m benchmarks.prefill_rate [--json]

Every simulated citizen (``tests/e2e/cases``) agrees to a look-up. Three figures an item, each the mean over its citizens:
``register`` where the registers know her (or her enterprise) as her facts have it, ``signed_in`` where the identity she signed in
with is known too, ``again`` where she has also filled in the same item here before, not signed in. ``knowable`` is how many of
the fields that apply somebody could state at all: a register, a licence, the door she signed in at, another answer of hers; the
rest (a new address, what is applied for, who shall be appointed) is hers to say. ``left`` is how many of these she still fills in
signed in, ``of_knowable`` the share of them she does not.
Only the guide's hints decide what is taken. The parsers read every value as they would read hers. No engine, no network, no
document.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from statistics import mean
from typing import Any

from assistant.casework import interview
from assistant.casework.fields.result import Accepted
from assistant.casework.flow import prefilling
from assistant.casework.flow.talk import DialogueState, Talk
from assistant.casework.model import Case, Source
from assistant.casework.prefill.records import Enterprise, Licence, Person
from assistant.casework.prefill.state import Consent, VerifiedIdentity
from assistant.foundation.clock import SHANGHAI
from assistant.foundation.settings import ROOT
from benchmarks.citizens import facts as citizens
from knowledge.catalogue import Catalogue
from knowledge.prefill_paths import parts_of
from knowledge.schema import Guide

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=SHANGHAI)
_FORMS = {"limited": "有限责任公司（自然人投资或控股）", "sole": "有限责任公司（自然人独资）", "joint_stock": "股份有限公司"}
SHARES = ("register", "signed_in", "again")
_MARITAL = {"yes": "married", "no": "unmarried"}
_HISTORY = {"never": "unmarried", "divorced": "divorced", "widowed": "widowed"}
#: Whose answers begin with who they are; all others are the applicant's own.
_NAMED = frozenset(("agent", "man", "woman", "seller", "buyer", "finance", "liaison"))
REGION = "310000"
_REGIONS = {"shanghai": "310106", "local": "310106", "yes": "310106", "other": "320502", "no": "320502"}


@dataclass
class Knowing:
    """Registers that have of one citizen, who takes part with her and her enterprise what her facts say, and nothing else."""

    told: dict[str, Any]

    def enterprise(self, *, uscc: str | None = None, name: str | None = None) -> Enterprise | None:
        told = self.told
        side = next((key for key in ("seller_", "buyer_") if uscc is not None and told.get(f"{key}uscc") == uscc), "")
        code, called = told.get(f"{side}uscc"), told.get(f"{side}company" if side else "company_name")
        if code is None or (uscc or code) != code or (name or called) != called:
            return None
        old_boss = told.get("old_legal_representative")
        return Enterprise.model_validate(_some(
            uscc=code, name=called, kind=_FORMS.get(str(told.get("company_kind"))), status="active",
            legal_representative=old_boss or told.get("legal_representative") or told.get("operator_name"),
            address=told.get("old_address") or told.get("premises_address"), established=told.get("established"),
            phone=told.get(f"{side}phone"),
        ))  # fmt: skip

    def person(self, *, id_number: str, name: str) -> Person | None:
        told = self.told
        key = next((key for key, value in told.items() if value == id_number), "id_number")
        own = re.sub(r"_?id(?:_number)?$", "", key)
        if own not in _NAMED:
            own = ""
        known = {part: told.get(f"{own}_{part}" if own else part) for part in ("phone", "address", "history")}
        home = told.get("household_address") if not own else known["address"]
        region = _REGIONS.get(str(told.get("household") or told.get("local_hukou")))
        return Person.model_validate(_some(
            id_number=id_number, name=name, address=home, phone=known["phone"] or (told.get("phone_any") if not own else None),
            household_region=region,
            marital_status=_MARITAL.get(str(told.get("married"))) or _HISTORY.get(str(known["history"])),
            fields=_some(residence_address=told.get("residence_address")),
        ))  # fmt: skip

    def licences(self, *, holder: str) -> list[Licence]:
        told = self.told
        lapsed = {"yes": "2025-01-01", "no": "2027-01-01"}.get(str(told.get("expired_long")))
        held = [
            ("business_licence", {}), ("identity_card", {}), ("household_book", {}),
            ("food_permit", _some(number=told.get("permit_no"), expires=told.get("expiry_date"),
                                  address=told.get("premises_address"),
                                  fields=_some(premises_area=told.get("premises_area"),
                                               main_business=told.get("business_form")))),
            ("hygiene_permit", _some(number=told.get("old_permit_no"), address=told.get("premises_address"))),
            ("residence_permit", _some(address=told.get("residence_address"),
                                       expires=told.get("due_date") or told.get("lapsed_date"))),
            ("marriage_certificate", _some(fields=_some(spouse_name=told.get("spouse_name") or told.get("father_name")))),
            ("property_certificate", _some(number=told.get("property_certificate_no"), address=told.get("property_address"),
                                           fields=_some(building_area=told.get("building_area"), usage=told.get("home_use"),
                                                        ownership=told.get("co_owned")))),
            ("driving_licence", _some(expires=lapsed, fields=_some(**{"class": told.get("vehicle_class")}))),
            ("passport", _some(number=told.get("old_passport"))),
        ]  # fmt: skip
        return [Licence.model_validate({"kind": kind, "holder": holder, "code": kind, **known}) for kind, known in held]


def _some(**known: Any) -> dict[str, Any]:
    return {key: value for key, value in known.items() if value is not None}


@dataclass
class Services:
    """What a look-up uses of the product."""

    catalogue: Catalogue
    register: Knowing | None = None
    cases: list[Case] = field(default_factory=list)

    def guide_of(self, case: Case) -> Guide:
        guide = self.catalogue.get(case.guide_code)
        assert guide is not None
        return guide


def walk(services: Any, guide: Guide, told: dict[str, Any], before: list[Case], signed_in: bool = False) -> Case:
    """One citizen's case with all that applies answered: looked up where it can be, else from her facts."""
    case = Case(case_no=f"BD{len(before)}", guide_code=guide.code, guide_name=guide.name, guide_version=guide.version,
                region=REGION, created_at=NOW, updated_at=NOW, consent=Consent(given=True, at=NOW))  # fmt: skip
    state = DialogueState(identity=_identity(guide, told) if signed_in else None)
    talk = Talk(conversation_id="c", turn=1, now=NOW, text="", state=state, services=services, case=case, other_cases=before)
    interview.follow(guide, case, NOW)
    while True:
        prefilling.look_up(talk)
        wanted = prefilling.first(talk, interview.next_field(guide, case))
        if wanted is None:
            return case
        value = told.get(wanted.key, "")
        answer = Accepted(value, str(value))
        interview.record(guide, case, wanted, answer, Source(kind="said", turn=1), NOW, skipped=wanted.key not in told)


def _identity(guide: Guide, told: dict[str, Any]) -> VerifiedIdentity | None:
    """The citizen as she would have signed in: the agent where there is one, else who the application is for."""
    for source in ("filer", "identity"):
        number = _hinted(guide, told, f"{source}.id_number")
        name = _hinted(guide, told, f"{source}.name") or (told.get("legal_representative") or told.get("operator_name"))
        if number is not None and name is not None:
            phone = _hinted(guide, told, f"{source}.phone")
            return VerifiedIdentity(id_number=str(number), name=str(name), phone=phone and str(phone), verified_at=NOW)
    return None


def _hinted(guide: Guide, told: dict[str, Any], path: str) -> Any:
    return next((told[field.key] for field in guide.fields if path in field.prefill and field.key in told), None)


def knowable(guide: Guide, case: Case) -> list[str]:
    """The fields that apply which a register, a licence, the door or another answer could tell."""
    told = {entry.field for entry in guide.settled}
    return [
        field.key for field in interview.applying_fields(guide, case)
        if field.key in told or any(parts_of(path).source != "previous" for path in field.prefill)
    ]  # fmt: skip


@dataclass
class Figures:
    """One citizen: shares (0 to 1) of all fields that are known, and of ``knowable`` ones how many she still fills in."""

    shares: dict[str, float]
    fields: int
    knowable: int
    left: int


def take(services: Services, guide: Guide, told: dict[str, Any]) -> Figures:
    """Walk one citizen's road three times: as a stranger, signed in, and once more."""
    first = walk(services, guide, told, [])
    signed_in = walk(services, guide, told, [], signed_in=True)
    again = walk(services, guide, told, [first])
    done = {"register": first, "signed_in": signed_in, "again": again}
    counts = {what: interview.progress(guide, case) for what, case in done.items()}
    could = knowable(guide, signed_in)
    left = [key for key in could if signed_in.answers[key].source.kind == "said"]
    shares = {what: count.prefilled / count.total for what, count in counts.items()}
    return Figures(shares, counts["signed_in"].total, len(could), len(left))


def measure(guides: Path, folder: Path) -> dict[str, dict[str, float]]:
    """Per item: the shares, the number of citizens, and on average how many fields, knowable ones and left ones they had."""
    catalogue = Catalogue.load(guides).for_region("000000")
    found: dict[str, list[Figures]] = defaultdict(list)
    for one in citizens.load(folder):
        guide = catalogue.get(one.guide)
        if one.stops or guide is None:
            continue
        told = {key: date.isoformat(value) if isinstance(value, date) else value for key, value in one.expect.items()}
        found[guide.code].append(take(Services(catalogue, Knowing(told)), guide, told))
    return {
        code: {
            **{what: mean(row.shares[what] for row in rows) for what in SHARES},
            "of_knowable": mean(1 - row.left / row.knowable if row.knowable else 0 for row in rows),
            **{what: mean(getattr(row, what) for row in rows) for what in ("fields", "knowable", "left")}, "citizens": len(rows),
        }
        for code, rows in sorted(found.items())
    }  # fmt: skip


def main() -> None:
    """Print the figures, a line an item and the mean of the items."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true")
    options.add_argument("--cases", type=Path, default=ROOT / "tests" / "e2e" / "cases")
    given = options.parse_args()
    found = measure(ROOT / "knowledge" / "guides", given.cases)
    if given.json:
        print(json.dumps(found, ensure_ascii=False))
        return
    for code, row in sorted(found.items(), key=lambda pair: -pair[1]["again"]):
        shares = "  ".join(f"{what} {row[what]:4.0%}" for what in SHARES)
        could = f"knowable {row['knowable']:4.1f}  left {row['left']:4.1f}  of_knowable {row['of_knowable']:4.0%}"
        print(f"{code:32} {shares}  of {row['fields']:4.1f} fields  {could}, {row['citizens']:.0f} citizens")
    for what in (*SHARES, "of_knowable"):
        held = [row[what] for row in found.values()]
        print(f"{what}: mean {mean(held):.0%}, over 70 % in {sum(share > 0.7 for share in held)} of {len(held)} items")


if __name__ == "__main__":
    main()
