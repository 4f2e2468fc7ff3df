"""Meeting a material: an upload, a commitment, a tolerated absence, or bringing it along."""

from __future__ import annotations

import re

from assistant.casework import interview
from assistant.casework.fields import dates, options
from assistant.casework.flow import wanting
from assistant.casework.flow.asking import advance, reject
from assistant.casework.flow.reading_papers import compare, doubts
from assistant.casework.flow.talk import Talk
from assistant.foundation.messages import t
from knowledge.schema import Material, MeetWay, Option

_WORDS: dict[MeetWay, list[str]] = {
    "promise": [
        "承诺",
        "承诺书",
        "告知承诺",
        "用承诺书代替",
        "签承诺书",
        "commitment",
        "promise",
        "sign a commitment",
        "written commitment",
    ],
    "tolerate": [
        "容缺",
        "以后补",
        "过几天补",
        "晚点交",
        "先欠着",
        "后补",
        "等下再传",
        "回头补",
        "later",
        "hand in later",
        "send it later",
        "upload it later",
        "not yet",
    ],
    "bring": [
        "带去",
        "带到窗口",
        "现场交",
        "到时候带",
        "带过去",
        "窗口交",
        "到窗口带去",
        "自己带去",
        "bring it",
        "bring it along",
        "bring along",
        "take it along",
        "at the counter",
        "hand it in in person",
    ],
}


def take(talk: Talk) -> None:
    """Read the turn as the answer to a material's question; an attachment counts for its own material."""
    case, guide = talk.case, talk.guide
    if case is None or guide is None:
        talk.say(t("casework.upload_without_case"))
        talk.status = "clarify"
        return
    asked = guide.material((talk.asking or "").removeprefix(interview.MATERIAL_PREFIX))
    if talk.attachments:
        attach(talk, asked)
        return
    if asked is None:
        advance(talk)
        return
    way = _way(talk, asked)
    if way is None:
        reject(talk, "material_wanted", t("casework.material_wanted", name=asked.name))
        return
    state = interview.meet(guide, case, asked, way, talk.now)
    wanting.given(case, "material", asked.code)
    interview.unconfirm(case)
    talk.note("case.material", material=asked.code, way=way)
    due = dates.said(state.due) if state.due else ""
    talk.say(t(f"casework.met_{way}", name=asked.name, due=due))
    talk.status = "collecting"
    advance(talk)


def plainly(talk: Talk) -> bool:
    """Whether the words choose one of the ways to meet the material being asked for."""
    asked = talk.guide.material((talk.asking or "").removeprefix(interview.MATERIAL_PREFIX)) if talk.guide else None
    return asked is not None and _named_way(talk.text, asked) is not None


def attach(talk: Talk, asked: Material | None) -> None:
    """Meet materials with the message's files: each its own, else the one asked for, else the next that is open."""
    case, guide = talk.case, talk.guide
    assert case is not None and guide is not None
    taken = 0
    for upload in talk.attachments:
        if upload.sheet is not None:
            talk.notice("warning", t("casework.upload_for_nothing", name=upload.name))
            continue
        applying = {m.code: m for m in interview.applying_materials(guide, case)}
        material = applying.get(upload.material or "") or asked
        if material is None:
            wanted = interview.next_material(guide, case)
            material = wanted if wanted and "upload" in wanted.met_by else None
        if material is None or "upload" not in material.met_by:
            talk.notice("warning", t("casework.upload_for_nothing", name=upload.name))
            continue
        if wanting.replaces(case, material.code):
            case.materials.pop(material.code, None)
        interview.meet(guide, case, material, "upload", talk.now, [upload.upload_id])
        wanting.given(case, "material", material.code)
        interview.unconfirm(case)
        talk.note("case.material", material=material.code, way="upload")
        talk.say(t("casework.met_upload", name=material.name, due=""))
        taken += 1
        if problems := doubts(upload, material):
            listed = t("knowledge.clause_separator").join(problems)
            talk.notice("warning", t("casework.upload_doubts", name=upload.name, problems=listed))
        compare(talk, upload, material)
    if not taken:
        talk.status = "rejected_answer" if talk.asking else "clarify"
        talk.question_said = False
        return
    talk.status = "collecting"
    at_material = talk.asking is None or talk.asking.startswith(interview.MATERIAL_PREFIX) or talk.asking in ("review", "submit")
    if at_material:
        advance(talk)


def _open_ways(material: Material) -> list[MeetWay]:
    return [way for way in material.met_by if way in _WORDS]


def _named_way(text: str, material: Material) -> MeetWay | None:
    allowed = _open_ways(material)
    choices = [Option(value=way, label=t(f"casework.way_{way}"), aliases=_WORDS[way]) for way in allowed]
    picked = options.match_option(text, choices) if choices else None
    return next((way for way in allowed if picked and way == picked.value), None)


def _way(talk: Talk, material: Material) -> MeetWay | None:
    allowed = _open_ways(material)
    if talk.tapped:
        return next((way for way in allowed if way == talk.tapped[0]), None)
    named = _named_way(talk.text, material)
    if named:
        return named
    if (
        re.search(r"没有|没带|不在|暂时|等|跳过|以后|晚|don't have|do not have|haven't got|later|\bskip\b", talk.text)
        or talk.intent == "skip"
    ):
        return next((way for way in ("tolerate", "bring", "promise") if way in allowed), None)
    return None
