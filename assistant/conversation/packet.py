"""What a person who takes over sees at once: who, what, why, what is there, what is missing, how she feels, what to say.

A pure function of the conversation, its case and its events. Everything is put together from facts and rules; nothing is written
by a model, and values are masked as in replies.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel

from assistant.casework import interview
from assistant.casework.fields.dates import said as spoken_day
from assistant.casework.flow.summary import case_view, field_view, whole
from assistant.casework.model import Case
from assistant.conversation import guard
from assistant.conversation.deadlines import Deadline, deadlines
from assistant.conversation.model import Conversation, Event
from assistant.conversation.understanding import QUESTIONS
from assistant.foundation.masking import mask_value
from assistant.foundation.messages import t
from knowledge import answers
from knowledge.replies import Citation
from knowledge.schema import Guide

LAST = 6
"""Exchanges shown; moods are looked for in them, too."""
SUGGESTED = 3
Mood = Literal["danger", "distress", "complaint", "stuck", "neutral"]


class Said(BaseModel):
    """One line of the last turns: ``who`` is citizen, bot or staff."""

    who: str
    text: str
    at: datetime


class Suggestion(BaseModel):
    """Something that can be answered, from the guide, with its sources."""

    about: str
    text: str
    citations: list[Citation]


class Paper(BaseModel):
    """A material with the files handed in for it."""

    code: str
    name: str
    required: bool
    status: str
    due: str | None = None
    files: list[dict[str, Any]] = []


class Promise(BaseModel):
    """What brought her here at this time: a call to ``number`` (masked), or an appointment; ``kind`` is callback or slot."""

    kind: str
    at: datetime
    number: str | None


class Brief(BaseModel):
    """See the module. ``identity`` is verified (an identity provider vouches for her) or said (what she typed, if anything).

    ``due`` is the soonest of the ``deadlines``; ``masked`` of a filled row says that its value is not shown whole.
    """

    identity: Literal["verified", "said"]
    name: str | None
    id_number: str | None
    channel: str
    locale: str
    item: dict[str, str] | None
    reason: str | None
    filled: list[dict[str, Any]]
    missing: list[dict[str, str]]
    asking: str | None
    materials: list[Paper]
    last: list[Said]
    mood: Mood
    due: str | None
    deadlines: list[Deadline]
    promise: Promise | None
    summary: str
    suggestions: list[Suggestion]


def _none(_code: str) -> Guide | None:
    return None


def brief(
    conv: Conversation, case: Case | None, guide: Guide | None, events: Sequence[Event], uploads: Sequence[Mapping[str, Any]],
    reason: str | None, now: datetime, promise: Promise | None = None, guide_for: Callable[[str], Guide | None] = _none,
) -> Brief:  # fmt: skip
    """The packet.

    Args:
        guide: of the case, or what was talked about last.
        events: the last ones of the conversation, oldest first.
        uploads: rows of the files of the case's materials.
        guide_for: the guides of the departments' shares of a case, by code.
    """
    view = case_view(guide, case) if case is not None and guide is not None else None
    who, mood = conv.state.identity, feeling(events)
    days = deadlines(case, guide, guide_for, now) if case is not None and guide is not None else []
    due = days[0].date if days else None
    return Brief(
        identity="verified" if who else "said",
        name=mask_value("person_name", who.name) if who else None,
        id_number=mask_value("id_number", who.id_number) if who else None,
        channel=conv.channel,
        locale=conv.locale,
        item=_item(guide, case) if guide else None,
        reason=reason,
        filled=_filled(guide, case) if case is not None and guide is not None else [],
        missing=view["missing"] if view else [],
        asking=conv.state.ask.label if conv.state.ask else None,
        materials=_papers(guide, case, uploads) if case is not None and guide is not None else [],
        last=_last(events),
        mood=mood,
        due=due,
        deadlines=days,
        promise=promise,
        summary=_summary(guide, view, conv, reason, due),
        suggestions=_suggestions(guide, case, conv, events, now) if guide is not None and not guide.outline else [],
    )


def _item(guide: Guide, case: Case | None) -> dict[str, str]:
    return {"code": guide.code, "name": guide.name, "version": case.guide_version if case else guide.version}


def _filled(guide: Guide, case: Case) -> list[dict[str, Any]]:
    held = case.answers
    full = {one.key: whole(one, held[one.key]) for one in interview.applying_fields(guide, case) if one.key in held}
    return [{**row, "masked": row["value"] != full[row["field"]]} for row in field_view(guide, case)]


def feeling(events: Sequence[Event]) -> Mood:
    """How she feels, by declared rules over the last exchanges; the gravest that holds.

    ``danger`` and ``distress``: her words are of those ``guard_terms.yaml`` lists. ``complaint``: a sentence was read as one, or
    abused somebody. ``stuck``: the last two turns were not understood or not taken.
    """
    hers = [one.data for one in events if one.kind == "message" and one.data.get("from") == "citizen"]
    said = [str(data.get("text", "")) for data in hers][-LAST:]
    turns = [one.data for one in events if one.kind == "turn"][-LAST:]
    alarms = {guard.alarm(text) for text in said}
    for alarm in guard.ALARMS:
        if alarm in alarms:
            return alarm
    read = [(turn.get("understanding") or {}).get("intent") for turn in turns]
    if "complaint" in read or any(turn.get("status") == "refused_abuse" for turn in turns):
        return "complaint"
    lost = [turn.get("status") in ("clarify", "rejected_answer", "unanswerable_unknown") for turn in turns]
    return "stuck" if len(lost) > 1 and all(lost[-2:]) else "neutral"


def _last(events: Sequence[Event]) -> list[Said]:
    """The last exchanges; numbers she told the bot are masked."""
    found = []
    for one in events:
        if one.kind == "message":
            text = str(one.data.get("text", ""))
            found.append(Said(who=str(one.data.get("from", "")), text=mask_value("text", text), at=one.at))
        elif one.kind == "turn" and (texts := [str(reply.get("text", "")) for reply in one.data.get("replies", [])]):
            found.append(Said(who="bot", text=mask_value("text", texts[0]), at=one.at))
    return found[-2 * LAST :]


def _papers(guide: Guide, case: Case, uploads: Sequence[Mapping[str, Any]]) -> list[Paper]:
    kept = {row["id"]: row for row in uploads}
    made = []
    for material in interview.applying_materials(guide, case):
        state = case.materials.get(material.code)
        files = [
            {"id": one, "name": kept[one]["file_name"], "media_type": kept[one]["media_type"], "checks": kept[one]["checks"],
             "pages": kept[one]["pages"] or 1}
            for one in (state.upload_ids if state else []) if one in kept
        ]  # fmt: skip
        made.append(
            Paper(
                code=material.code, name=material.name, required=interview.is_required(case, material),
                status=state.status if state else "missing",
                due=state.due.isoformat() if state and state.due else None, files=files,
            )
        )  # fmt: skip
    return made


def _summary(
    guide: Guide | None, view: Mapping[str, Any] | None, conv: Conversation, reason: str | None, due: str | None
) -> str:  # fmt: skip
    said = [t("handing.sum_item", item=guide.name) if guide else t("handing.sum_no_item")]
    if view is not None:
        wanting = [row["name"] for row in view["materials"] if row["required"] and row["status"] == "missing"]
        said.append(t("handing.sum_filled", filled=view["filled"], total=view["total"]))
        named = t("fields.list_separator").join(wanting[:3])
        said += [t("handing.sum_wanting", names=named, count=len(wanting))] if wanting else []
    if conv.state.ask is not None:
        said.append(t("handing.sum_asking", label=conv.state.ask.label))
    if due is not None:
        said.append(t("handing.sum_due", due=spoken_day(date.fromisoformat(due))))
    if reason is not None:
        said.append(t("handing.sum_reason", reason=t(f"handing.reason_{reason}")))
    return "".join(said)


def _suggestions(
    guide: Guide, case: Case | None, conv: Conversation, events: Sequence[Event], now: datetime
) -> list[Suggestion]:  # fmt: skip
    """What is asked now and why, the question she asked last, then what citizens of this item ask first."""
    found = []
    field = guide.field(conv.state.ask.field) if conv.state.ask is not None else None
    if field is not None:
        found.append(Suggestion(about=field.label, text=f"{field.question} {field.why or ''}".strip(), citations=[]))
    read = [(one.data.get("understanding") or {}).get("intent") for one in events if one.kind == "turn"]
    asked = [intent for intent in reversed(read) if intent in QUESTIONS]
    values = case.values() if case is not None else {}
    for intent in dict.fromkeys([*asked, "ask_materials", "ask_process", "ask_time_limit"]):
        if len(found) >= SUGGESTED:
            break
        said = answers.answer(guide, intent, values, now)
        if said.status == "answered":
            found.append(Suggestion(about=t(f"nlu.intent_{intent}"), text=said.text, citations=said.citations))
    return found
