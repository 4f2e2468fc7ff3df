"""From what sources know to answers of the case: offered, read by the field's own parser, and put in where nothing stands.

Pure: nothing here asks, speaks or saves. What a citizen said is never overwritten.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from assistant.casework import interview
from assistant.casework.fields.parse import parse
from assistant.casework.fields.result import Accepted
from assistant.casework.fields.table_rows import kept_rows
from assistant.casework.model import Case, Source
from assistant.casework.prefill.licences import holder_of, holds
from assistant.casework.prefill.provider import Found, Subject, SubjectKind, same_name
from assistant.casework.prefill.records import Licence, Person
from assistant.casework.prefill.state import Barred, Consent, Difference, LicenceSeen, Offer
from assistant.foundation.messages import CHINESE, use_language
from knowledge.conditions import value_at
from knowledge.prefill_paths import parts_of
from knowledge.schema import Guide, GuideField

#: What an answer that was looked up came from.
LOOKED_UP = ("licence", "register", "previous_case")
#: Where a register's word and the citizen's must be the same; a phone she gives may simply be newer.
_COMPARED = ("uscc", "company_name", "person_name", "address", "date", "amount")
_UNITS = {"amount": "元", "area": "平方米"}


def kinds(guide: Guide) -> list[SubjectKind]:
    """The kinds of subject a guide is about, in the order of its questions."""
    return list(dict.fromkeys(field.subject for field in guide.fields if field.subject is not None))


def offer(guide: Guide, consent: Consent, found: Sequence[Found], today: date, but: Collection[str] = ()) -> None:
    """Keep what the guide has a use for, save for the fields in ``but``; in the order of the guide's paths, the new first."""
    for field in guide.fields:
        if field.key in but:
            continue
        new = [
            Offer(value=value, kind=one.kind, ref=one.ref, day=today, rank=rank)
            for rank, path in enumerate(field.prefill)
            for one in found
            if (value := one.value(path)) is not None and _may(field, one, guide)
        ]
        if new:
            old = [o for o in consent.offers.get(field.key, []) if (o.kind, o.ref) not in {(n.kind, n.ref) for n in new}]
            consent.offers[field.key] = sorted([*new, *old], key=lambda one: one.rank)


def _may(field: GuideField, found: Found, guide: Guide) -> bool:
    """Nobody's identity number comes from a register; an earlier case answers only what was asked there in the same way."""
    if field.type == "id_number":
        return found.path in ("identity", "filer", "previous")
    if found.path != "previous":
        return True
    return all(
        other.type == field.type
        for path in field.prefill
        if path.startswith("previous.") and (other := _asked_there(found, path.removeprefix("previous."))) is not None
    )


def _asked_there(found: Found, key: str) -> GuideField | None:
    return found.record.field(key) if isinstance(found.record, Guide) else None


def fill(guide: Guide, case: Case, now: datetime, turn: int, only: SubjectKind | None = None) -> list[GuideField]:
    """Answer what can be answered from the offers, until nothing more follows; returns the fields in their order.

    Args:
        only: fill in no more than what finds this subject; who it is decides what else there is.
    """
    done: list[GuideField] = []
    consent = case.consent
    if consent is None or not consent.given:
        return done
    while (step := next(_fillable(guide, case, consent, now, only), None)) is not None:
        field, value, taken = step
        source = Source(kind=taken.kind, turn=turn, ref=taken.ref)
        interview.record(guide, case, field, value, source, now)
        case.answers[field.key].looked_up_on = taken.day
        done.append(field)
        consent.filled += [field.key] if field.key not in consent.filled else []
    return [field for field in done if field.key in case.answers]


def _fillable(
    guide: Guide, case: Case, consent: Consent, now: datetime, only: SubjectKind | None
) -> Iterator[tuple[GuideField, Accepted, Offer]]:
    for field in interview.progress(guide, case).missing:
        if only is not None and field.subject != only:
            continue
        for held in consent.offers.get(field.key, []):
            value = read(field, held.value, case, now)
            if value is not None:
                yield field, value, held
                break


def read(field: GuideField, value: Any, case: Case, now: datetime) -> Accepted | None:
    """A source's value as the field's own parser takes it; None where it would not take it from a citizen either."""
    if field.type == "table":
        others = {key: held for key, held in case.values().items() if key != field.key}
        with use_language(CHINESE):
            return kept_rows(field, value, others, now.date())
    text = value if isinstance(value, list) else f"{value}{_UNITS.get(field.type, '') if not isinstance(value, str) else ''}"
    others = {key: held for key, held in case.values().items() if key != field.key}
    with use_language(CHINESE):
        parsed = parse(field, text, now.date(), others)
    return parsed if isinstance(parsed, Accepted) else None


def compare(guide: Guide, case: Case, now: datetime) -> None:
    """Note where a register or licence has another value than the citizen gave."""
    consent = case.consent
    if consent is None:
        return
    for field in interview.applying_fields(guide, case):
        answer = case.answers.get(field.key)
        known = next((o for o in consent.offers.get(field.key, []) if o.kind in ("register", "licence")), None)
        if answer is None or answer.skipped or answer.source.kind not in ("said", "tapped") or known is None:
            continue
        value = read(field, known.value, case, now) if field.type in _COMPARED else None
        if value is None or same(field, answer.value, value.value):
            consent.differences.pop(field.key, None)
        elif field.key not in consent.differences:
            consent.differences[field.key] = Difference(
                value=value.value, display=value.display, ref=known.ref, asked=field.key in consent.filled
            )


def same(field: GuideField, one: Any, other: Any) -> bool:
    """Whether two values say the same, be it in other signs; an address may leave out the province it is in."""
    if field.type in ("company_name", "person_name"):
        return same_name(str(one), str(other))
    first, second = (re.sub(r"[\s,，。、()（）-]", "", str(value)).upper() for value in (one, other))
    if field.type == "address":
        return first.endswith(second) or second.endswith(first)
    return first == second


def see_licences(guide: Guide, case: Case, subject: Subject, found: Sequence[Found], today: date) -> None:
    """Note which materials a licence of this subject meets, or would if it still held."""
    consent, values = case.consent, case.values()
    holder = next((number for one in found if (number := holder_of(one)) is not None), None)
    if consent is None or holder is None:
        return
    licences = {one.record.kind: one for one in found if isinstance(one.record, Licence)}
    for material in guide.materials:
        number = str(values.get(material.holder[0], "")) if material.holder else ""
        seen = licences.get(material.licence or "")
        if seen is None or number.upper() != holder.upper() or not _named(values, material.holder, subject, found):
            continue
        consent.licences[material.code] = LicenceSeen(
            ref=seen.ref, holds=holds(seen.record, today), expires=seen.record.expires
        )


def _named(values: dict[str, Any], holder: Sequence[str], subject: Subject, found: Sequence[Found]) -> bool:
    """Whether the name given with the holder's number is the one a register has confirmed; enterprises need none."""
    if len(holder) < 2:
        return subject.kind == "enterprise"
    person = next((one.record for one in found if isinstance(one.record, Person)), None)
    return person is not None and same_name(person.name, str(values.get(holder[1], "")))


def see_barred(guide: Guide, case: Case, found: Sequence[Found]) -> None:
    """Note who may not hold the post the case is about."""
    consent, values = case.consent, case.values()
    person = next((one.record for one in found if isinstance(one.record, Person)), None)
    if consent is None or person is None:
        return
    for field in guide.fields:
        if field.not_barred is None or str(values.get(field.key, "")).upper() != person.id_number.upper():
            continue
        if person.barred:
            consent.barred[field.key] = Barred(number=person.id_number, reason=person.barred_reason or "")
        else:
            consent.barred.pop(field.key, None)


def others(guide: Guide, case: Case) -> list[Subject]:
    """Further persons and enterprises to be asked about: holders of licences, and who must not be barred."""
    values = case.values()
    found: list[Subject] = []
    pairs = [material.holder for material in interview.applying_materials(guide, case) if material.licence]
    pairs += [[field.key, field.not_barred] for field in interview.applying_fields(guide, case) if field.not_barred]
    for number, *name in pairs:
        kind: SubjectKind = "person" if name else "enterprise"
        whom = Subject(kind, _text(values.get(number)), _text(values.get(name[0])) if name else None)
        if whom.complete and whom not in found:
            found.append(whom)
    return found


def named_persons(guide: Guide, case: Case) -> dict[tuple[str, ...], Subject]:
    """Others than the subject whom fields still to be answered may be known of, by the answers that name them.

    A person is named by number and name, an enterprise by its code; one not told yet is not there.
    """
    values = case.values()
    found: dict[tuple[str, ...], Subject] = {}
    for field in interview.progress(guide, case).missing:
        for whose in (parts.whose for path in field.prefill if (parts := parts_of(path)).whose):
            number, *name = (_text(value_at(values, answer)) for answer in whose)
            whom = Subject("person" if name else "enterprise", number, name[0] if name else None)
            if number and whom.complete:
                found[whose] = whom
    return found


def nameable(guide: Guide, case: Case | None, whose: Sequence[str]) -> bool:
    """Whether the answers that name somebody are there or may still come."""
    if case is None:
        return False
    values, answered = case.values(), case.answers.keys()
    to_come = {field.key for field in interview.applying_fields(guide, case)} - answered
    return all(value_at(values, answer) is not None or answer.partition(".")[0] in to_come for answer in whose)


def forget_named(guide: Guide, case: Case) -> list[str]:
    """Take out what was looked up of somebody who is not the one named any more; returns the fields' keys."""
    consent, values = case.consent, case.values()
    gone: list[str] = []
    for said, key in list(consent.named.items()) if consent is not None else []:
        whose = said.split(",")
        number, *name = (_text(value_at(values, answer)) for answer in whose)
        if consent is None or Subject("person" if name else "enterprise", number, name[0] if name else None).key == key:
            continue
        del consent.named[said]
        for field in guide.fields:
            if not any(parts_of(path).whose == tuple(whose) for path in field.prefill):
                continue
            consent.offers.pop(field.key, None)
            held = case.answers.get(field.key)
            if field.key in consent.filled and held is not None and held.source.kind in ("register", "licence"):
                del case.answers[field.key]
                gone.append(field.key)
    return gone


def withdraw(consent: Consent, ref: str) -> None:
    """Offer nothing of a source any more."""
    consent.offers = {key: [one for one in held if one.ref != ref] for key, held in consent.offers.items()}


def _text(value: Any) -> str | None:
    return str(value) if value not in (None, "") else None


def forget(case: Case) -> list[str]:
    """Take out every value that was looked up, and what is known of licences; returns the fields' keys."""
    consent = case.consent
    if consent is None:
        return []
    gone = [key for key, answer in case.answers.items() if answer.source.kind in LOOKED_UP]
    for key in gone:
        del case.answers[key]
        if key in case.asked:
            case.asked.remove(key)
    case.fallen = {key: answer for key, answer in case.fallen.items() if answer.source.kind not in LOOKED_UP}
    case.changes = [one for one in case.changes if one.before is None or one.before.source.kind not in LOOKED_UP]
    for held in (consent.offers, consent.licences, consent.differences, consent.barred, consent.filled, consent.named):
        held.clear()
    return gone
