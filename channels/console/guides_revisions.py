"""The guide editor's API: drafts, proposals, approval, history."""

from __future__ import annotations

from fastapi import APIRouter, Request
from sqlalchemy import Connection

from assistant.desk.guides import revisions
from assistant.desk.guides.revisions import APPROVED, Revision
from assistant.foundation.messages import t
from channels.console.guides import out, place_of
from channels.console.guides_access import Approver, Asker, Reader, Writer, changed, publish, seen, sound, text_of
from channels.console.guides_models import AnswerIn, CompareIn, CompareOut, DraftIn, LineOut, RevisionOut, RevisionText
from channels.console.models import Done
from channels.parts import Parts, parts_of
from channels.problems import Problem
from knowledge.editing.changes import changes
from knowledge.editing.lines import compared
from knowledge.editing.places import Place, digest, tidy
from knowledge.editing.skeleton import next_version, version_of

router = APIRouter(prefix="/console/api/guides", include_in_schema=False)


@router.put("/drafts/{place}/{code}")
def keep(place: str, code: str, body: DraftIn, who: Writer, request: Request) -> RevisionOut:
    """Keep my draft. A text with faults is kept too; it cannot be proposed."""
    parts, where = parts_of(request), place_of(code, place)
    base = _base(parts, where, body.base)
    held = changed(parts, lambda conn: revisions.save(
        conn, where, who, tidy(body.text), parts.clock.now(),
        note=body.note, effective=body.effective, base=base, saves=body.saves,
    ))  # fmt: skip
    return out(parts, held, who)


@router.get("/revisions/{revision_id}")
def revision(revision_id: str, who: Reader, request: Request) -> RevisionText:
    """A revision with its text."""
    parts = parts_of(request)
    held = _held(parts, revision_id)
    return RevisionText(**out(parts, held, who).model_dump(), text=held.text)


@router.delete("/revisions/{revision_id}")
def discard(revision_id: str, who: Writer, request: Request) -> Done:
    """Throw my draft away."""
    parts = parts_of(request)
    changed(parts, lambda conn: revisions.discard(conn, revision_id, who, parts.clock.now()))
    return Done()


@router.post("/revisions/{revision_id}/propose")
def propose(revision_id: str, who: Writer, request: Request) -> RevisionOut:
    """Ask for it to be published; refused while a finding is hard."""
    parts = parts_of(request)
    held = _held(parts, revision_id)
    served = text_of(parts, held.place)
    if digest(served) == held.base_digest != held.digest and held.author == who.id:
        _sound(parts, held, served)
    done = changed(parts, lambda conn: revisions.propose(conn, revision_id, who, parts.clock.now(), served))
    return out(parts, done, who)


@router.post("/revisions/{revision_id}/withdraw")
def withdraw(revision_id: str, who: Writer, request: Request) -> RevisionOut:
    """Take my proposal back to go on writing."""
    parts = parts_of(request)
    return out(parts, changed(parts, lambda conn: revisions.withdraw(conn, revision_id, who, parts.clock.now())), who)


@router.post("/revisions/{revision_id}/approve")
def approve(revision_id: str, body: AnswerIn, who: Approver, request: Request) -> RevisionOut:
    """Approve what a colleague proposed; it is published at once if its day has come."""
    parts = parts_of(request)
    held = _held(parts, revision_id)
    served = text_of(parts, held.place)
    if digest(served) == held.base_digest and held.author != who.id:
        _sound(parts, held, served)
    changed(parts, lambda conn: revisions.approve(conn, revision_id, who, parts.clock.now(), served, body.answer))
    publish(parts)
    done = _held(parts, revision_id)
    if done.state == APPROVED and done.trouble:
        raise Problem(503, "guide_unwritable", detail=t("desk.guide_unwritable"))
    return out(parts, done, who)


@router.post("/revisions/{revision_id}/return")
def send_back(revision_id: str, body: AnswerIn, who: Approver, request: Request) -> RevisionOut:
    """Give a proposal back with what is to be put right."""
    parts = parts_of(request)
    now = parts.clock.now()
    return out(parts, changed(parts, lambda conn: revisions.send_back(conn, revision_id, who, now, body.answer)), who)


@router.post("/revisions/{revision_id}/restore")
def restore(revision_id: str, who: Writer, request: Request) -> RevisionOut:
    """Go back to an older text: it becomes my draft, with a note, and takes the same way as any other."""
    parts = parts_of(request)
    held, now = _held(parts, revision_id), parts.clock.now()
    served = text_of(parts, held.place)
    note = t("desk.guide_back_note", which=version_of(held.text) or held.created_at.date().isoformat())
    text = next_version(held.text, served, now.date(), note)

    def save(conn: Connection) -> Revision:
        return revisions.save(conn, held.place, who, text, now, note=note, effective=None, base=served, saves=None)

    return out(parts, changed(parts, save), who)


@router.post("/compare")
def compare(body: CompareIn, _who: Asker, request: Request) -> CompareOut:
    """Two texts line by line, and in words."""
    parts, place = parts_of(request), place_of(body.code, body.place)
    old = _text(parts, place, body.old)
    new = tidy(body.text) if body.text is not None else _text(parts, place, body.new)
    lines = [LineOut(kind=line.kind, old=line.old, new=line.new, text=line.text) for line in compared(old, new)]
    return CompareOut(lines=lines, words=changes(place, old, new, parts.guides.catalogue), cases=t("desk.guide_cases"))


def _held(parts: Parts, revision_id: str) -> Revision:
    return seen(parts, lambda conn: revisions.load(conn, revision_id))


def _text(parts: Parts, place: Place, wanted: str) -> str:
    """The text of the file, of a revision of it by id, or of whatever had this digest."""
    if wanted == "served":
        return text_of(parts, place) or ""
    if len(wanted) == 64 or not wanted:
        return seen(parts, lambda conn: revisions.text_of(conn, place, wanted)) or ""
    held = _held(parts, wanted)
    if held.place != place:
        raise Problem(404, "guide_gone", detail=t("desk.guide_gone"))
    return held.text


def _base(parts: Parts, place: Place, wanted: str) -> str | None:
    """The text a draft says it is written for: the file as it is, or one it once was."""
    if not wanted:
        return None
    served = text_of(parts, place)
    if digest(served) == wanted:
        return served
    kept = seen(parts, lambda conn: revisions.text_of(conn, place, wanted))
    if kept is None:
        raise Problem(409, "guide_base", detail=t("desk.guide_base"))
    return kept


def _sound(parts: Parts, held: Revision, served: str | None) -> None:
    if not sound(parts, held.place, held.text, served):
        raise Problem(422, "guide_unsound", detail=t("desk.guide_unsound"))
