"""An identity card laid on a kiosk's reader in answer to a question: what it proves of that person is filled in, and said.

A card is about one person: whoever the question that is asked is about. Number and name go together, and with them what a guide
takes from a person's record; where one of them was answered otherwise, it is another's card or a slip, and nothing is taken.
What a card says goes through the field's own parser like everything else, and she may change it like everything else.
"""

from __future__ import annotations

from collections.abc import Iterator

from assistant.casework import interview
from assistant.casework.fields import dates
from assistant.casework.flow import prefilling
from assistant.casework.flow.asking import advance, reject
from assistant.casework.flow.talk import Talk
from assistant.casework.model import Case, CaseStatus, Source
from assistant.casework.prefill import filling
from assistant.casework.prefill.card import CardShown
from assistant.foundation.messages import t
from knowledge.prefill_paths import parts_of
from knowledge.schema import Guide, GuideField

#: What a card has of the things guides take from a person's record.
_PROVED = frozenset(("id_number", "name", "sex", "nation", "birth_date", "address"))
_NUMBER = ("公民身份", "身份证", "居民身份")
_OPEN = (CaseStatus.DRAFT, CaseStatus.READY, CaseStatus.CORRECTION_NEEDED)

Proof = dict[str, str]
"""By field key: which of a card's values answers it."""


def provable(guide: Guide, case: Case, asked: str | None) -> Proof:
    """What a card would answer now that this field is asked; empty where a card is no answer to it."""
    if asked is None or case.status not in _OPEN:
        return {}
    for number, name in _persons(guide):
        proof = _of(guide, number, name)
        if asked in proof:
            applying = {field.key for field in interview.applying_fields(guide, case)}
            return {key: value for key, value in proof.items() if key in applying}
    return {}


def take(talk: Talk, shown: CardShown) -> None:
    """Fill in what the card proves of the person who is asked about, or say why not; the question goes on from there."""
    case, guide = talk.case, talk.official
    if case is None or guide is None or not (proof := provable(guide, case, talk.asking)):
        reject(talk, "card_not_asked", t("proving.not_asked"))
        return
    if not shown.card.holds(talk.now.date()):
        until = shown.card.valid_until
        reject(talk, "card_expired", t("proving.expired", day=dates.said(until)) if until else t("proving.not_yet"))
        return
    other = _another(guide, case, proof, shown)
    if other is not None:
        field = (talk.guide or guide).field(other) or other
        reject(talk, "card_of_another", t("proving.another", label=getattr(field, "label", other)), mend=other)
        return
    done = _fill(talk, guide, case, proof, shown)
    if talk.asking not in {field.key for field in done}:
        reject(talk, "card_not_taken", t("proving.not_taken"))
        return
    talk.state.insisted = talk.state.offered = None
    talk.state.failures = 0
    talk.state.context_guide = case.guide_code
    talk.note("case.card_read", fields=[field.key for field in done], machine=shown.machine)
    prefilling.tell(talk, case, done)
    talk.status = "collecting"
    advance(talk)


def _fill(talk: Talk, guide: Guide, case: Case, proof: Proof, shown: CardShown) -> list[GuideField]:
    values, done = shown.card.values(), []
    for key, name in proof.items():
        field, held = guide.field(key), case.answers.get(key)
        if field is None or (held is not None and not held.skipped and key != talk.asking):
            continue
        value = filling.read(field, values[name], case, talk.now)
        if value is None:
            continue
        interview.record(guide, case, field, value, Source(kind="licence", turn=talk.turn, ref=shown.ref), talk.now)
        case.answers[key].looked_up_on = talk.now.date()
        done.append(field)
    return [field for field in done if field.key in case.answers]


def _another(guide: Guide, case: Case, proof: Proof, shown: CardShown) -> str | None:
    """The number or name that was answered otherwise than the card has it."""
    values = shown.card.values()
    for key, name in proof.items():
        field, held = guide.field(key), case.answers.get(key)
        if name not in ("id_number", "name") or field is None or held is None or held.skipped:
            continue
        if not filling.same(field, held.value, values[name]):
            return key
    return None


def _persons(guide: Guide) -> Iterator[tuple[GuideField | None, GuideField | None]]:
    """Everybody whom a guide asks number or name of, the case's subject first."""
    numbers = [field for field in guide.fields if field.type == "id_number"]
    names = [field for field in guide.fields if field.type == "person_name"]
    taken: set[str] = set()
    for number in sorted(numbers, key=lambda field: field.subject != "person"):
        name = next((one for one in names if one.key not in taken and _one_person(guide, number, one)), None)
        taken |= {name.key} if name is not None else set()
        yield number, name
    for name in names:
        if name.key not in taken and any(parts_of(path).source in ("identity", "filer") for path in name.prefill):
            yield None, name


def _one_person(guide: Guide, number: GuideField, name: GuideField) -> bool:
    """Whether number and name are of one person: the guide uses them together or calls them alike."""
    pair = (number.key, name.key)
    if number.subject == "person" == name.subject:
        return True
    if number.not_barred == name.key or any(tuple(material.holder) == pair for material in guide.materials):
        return True
    if any(parts_of(path).whose == pair for field in guide.fields for path in field.prefill):
        return True
    stem = name.label.removesuffix("姓名")
    return stem != name.label and number.label.startswith(stem) and number.label.removeprefix(stem).startswith(_NUMBER)


def _of(guide: Guide, number: GuideField | None, name: GuideField | None) -> Proof:
    proof: Proof = {}
    if name is not None:
        proof[name.key] = "name"
    if number is not None:
        proof[number.key] = "id_number"
    subject = any(field is not None and field.subject == "person" for field in (number, name))
    pair = (number.key, name.key) if number is not None and name is not None else None
    for field in guide.fields:
        for path in field.prefill:
            source, whose, rest = parts_of(path)
            if source == "person" and rest in _PROVED and (whose == pair if whose else subject):
                proof.setdefault(field.key, rest)
    return proof
