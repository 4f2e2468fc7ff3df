"""Taking up a draft begun elsewhere: the proof, the lock after wrong tries, and the case changing conversations.

The proof is the last four characters of the identity number given in the case (if any was), then the resume code. It comes by
``POST /cases/{case_no}/resume``, or in words: 我要继续办 BD20261122ABCD2345，后四位002X，恢复码 K7M3PX.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

from sqlalchemy import Connection

from assistant.casework import repository as cases
from assistant.casework.flow import acts, asking, choosing
from assistant.casework.flow.talk import Talk
from assistant.casework.model import Case
from assistant.casework.resuming import TAIL, identity_tail
from assistant.conversation import repository
from assistant.foundation import audit
from assistant.foundation.database import Database
from assistant.foundation.messages import t, use_language
from assistant.identity import misuse, persons
from knowledge.schema import Guide

#: So many wrong tries lock a case …
TRIES = 5
#: … for so long.
LOCKED = timedelta(hours=1)
_NUMBER = re.compile(r"BD\s?\d{8}\s?-?[0-9A-Z]{8}(?![0-9A-Z])", re.I)
_TOKEN = re.compile(
    r"(?<![0-9A-Za-z])(?:[0-9]{3}[0-9Xx][- ]?)?[0-9A-Za-z]{6}(?![0-9A-Za-z])|"
    r"(?<![0-9A-Za-z])[0-9]{3}[0-9Xx](?![0-9A-Za-z])"
)
_WISH = re.compile(r"继续|接着|恢复|接上|续办|取回|打开|resume|continue|go on|pick up", re.I)
_CODE = 6


class Proving(Protocol):
    """What proving a case one's own needs of the services."""

    def guide_of(self, case: Case) -> Guide: ...
    def resume_code_fits(self, code: str, stored: str) -> bool: ...


@dataclass(frozen=True)
class Wanted:
    """The case somebody wants to go on with, and what she gives in proof; empty where she gives none."""

    case_no: str
    proof: str


@dataclass(frozen=True)
class Verdict:
    """``tries`` are the wrong ones so far, this one included; ``holder`` is the conversation that has the case.

    ``slowed``: too much was tried from this network address, for so many seconds (``wait``) nothing is judged.
    """

    kind: Literal["fits", "wrong", "locked", "not_draft", "slowed"]
    case_no: str
    case: Case | None = None
    holder: str | None = None
    tries: int = 0
    wait: int = 0


def wanted(talk: Talk) -> Wanted | None:
    """The case a message asks to go on with; None where it does not."""
    if talk.tapped is not None or talk.attachments:
        return None
    number = _NUMBER.search(talk.text)
    if number is None:
        return None
    rest = talk.text[: number.start()] + " " + talk.text[number.end() :]
    tokens = [re.sub(r"[- ]", "", token) for token in _TOKEN.findall(rest)]
    tail = next((token for token in tokens if len(token) == TAIL), "")
    code = next((token for token in tokens if len(token) >= _CODE), "")
    if not code and not _WISH.search(rest):
        return None
    proof = (code if len(code) > _CODE else tail + code) if code else ""
    return Wanted(re.sub(r"[\s-]", "", number[0]).upper(), proof.upper())


def judge(conn: Connection, services: Proving, case_no: str, proof: str, now: datetime) -> Verdict:
    """Whether the proof opens the draft. A number that never was is judged as a wrong try is."""
    if (wait := misuse.slowed(conn, ("proofs", "case_numbers"), now)) is not None:
        return Verdict("slowed", case_no, wait=wait)
    found = cases.find(conn, case_no)
    if found is None:
        return Verdict("wrong", case_no)
    case, holder = found
    tries, until = cases.resume_lock(conn, case_no)
    if until is not None and until > now:
        return Verdict("locked", case_no, tries=tries)
    if not _fits(services, case, proof):
        return Verdict("wrong", case_no, case, holder, (0 if until is not None else tries) + 1)
    return Verdict("fits" if case.status in choosing.OPEN else "not_draft", case_no, case, holder)


def keep(conn: Connection, verdict: Verdict, conversation_id: str, channel: str, now: datetime) -> None:
    """Remember a wrong try, and lock the case after too many; or let the case leave its old conversation, with its uploads."""
    case = verdict.case
    if verdict.kind == "wrong":
        misuse.note(conn, "proofs" if case is not None else "case_numbers", verdict.case_no, now)
    if verdict.kind == "wrong" and case is not None:
        cases.set_resume_lock(conn, case.case_no, verdict.tries, now + LOCKED if verdict.tries >= TRIES else None)
        _note(conn, "case.resume_refused", case.case_no, {"tries": verdict.tries}, now)
    elif verdict.kind == "fits" and case is not None:
        cases.set_resume_lock(conn, case.case_no, 0, None)
        cases.move_uploads(conn, [i for m in _papers(case) for i in m], conversation_id)
        if verdict.holder and verdict.holder != conversation_id:
            persons.moves_on(conn, case.case_no, verdict.holder)
            _leave_behind(conn, verdict.holder, case.case_no, now)
        _note(conn, "case.resumed", case.case_no, {"channel": channel}, now)


def by_words(db: Database, services: Proving, talk: Talk, asked: Wanted) -> Verdict | None:
    """Go on with the case asked for, or say why not; None where the case is this conversation's own, or no proof was given."""
    own = next((c for c in [talk.case, *talk.other_cases] if c is not None and c.case_no == asked.case_no), None)
    talk.intent, talk.confidence = "resume", 1.0
    if own is not None or not asked.proof:
        if own is not None:
            _go_on(talk, own)
        else:
            talk.say(t("casework.resume_how", case_no=asked.case_no))
            talk.status = "clarify"
        return None
    with db.read() as conn:
        verdict = judge(conn, services, asked.case_no, asked.proof, talk.now)
    if verdict.kind == "fits" and verdict.case is not None:
        verdict.case.resume_code_hash = None  # a code opens once
        _go_on(talk, verdict.case)
    else:
        talk.say(t(f"casework.resume_{verdict.kind}"))
        talk.status = "clarify"
    return verdict


def _go_on(talk: Talk, case: Case) -> None:
    if talk.case is not None and talk.case is not case and talk.case not in talk.other_cases:
        talk.other_cases.append(talk.case)
    talk.other_cases = [other for other in talk.other_cases if other is not case]
    talk.case = case
    talk.state.offered = None
    asking.ask(talk, None)
    acts.perform(talk, "resume")
    asking.say_question(talk)


def _papers(case: Case) -> list[list[str]]:
    """The uploads of a case, those included that fell away and may be wanted again."""
    return [state.upload_ids for state in (*case.materials.values(), *case.fallen_materials.values())]


def _fits(services: Proving, case: Case, proof: str) -> bool:
    if case.resume_code_hash is None:
        return False
    plain = re.sub(r"[\s\-]", "", proof).upper()
    tail = identity_tail(services.guide_of(case), case)
    return plain.startswith(tail) and services.resume_code_fits(plain[len(tail) :], case.resume_code_hash)


def _leave_behind(conn: Connection, conversation_id: str, case_no: str, now: datetime) -> None:
    """The old conversation asks nothing more of it, and whoever is still there is told: a kiosk then says goodbye."""
    old = repository.load(conn, conversation_id)
    if old is not None and old.active_case == case_no:
        old.active_case, old.state.ask = None, None
        repository.save(conn, old, now)
        with use_language(old.locale):
            words = t("casework.moved", case_no=case_no)
        told = {"level": "info", "text": words, "at": now.isoformat(), "moved": case_no}
        repository.append_events(conn, conversation_id, [("notice", told)], now)


def _note(conn: Connection, action: str, subject: str, detail: dict[str, Any], now: datetime) -> None:
    audit.append(conn, at=now, actor="citizen", action=action, subject=subject, detail=detail)
