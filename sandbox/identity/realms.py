"""Who can sign in: one realm of members of staff, one of citizens; each is an identity provider of its own with one client."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.config import SandboxConfig
from sandbox.register.seeds import Seeds

PHONE, REAL_NAME, FACE = "phone", "real_name", "face"
LEVELS = {PHONE: "手机号验证", REAL_NAME: "实名认证", FACE: "人脸识别"}
"""What an ID token says in ``acr`` of how sure the provider is, the least sure first."""
_HERE = Path(__file__).parent
Claims = dict[str, Any]


@dataclass(frozen=True)
class Choice:
    """One line of the page where one says who one is: ``name``, a ``tag`` beside it, and what it adds to the address."""

    name: str
    tag: str
    adds: Mapping[str, str]


class Realm:
    """A provider: where it is, its client, and what it knows of the persons who sign in with it."""

    def __init__(self, prefix: str, hint: str, client: tuple[str, str], redirect: str, people: Mapping[str, Claims]) -> None:
        self.prefix, self.hint, self.redirect, self.people = prefix, hint, redirect, people
        self.client_id, self.client_secret = client

    def choices(self, _wanted: str) -> Sequence[Choice]:
        """Everybody there is."""
        return [Choice(one["name"], sub, {"as": sub}) for sub, one in self.people.items()]

    def claims(self, chosen: Mapping[str, str]) -> Claims | None:
        """What is vouched for of what was chosen on the page; None where nobody was."""
        return self.people.get(chosen.get("as", ""))

    @property
    def more(self) -> Claims:
        """What else its discovery document says."""
        return {}


class Citizens(Realm):
    """The register's persons, each with her telephone number alone, with her name and number, or with her face besides.

    Whoever may act for an enterprise may show its electronic licence: the claim ``organization`` says which enterprise, as what
    she acts, for which items (none: for all), what she may do there and until when.
    """

    def __init__(
        self, client: tuple[str, str], redirect: str, persons: Sequence[Claims], enterprises: Mapping[str, Claims],
        heads: Mapping[str, str],
    ) -> None:  # fmt: skip
        people = {subject_of(one["id_number"]): one for one in persons}
        super().__init__("/citizens", "选一位虚构的人", client, redirect, people)
        self.acting = _acting(people, enterprises, heads)

    def choices(self, wanted: str) -> Sequence[Choice]:
        """Everybody, at the level that was asked for and those above it; then those who can show an electronic licence."""
        levels = list(LEVELS)[list(LEVELS).index(wanted) if wanted in LEVELS else 1 :]
        found = [
            Choice(one["name"], f"{LEVELS[level]} {one['id_number'][-4:]}", {"as": sub, "acr": level})
            for sub, one in self.people.items() for level in levels
        ]  # fmt: skip
        level = next((level for level in levels if level != PHONE), FACE)
        found += [
            Choice(f"{self.people[sub]['name']} · {held['name']}", "电子营业执照", {"as": sub, "acr": level, "for": uscc})
            for (sub, uscc), held in self.acting.items()
        ]
        return found

    def claims(self, chosen: Mapping[str, str]) -> Claims | None:
        """See ``Realm.claims``; a telephone number alone tells neither name nor identity number, nor can it act for anybody."""
        sub, level, uscc = (chosen.get(name, "") for name in ("as", "acr", "for"))
        person = self.people.get(sub)
        if person is None or level not in LEVELS or (uscc and (level == PHONE or (sub, uscc) not in self.acting)):
            return None
        said: Claims = {"sub": sub, "acr": level, "phone_number": person.get("phone")}
        if level != PHONE:
            said |= {"name": person["name"], "id_number": person["id_number"]}
        return said | ({"organization": self.acting[sub, uscc]} if uscc else {})

    @property
    def more(self) -> Claims:
        """The levels it can prove."""
        return {"acr_values_supported": list(LEVELS), "claims_supported": ["name", "id_number", "phone_number", "organization"]}


def staff(config: SandboxConfig) -> Realm:
    """The members of staff, at ``/identity``."""
    people = {one["sub"]: one for one in json.loads((_HERE / "staff.json").read_text(encoding="utf-8"))["staff"]}
    client = config.identity_client_id, config.identity_client_secret
    return Realm("/identity", "选一位虚构的工作人员", client, config.identity_redirect, people)


def citizens(config: SandboxConfig, held: Seeds) -> Citizens:
    """The citizens, at ``/citizens``: the register's persons, and its enterprises."""
    client = config.citizen_client_id, config.citizen_client_secret
    return Citizens(client, config.citizen_redirect, list(held.persons.values()), held.enterprises, held.heads)


def subject_of(id_number: str) -> str:
    """Hers for ever, and saying nothing of her number."""
    return "c-" + hashlib.sha256(f"sandbox citizen {id_number}".encode()).hexdigest()[:24]


def _acting(
    people: Mapping[str, Claims], enterprises: Mapping[str, Claims], heads: Mapping[str, str]
) -> dict[tuple[str, str], Claims]:
    """Who may show whose electronic licence: legal representatives for everything, others as ``agents.json`` says."""
    found: dict[tuple[str, str], Claims] = {}
    for uscc, one in enterprises.items():
        if (sub := subject_of(heads.get(uscc, ""))) in people:
            everything = {"items": [], "may": ["prepare", "submit"], "until": None}
            found[sub, uscc] = _organization(one, "legal_representative", everything)
    for agent in json.loads((_HERE / "agents.json").read_text(encoding="utf-8"))["agents"]:
        uscc, sub = agent["uscc"], subject_of(agent["id_number"])
        if uscc in enterprises and sub in people:
            found.setdefault((sub, uscc), _organization(enterprises[uscc], "agent", agent))
    return found


def _organization(enterprise: Claims, role: str, granted: Mapping[str, Any]) -> Claims:
    limits = {name: granted[name] for name in ("items", "may", "until")}
    return {"uscc": enterprise["uscc"], "name": enterprise["name"], "role": role, **limits}
