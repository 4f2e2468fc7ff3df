"""What a card of staff's does to the case: the citizen answers it, or staff change an answer while she watches.

It goes the way of any turn (one transaction, repeats give the same), and through the interview's own checks; but nobody speaks
in it. What came of it is an event both sides are shown; the pending question moves on silently.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import Connection

from assistant.casework import interview
from assistant.casework.fields.parse import parse
from assistant.casework.fields.result import Accepted, Rejected
from assistant.casework.flow import choosing, closing, materials
from assistant.casework.flow.asking import advance, ask, confirm_question
from assistant.casework.flow.storing import store
from assistant.casework.flow.summary import review_card, shown
from assistant.casework.flow.talk import Talk
from assistant.casework.model import Answer, Case, CaseStatus
from assistant.conversation import cards
from assistant.conversation.cards import Card
from assistant.conversation.model import CardAct, Conversation
from assistant.conversation.needs import DeskGate
from assistant.foundation import audit
from assistant.foundation.messages import CHINESE, t, use_language
from knowledge.replies import Card as CardReply
from knowledge.replies import Notice, Text
from knowledge.schema import Guide, GuideField

if TYPE_CHECKING:
    from assistant.conversation.turn import Turn

ANSWERABLE = ("staff", "queue")
"""While these own the conversation cards may be answered; afterwards the bot goes on with what is open."""


class CardRefused(Exception):
    """A card cannot be answered so, and nothing was changed. ``code`` is gone, over, done, other_case, too_late, needless,
    not_taken, changed, changed_since or failed; ``errors`` say what is wrong with which field ("" for the card as a whole).
    """

    def __init__(self, code: str, errors: Sequence[dict[str, Any]] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.errors = list(errors)


def load(conn: Connection, conv: Conversation, act: CardAct, case: Case | None) -> Card | None:
    """The card that is acted on; None where staff are making one.

    Raises:
        CardRefused: it cannot be answered any more.
    """
    if act.action == "edit":
        return None
    card = cards.find(conn, conv.id, act.card_id)
    if card is None:
        raise CardRefused("gone")
    if act.action != "undo" and conv.owner not in ANSWERABLE:
        raise CardRefused("over")
    if card.state != (cards.DONE if act.action == "undo" else cards.OPEN):
        raise CardRefused("done")
    if card.case_no is not None and (case is None or case.case_no != card.case_no):
        raise CardRefused("other_case")
    return card


def serve(turn: Turn) -> None:
    """Do it, on the turn's own ``Talk``. May take long: the package is made in here.

    Raises:
        CardRefused: nothing is kept of it.
    """
    talk, act = turn.talk, turn.message.card
    assert act is not None
    if turn.card is None:
        turn.card = _edited(talk, act)
        more: dict[str, Any] = {}
    else:
        if turn.card.case_no is not None and not _open(talk):
            raise CardRefused("too_late")
        more = _DO[turn.card.kind](talk, turn.card, act)
    lines = _lines(talk)
    talk.replies.clear()
    talk.question_said = True
    talk.status = "handed_off" if talk.owner in ANSWERABLE else "collecting"
    if act.action != "edit":
        turn.events.append(("card", turn.card.told(**more, lines=lines, at=turn.now.isoformat())))


def keep(conn: Connection, desk: DeskGate, turn: Turn) -> None:
    """Keep what became of the card, in the transaction that saves the turn; a change of staff's is told in their words.

    Raises:
        NotYours: whoever changes an answer has not got the conversation.
    """
    talk, card, act = turn.talk, turn.card, turn.message.card
    assert card is not None and act is not None
    if talk.by is None:
        cards.save(conn, card)
    else:
        desk.check_holder(conn, turn.conv.id, talk.by.staff_id)
        cards.add(conn, card)
        with use_language(talk.language):
            old = card.shown["old"] or t("acting.nothing")
            text = t("acting.edited", label=card.shown["label"], old=old, new=card.shown["new"])
        desk.say(conn, turn.conv.id, talk.by.staff_id, talk.by.name, text, turn.now, card=card.told())
    detail = {"card": card.id, "kind": card.kind, "action": act.action, "state": card.state}
    audit.append(conn, at=turn.now, actor=talk.actor, action="desk.card_answered", subject=turn.conv.id, detail=detail)


def _uploaded(talk: Talk, card: Card, act: CardAct) -> dict[str, Any]:
    """She hands in what was asked for; asked for in words only, it stays with the conversation."""
    if act.action == "no":
        card.becomes(cards.DECLINED, talk.now)
        return {}
    if not talk.attachments or act.action != "answer":
        raise CardRefused("not_taken")
    files = [{"name": one.name, "ok": one.ok, "problems": one.problems} for one in talk.attachments]
    code, guide, case = card.shown.get("material"), talk.guide, talk.case
    if code is not None:
        assert guide is not None and case is not None
        material = next((one for one in interview.applying_materials(guide, case) if one.code == code), None)
        if material is None:
            raise CardRefused("needless")
        materials.attach(talk, material)
        if talk.status != "collecting":
            raise CardRefused("not_taken", [{"field": "", "message": line} for line in _lines(talk)])
    card.becomes(cards.DONE, talk.now)
    return {"files": files}


def _filled(talk: Talk, card: Card, act: CardAct) -> dict[str, Any]:
    """She fills in a form: all of it is taken, or nothing and every field says what is wrong with it."""
    if act.action == "no":
        card.becomes(cards.DECLINED, talk.now)
        return {}
    case, guide = talk.case, talk.guide
    assert case is not None and guide is not None
    asked = [one["field"] for one in card.shown["fields"]]
    errors: list[dict[str, Any]] = []
    taken: list[GuideField] = []
    for field in [one for one in guide.fields if one.key in asked]:
        if field.key not in {one.key for one in interview.applying_fields(guide, case)}:
            continue  # another answer on the same form has made it needless
        given = act.fields.get(field.key, "")
        if not given and field.key in case.answers:
            continue
        if not given and field.optional:
            store(talk, field, Accepted("", ""), skipped=True)
        elif not given:
            errors.append({"field": field.key, "message": t("casework.required", label=field.label)})
            continue
        else:
            value = _value(talk, field, given, field.key in act.insist)
            if isinstance(value, Rejected):
                errors.append(_error(field, value))
                continue
            store(talk, field, value, source=talk.source("tapped" if isinstance(given, list) else "said"))
        taken.append(field)
    if errors or not taken:
        raise CardRefused("not_taken", errors or [{"field": "", "message": t("acting.nothing_filled")}])
    _go_on(talk, {field.key for field in taken})
    card.becomes(cards.DONE, talk.now)
    held = {field.key: case.answers[field.key] for field in taken if field.key in case.answers}
    return {"rows": [{"label": field.label, "value": shown(field, held[field.key])} for field in taken if field.key in held]}


def _edited(talk: Talk, act: CardAct) -> Card:
    """Staff change one answer; the card tells her, and lets her change it back."""
    case, guide = talk.case, talk.guide
    (key, given), = act.fields.items()
    if case is None or guide is None or not _open(talk):
        raise CardRefused("too_late")
    field = next((one for one in interview.applying_fields(guide, case) if one.key == key), None)
    before = case.answers.get(key)
    if field is None or not editable(guide, field, before):
        raise CardRefused("needless")
    value = _value(talk, field, given, key in act.insist)
    if isinstance(value, Rejected):
        field = (talk.official or guide).field(key) or field
        with use_language(CHINESE):  # whoever typed it reads it, and may have typed the Chinese name of an option
            value = _value(talk, field, given, key in act.insist)
    if isinstance(value, Rejected):
        raise CardRefused("not_taken", [_error(field, value)])
    field = guide.field(key) or field
    confirmed = case.package is not None
    old = shown(field, before) if before is not None else None
    store(talk, field, value)
    _go_on(talk, {key})
    now = case.answers[key]
    assert talk.by is not None
    told = {"field": key, "label": field.label, "old": old, "new": shown(field, now), "again": confirmed}
    kept = {"before": before.model_dump(mode="json") if before is not None else None, "value": now.value}
    return Card(str(uuid.uuid4()), talk.conversation_id, talk.by.staff_id, "edit", case.case_no, told, kept, talk.now, cards.DONE)


def _undone(talk: Talk, card: Card, act: CardAct) -> dict[str, Any]:
    """She changes back what staff changed, unless it has been changed again since."""
    case, guide = talk.case, talk.guide
    assert case is not None and guide is not None
    key, held = card.shown["field"], case.answers.get(card.shown["field"])
    if act.action != "undo" or held is None or held.source.kind != "staff" or held.value != card.kept["value"]:
        raise CardRefused("changed_since")
    before = Answer.model_validate(card.kept["before"]) if card.kept["before"] is not None else None
    interview.put_back(guide, case, key, before, talk.now)
    talk.note("case.answered", field=key, source=before.source.kind if before else "")
    _go_on(talk, {key})
    card.becomes(cards.UNDONE, talk.now)
    return {}


def _confirmed(talk: Talk, card: Card, act: CardAct) -> dict[str, Any]:
    """She says yes to what she was shown, first to all answers, then to the package, by the same steps as with the bot."""
    case, guide = talk.case, talk.guide
    assert case is not None and guide is not None
    looked = looks(guide, case)
    if act.action == "no":
        card.becomes(cards.DECLINED, talk.now)
        return {"stage": looked["stage"]}
    if act.action != "yes" or looked["seen"] != act.seen or looked["stage"] == "open":
        raise CardRefused("changed")  # she says yes to what she has seen, and to nothing else
    talk.tapped = ["yes"]
    ask(talk, confirm_question(looked["stage"]))
    if looked["stage"] == "review":
        closing.review(talk)
        if case.package is None:
            raise CardRefused("failed", [{"field": "", "message": line} for line in _lines(talk)])
        return {"stage": "submit", "version": case.package.version}
    closing.submit(talk)
    if not talk.submit:
        raise CardRefused("changed")
    card.becomes(cards.DONE, talk.now)
    return {"stage": "sent", "version": case.package.version if case.package else None}


_DO = {"upload": _uploaded, "form": _filled, "edit": _undone, "package": _confirmed}


def looks(guide: Guide, case: Case) -> dict[str, Any]:
    """The package as it stands: every answer (``rows``), whether they or the package are to be confirmed, and a mark of it all.

    ``stage`` is open (something is missing), review, submit or sent.
    """
    card = review_card(guide, case)
    stage = stage_of(guide, case)
    rows = [row.model_dump(mode="json", exclude_none=True) for row in card.rows or []]
    package = case.package.sha256 if case.package is not None else ""
    values = {key: one.value for key, one in case.answers.items()}
    seen = hashlib.sha256(orjson.dumps([stage, rows, values, package], default=str))
    notes = (card.text or "").split("\n")[1:]
    return {"stage": stage, "title": card.title, "rows": rows, "notes": notes, "seen": seen.hexdigest()[:32]}


def stage_of(guide: Guide, case: Case) -> str:
    """How far a package has come: open, review (all is answered), submit (she has confirmed the answers) or sent."""
    if case.status not in choosing.OPEN:
        return "sent"
    if case.package is not None and case.status in (CaseStatus.READY, CaseStatus.CORRECTION_NEEDED):
        return "submit"
    wanting = interview.next_field(guide, case) or interview.must_mend(guide, case) or interview.next_material(guide, case)
    return "open" if wanting else "review"


def editable(guide: Guide, field: GuideField, answer: Answer | None) -> bool:
    """Whether an answer may be put on a form or changed by staff: tables, and what follows from other answers, may not."""
    return field.type != "table" and (answer is None or interview.corrigible(guide, field.key, answer))


def _open(talk: Talk) -> bool:
    return talk.case is not None and talk.case.status in choosing.OPEN


def _value(talk: Talk, field: GuideField, given: str | list[str], insisted: bool) -> Accepted | Rejected:
    assert talk.case is not None
    others = {key: value for key, value in talk.case.values().items() if key != field.key}
    read = parse(field, given, talk.now.date(), others)
    return read.insist if isinstance(read, Rejected) and insisted and read.insist is not None else read


def _error(field: GuideField, wrong: Rejected) -> dict[str, Any]:
    return {"field": field.key, "message": wrong.message, "insist": wrong.insist is not None}


def _go_on(talk: Talk, changed: set[str]) -> None:
    """Move the pending question on where these answers have settled it, or made another necessary; else it stays as it is."""
    guide, case, asking = talk.guide, talk.case, talk.asking
    assert guide is not None and case is not None
    if asking is not None and asking not in changed and guide.field(asking) is not None:
        settled = asking not in {field.key for field in interview.applying_fields(guide, case)}
    else:
        settled = asking in (None, "review", "submit", *changed) or str(asking).startswith(interview.MATERIAL_PREFIX)
    if settled:
        advance(talk)


def _lines(talk: Talk) -> list[str]:
    """What casework had to say of it, line by line."""
    said = [one for one in talk.replies if isinstance(one, Text | Notice | CardReply)]
    return [line for one in said for line in (one.text or "").split("\n") if line.strip()]
