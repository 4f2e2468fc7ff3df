"""Who signed in: the identity a provider vouched for, kept on the conversation, and what it answers in a case.

In a case of her own it answers ``identity.*``. Where she files for somebody else she is the agent, and it answers ``filer.*``
instead: nobody's application gets the data of who hands it in.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from assistant.casework import interview
from assistant.casework.model import Case
from assistant.casework.prefill.filling import read
from assistant.casework.prefill.provider import Found, same_name
from assistant.casework.prefill.state import VerifiedIdentity
from knowledge.conditions import value_at
from knowledge.prefill_paths import parts_of
from knowledge.schema import Guide, GuideField

REF = "identity"


def signed_in(identity: VerifiedIdentity | None, guide: Guide, case: Case, now: datetime) -> tuple[list[Found], set[str]]:
    """Her own name, number and phone, as what she is in this case, and the fields they are not for.

    Nothing while it is open whether she files for herself. Where number or name of a person are told to be another's, or her
    number could not be that person's, both are left out, and with them what cannot be told to be hers (a phone).
    """
    if identity is None or (acting := files_for_another(guide, case)) is None:
        return [], set()
    known = identity.model_dump(include={"id_number", "name", "phone"})
    if acting:
        return [Found("filer", "register", REF, known, identity)], set()
    pairs = dict.fromkeys(_whose(guide))
    others = [pair for pair in pairs if not _hers(identity, pair, guide, case, now)]
    hers = {key for pair in pairs if pair not in others for key in pair}
    kept_out = {field.key for field in guide.fields if field.key not in hers} if others else set()
    return [Found("identity", "register", REF, known, identity)], kept_out


def _hers(identity: VerifiedIdentity, pair: tuple[str, str], guide: Guide, case: Case, now: datetime) -> bool:
    values = case.values()
    number, name = (value_at(values, key) for key in pair)
    if name and not same_name(str(name), identity.name):
        return False
    if number:
        return str(number).upper() == identity.id_number.upper()
    given, called = (guide.field(key) for key in pair)
    if not name and called is not None and not _takes(called.prefill, "identity"):
        return False  # who that is, somebody else has to say: the register, of a firm's legal representative
    return given is None or read(given, identity.id_number, case, now) is not None


def files_for_another(guide: Guide, case: Case) -> bool | None:
    """Whether she hands in what somebody else applies for; None while that is not known, False where no question tells it."""
    values = case.values()
    told = [values[field.key] not in field.herself if field.key in values else None for field in telling(guide, case)]
    return True if True in told else None if None in told else False


def telling(guide: Guide, case: Case) -> list[GuideField]:
    """The questions of this case that tell whether she files for herself."""
    return [field for field in interview.applying_fields(guide, case) if field.herself]


def _whose(guide: Guide) -> Iterator[tuple[str, str]]:
    """Number and name of the person an identity is taken for: they must be hers as far as they are known."""
    hers = {field.key for field in guide.fields if _takes(field.prefill, "identity")}
    subject = [field.key for field in guide.fields if field.subject == "person"]
    numbers = [field.key for field in guide.fields if field.key in subject and field.type == "id_number"]
    names = [field.key for field in guide.fields if field.key in subject and field.type != "id_number"]
    yield from ((number, name) for number in numbers for name in names)
    pairs = [material.holder for material in guide.materials if len(material.holder) > 1]
    pairs += [[field.key, field.not_barred] for field in guide.fields if field.not_barred]
    yield from ((pair[0], pair[1]) for pair in pairs if pair[0] in hers or pair[1] in hers)


def _takes(paths: list[str], source: str) -> bool:
    return any(parts_of(path).source == source for path in paths)
