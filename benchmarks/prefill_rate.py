"""How much of an application need not be filled in: the share of its fields that are known already, item by item.

    python -m benchmarks.prefill_rate [--json]

Every simulated citizen (``tests/e2e/cases``) agrees to a look-up. Three figures an item, each the mean over its citizens:
``register`` where the registers know her (or her enterprise) as her facts have it, ``signed_in`` where the identity she signed in
with is known too (there is no sign-in door yet), ``again`` where she has also filled in the same item here before, not signed in.
Only the guide's hints decide what is taken; what is decided anew each time is hers to say. The parsers read every value as
they would read hers. No engine, no network, no document.
"""

from __future__ import annotations

import argparse
import json
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
from knowledge.schema import Guide

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=SHANGHAI)
_FORMS = {"limited": "有限责任公司（自然人投资或控股）", "sole": "有限责任公司（自然人独资）", "joint_stock": "股份有限公司"}
SHARES = ("register", "signed_in", "again")
_MARITAL = {"yes": "married", "no": "unmarried"}


@dataclass
class Knowing:
    """A register that has of one citizen and her enterprise what her facts say, and nothing they do not say."""

    told: dict[str, Any]

    def enterprise(self, *, uscc: str | None = None, name: str | None = None) -> Enterprise | None:
        told = self.told
        code = told.get("uscc")
        if code is None or (uscc or code) != code or (name or told.get("company_name")) != told.get("company_name"):
            return None
        old_boss = told.get("old_legal_representative")
        return Enterprise.model_validate(_some(
            uscc=code, name=told.get("company_name"), kind=_FORMS.get(str(told.get("company_kind"))), status="active",
            legal_representative=old_boss or told.get("legal_representative") or told.get("operator_name"),
            address=told.get("old_address") or told.get("premises_address"), established=told.get("established"),
            phone=told.get("phone"),
        ))  # fmt: skip

    def person(self, *, id_number: str, name: str) -> Person | None:
        told = self.told
        home = told.get("household_address") or told.get("man_address")
        return Person.model_validate(_some(
            id_number=id_number, name=name, address=home,
            phone=told.get("phone") or told.get("man_phone") or told.get("seller_phone"),
            marital_status=_MARITAL.get(str(told.get("married"))), fields=_some(residence_address=told.get("residence_address")),
        ))  # fmt: skip

    def licences(self, *, holder: str) -> list[Licence]:
        told = self.told
        held = [
            ("business_licence", {}), ("identity_card", {}), ("household_book", {}),
            ("food_permit", _some(number=told.get("permit_no"), expires=told.get("expiry_date"),
                                  address=told.get("premises_address"), fields=_some(premises_area=told.get("premises_area")))),
            ("hygiene_permit", _some(number=told.get("old_permit_no"), address=told.get("premises_address"))),
            ("residence_permit", _some(address=told.get("residence_address"))),
            ("marriage_certificate", _some(fields=_some(spouse_name=told.get("spouse_name") or told.get("father_name")))),
            ("property_certificate", _some(number=told.get("property_certificate_no"), address=told.get("property_address"),
                                           fields=_some(building_area=told.get("building_area")))),
            ("driving_licence", _some(fields=_some(**{"class": told.get("vehicle_class")}))),
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
                created_at=NOW, updated_at=NOW, consent=Consent(given=True, at=NOW))  # fmt: skip
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
    """The citizen as she would have signed in: the person the application is for."""
    own = {field.type: str(told[field.key]) for field in guide.fields if field.subject == "person" and field.key in told}
    if set(own) != {"id_number", "person_name"}:
        return None
    phones = [field.key for field in guide.fields if "identity.phone" in field.prefill and field.key in told]
    phone = str(told[phones[0]]) if phones else None
    return VerifiedIdentity(id_number=own["id_number"], name=own["person_name"], phone=phone, verified_at=NOW)


def measure(guides: Path, folder: Path) -> dict[str, dict[str, float]]:
    """Per item: the two shares (0 to 1), the number of citizens, and how many fields they had on average."""
    catalogue = Catalogue.load(guides).for_region("000000")
    found: dict[str, list[tuple[float, float, float, int]]] = defaultdict(list)
    for one in citizens.load(folder):
        guide = catalogue.get(one.guide)
        if one.stops or guide is None:
            continue
        told = {key: date.isoformat(value) if isinstance(value, date) else value for key, value in one.expect.items()}
        services = Services(catalogue, Knowing(told))
        first = walk(services, guide, told, [])
        cases = (first, walk(services, guide, told, [], signed_in=True), walk(services, guide, told, [first]))
        once, signed_in, again = (interview.progress(guide, case) for case in cases)
        shares = [one.prefilled / one.total for one in (once, signed_in, again)]
        found[guide.code].append((shares[0], shares[1], shares[2], once.total))
    return {
        code: {
            "register": mean(row[0] for row in rows), "signed_in": mean(row[1] for row in rows),
            "again": mean(row[2] for row in rows), "citizens": len(rows), "fields": mean(row[3] for row in rows),
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
        print(f"{code:32} {shares}  of {row['fields']:4.1f} fields, {row['citizens']:.0f} citizens")
    for what in SHARES:
        held = [row[what] for row in found.values()]
        print(f"{what}: mean {mean(held):.0%}, over 70 % in {sum(share > 0.7 for share in held)} of {len(held)} items")


if __name__ == "__main__":
    main()
