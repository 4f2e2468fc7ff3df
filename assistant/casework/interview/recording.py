"""Keeping an answer, and keeping every other answer true to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from assistant.casework.fields.parse import parse, printed
from assistant.casework.fields.result import Accepted
from assistant.casework.interview.materials import refresh_materials
from assistant.casework.interview.order import applying_fields
from assistant.casework.interview.tables import reopen_tables
from assistant.casework.model import Answer, Case, CaseStatus, Source, Undone
from assistant.foundation.messages import CHINESE, use_language
from knowledge.derivations import Settled
from knowledge.schema import Guide, GuideField
from knowledge.settling import settled_by

#: So many messages can be undone, one after the other.
UNDOABLE = 10


def record(
    guide: Guide, case: Case, field: GuideField, value: Accepted, source: Source, now: datetime, skipped: bool = False
) -> list[GuideField]:
    """Store an answer and lay aside what no longer applies; returns the fields that fell away.

    A change after the package was built takes the package back: she confirms again before anything is sent.
    """
    _remember(case, Undone(field=field.key, before=case.answers.get(field.key), at=now, turn=source.turn))
    case.answers[field.key] = Answer(
        value=value.value, display=value.display, source=source, confirmed_at=now, skipped=skipped, warning=value.warning
    )
    if field.key not in case.asked:
        case.asked.append(field.key)
    case.fallen.pop(field.key, None)
    if field.key in case.deferred:
        case.deferred.remove(field.key)
    case.drafts.pop(field.key, None)
    gone = follow(guide, case, now)
    reopen_tables(guide, case)
    refresh_materials(guide, case)
    unconfirm(case)
    return gone


def lay_aside(case: Case, field: GuideField, value: Accepted, source: Source, now: datetime) -> None:
    """Keep the answer to a question that does not apply yet, for the moment it does."""
    case.fallen[field.key] = Answer(
        value=value.value, display=value.display, source=source, confirmed_at=now, warning=value.warning
    )


def undo(guide: Guide, case: Case, now: datetime) -> list[GuideField]:
    """Take back the last change, all of it where one message changed several answers; returns the fields that were changed."""
    if not case.changes:
        return []
    moment, fields = case.changes[-1].moment, []
    while case.changes and case.changes[-1].moment == moment:
        last = case.changes.pop()
        field = guide.field(last.field)
        if field is None:
            continue
        fields.append(field)
        _hold(case, last.field, last.before)
    _settle(guide, case, now)
    return fields[::-1]


def put_back(guide: Guide, case: Case, key: str, before: Answer | None, now: datetime) -> None:
    """Give one field back what it held before somebody else changed it (None: nothing), whatever was changed since."""
    _hold(case, key, before)
    case.changes = [change for change in case.changes if change.field != key]
    _settle(guide, case, now)


def _hold(case: Case, key: str, before: Answer | None) -> None:
    if before is not None:
        case.answers[key] = before
        return
    case.answers.pop(key, None)
    case.fallen.pop(key, None)
    if key in case.asked:
        case.asked.remove(key)


def _settle(guide: Guide, case: Case, now: datetime) -> None:
    follow(guide, case, now)
    refresh_materials(guide, case)
    unconfirm(case)


def follow(guide: Guide, case: Case, now: datetime) -> list[GuideField]:
    """Put in the answers that follow from others, lay aside those that no longer apply and put back those laid aside that
    apply again; returns what people said of those that do not.
    """
    lost: list[GuideField] = []
    for _ in guide.fields:
        given = {key: answer.value for key, answer in case.answers.items() if not answer.skipped and not follows(answer)}
        _put_in(guide, case, settled_by(guide, given, now.date(), _standing(guide, case)), now)
        applying = {field.key for field in applying_fields(guide, case)}
        gone = [field for field in guide.fields if field.key in case.answers and field.key not in applying]
        back = [] if gone else _put_back(guide, case, now)
        if not gone and not back:
            break
        lost = [field for field in lost if field not in back]
        for field in gone:
            held = case.answers.pop(field.key)
            if not follows(held):
                case.fallen[field.key] = held
                lost.append(field)
            case.asked.remove(field.key) if field.key in case.asked else None
    return lost


def _put_back(guide: Guide, case: Case, now: datetime) -> list[GuideField]:
    """Put back the answers laid aside whose questions apply again and that still pass them."""
    back = []
    for field in applying_fields(guide, case):
        held = case.fallen.get(field.key)
        if held is None or field.key in case.answers or not _still_passes(field, held, case, now):
            continue
        case.answers[field.key] = case.fallen.pop(field.key)
        case.asked.append(field.key)
        back.append(field)
    return back


def _still_passes(field: GuideField, held: Answer, case: Case, now: datetime) -> bool:
    """Whether an answer laid aside would be taken today: another answer may contradict it by now."""
    if held.skipped or field.type == "table":
        return True
    again = parse(field, held.value if isinstance(held.value, list) else str(held.value), now.date(), case.values())
    return isinstance(again, Accepted) or again.insist is not None


def _remember(case: Case, made: Undone) -> None:
    """Keep what a field held before it is changed. One message may change several; of a field, what it held before all of it."""
    if not any(change.field == made.field and change.moment == made.moment for change in case.changes):
        case.changes.append(made)
    moments = list(dict.fromkeys(change.moment for change in case.changes))
    if len(moments) > UNDOABLE:
        case.changes = [change for change in case.changes if change.moment != moments[0]]


def follows(answer: Answer) -> bool:
    """Whether an answer was not given but follows from another, or from the guide itself (``Source.ref`` says from which)."""
    return answer.source.kind == "computed" and answer.source.ref is not None


def corrigible(guide: Guide, key: str, answer: Answer) -> bool:
    """Whether an answer may be changed by itself: what she gave, and what was worked out from answers of hers.

    What the guide lays down, or what is the same as another answer, changes only with that.
    """
    return not follows(answer) or any(entry.field == key and entry.derived for entry in guide.settled)


def _standing(guide: Guide, case: Case) -> set[str]:
    """The fields where she said otherwise than was worked out: her word counts until an answer it was worked out from changes."""
    standing = set()
    for entry in guide.settled:
        held = case.answers.get(entry.field)
        if not entry.derived or held is None or held.skipped or held.source.kind not in ("said", "tapped", "staff"):
            continue
        sources = [case.answers[key] for path in entry.sources if (key := path.partition(".")[0]) in case.answers]
        if all(_since(held) >= _since(source) for source in sources):
            standing.add(entry.field)
    return standing


def _since(answer: Answer) -> tuple[float, int]:
    return (answer.confirmed_at.timestamp() if answer.confirmed_at else 0.0, answer.source.turn or 0)


def _put_in(guide: Guide, case: Case, values: Mapping[str, tuple[Settled, Any]], now: datetime) -> None:
    for key in [key for key, answer in case.answers.items() if follows(answer) and key not in values]:
        del case.answers[key]
    for key, (entry, value) in values.items():
        field, held = guide.field(key), case.answers.get(key)
        ref = next((path for path in entry.sources), guide.code)
        if field is None or (held is not None and follows(held) and (held.value, held.source.ref) == (value, ref)):
            continue
        taken = _worked_out(field, value, case, now) if entry.derived else _same_as(field, value, case.answers.get(ref))
        if taken is None:  # no answer that could stand here: she is asked, and told why
            if held is not None and follows(held):
                del case.answers[key]
            continue
        computed = Source(kind="computed", ref=ref)
        case.answers[key] = Answer(
            value=taken.value, display=taken.display, source=computed, confirmed_at=now, warning=taken.warning
        )
        case.asked.remove(key) if key in case.asked else None


def _same_as(field: GuideField, value: Any, source: Answer | None) -> Accepted:
    """What the guide lays down, or another answer has, as it is printed here."""
    taken = Accepted(value, source.display if source and source.value == value else str(value))
    return Accepted(value, printed(field, taken))


def _worked_out(field: GuideField, value: Any, case: Case, now: datetime) -> Accepted | None:
    """What was worked out, read as an answer of hers would be; None where it breaks a rule of the field."""
    others = {key: held for key, held in case.values().items() if key != field.key}
    with use_language(CHINESE):
        read = parse(field, value if isinstance(value, list) else str(value), now.date(), others)
    return read if isinstance(read, Accepted) else None


def unconfirm(case: Case) -> None:
    """Take back a built package because something in it changed."""
    case.package = None
    if case.status is CaseStatus.READY:
        case.move(CaseStatus.DRAFT)
