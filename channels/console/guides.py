"""The guide editor's API: what there is, what is being written, what is wrong with a text."""

from __future__ import annotations

import re
from collections.abc import Iterable

from fastapi import APIRouter, Request

from assistant.desk.accounts import Operator
from assistant.desk.guides import revisions
from assistant.desk.guides.revisions import MINE, PROPOSED, Revision
from assistant.foundation.messages import t
from channels.console.guides_access import Asker, Reader, Writer, found_in, seen, text_of
from channels.console.guides_models import (
    CheckOut,
    FileChip,
    FileDetail,
    FoundOut,
    GuideLine,
    GuideList,
    NewIn,
    RefusedOut,
    RevisionOut,
    RevisionText,
    TextIn,
    TextOut,
)
from channels.parts import Parts, parts_of
from channels.problems import Problem
from knowledge.catalogue import Catalogue
from knowledge.editing.places import MAIN, Place, digest, places, tidy
from knowledge.editing.skeleton import next_version, skeleton
from knowledge.regions import region_name
from knowledge.resolving import COMPONENTS, chain
from knowledge.translation import ENGLISH

router = APIRouter(prefix="/console/api/guides", include_in_schema=False)
_NAME = re.compile(r"^name:[ \t]*[\"']?(.+?)[\"']?[ \t]*(?:[ \t]#.*)?$", re.MULTILINE)


@router.get("")
def listed(who: Reader, request: Request) -> GuideList:
    """Every guide, what is being written, and the files that are refused."""
    parts = parts_of(request)
    catalogue, open_ = parts.guides.catalogue, seen(parts, revisions.unfinished)
    there: dict[str, list[Place]] = {}
    for place in (*places(parts.settings.guides_dir), *(revision.place for revision in open_)):
        held = there.setdefault(place.code, [])
        if place not in held:
            held.append(place)
    shown = [out(parts, revision, who) for revision in open_]
    return GuideList(
        items=[_line(catalogue, code, held, [r for r in shown if r.code == code]) for code, held in sorted(there.items())],
        refused=refused(parts), proposed=[revision for revision in shown if revision.state == PROPOSED],
        may_write=who.may("guides.write"), may_approve=who.may("guides.approve"),
    )  # fmt: skip


@router.get("/files/{place}/{code}")
def file(place: str, code: str, who: Reader, request: Request) -> FileDetail:
    """One file: its text, my draft of it, everybody's revisions."""
    parts, where = parts_of(request), place_of(code, place)
    text = text_of(parts, where)
    every = seen(parts, lambda conn: revisions.of_place(conn, where))
    mine = next((revision for revision in every if revision.author == who.id and revision.state in MINE), None)
    catalogue, today = parts.guides.catalogue, parts.clock.now().date()
    name = name_of(catalogue, code, text or (mine.text if mine else ""))
    return FileDetail(
        code=code, place=place, label=label(where), name=name, file=where.file, text=text, digest=digest(text),
        start="" if text is not None else skeleton(where, name, today),
        places=[FileChip(place=held.place, label=label(held)) for held in _ordered(_files_of(parts, code))],
        regions=[FileChip(place=region, label=region_name(region)) for region in _regions(parts)],
        mine=RevisionText(**out(parts, mine, who).model_dump(), text=mine.text) if mine else None,
        revisions=[out(parts, revision, who) for revision in every],
        refused=[entry for entry in refused(parts) if entry.file == where.file],
        may_write=who.may("guides.write"), may_approve=who.may("guides.approve"),
    )  # fmt: skip


@router.post("/check")
def checked(body: TextIn, _who: Asker, request: Request) -> CheckOut:
    """What is wrong with a text, by line."""
    parts, place = parts_of(request), place_of(body.code, body.place)
    found = found_in(parts, place, tidy(body.text), text_of(parts, place))
    findings = [FoundOut(line=one.line, why=one.why, remedy=one.remedy, hard=one.hard) for one in found]
    return CheckOut(findings=findings, sound=not any(one.hard for one in found))


@router.post("/next-version")
def raised(body: TextIn, _who: Writer, request: Request) -> TextOut:
    """The text with its version raised by one over what is served, and a place to say what changed."""
    parts, place = parts_of(request), place_of(body.code, body.place)
    return TextOut(text=next_version(tidy(body.text), text_of(parts, place), parts.clock.now().date()))


@router.post("/new")
def begun(body: NewIn, _who: Writer, request: Request) -> TextOut:
    """A guide to begin with, every part explained; nothing is kept yet."""
    parts, place = parts_of(request), place_of(body.code, MAIN)
    if _files_of(parts, body.code):
        raise Problem(409, "guide_taken", detail=t("desk.guide_taken", code=body.code))
    return TextOut(text=skeleton(place, body.name.strip(), parts.clock.now().date()))


def place_of(code: str, place: str) -> Place:
    """A file by the words of an address; 404 for what can be none."""
    try:
        return Place(code, place)
    except ValueError:
        raise Problem(404, "guide_gone", detail=t("desk.guide_gone")) from None


def out(parts: Parts, revision: Revision, who: Operator) -> RevisionOut:
    """A revision as the page is told of it."""
    there = digest(text_of(parts, revision.place))
    moments = {name: getattr(revision, name) for name in ("updated_at", "proposed_at", "decided_at", "published_at")}
    return RevisionOut(
        id=revision.id, code=revision.place.code, place=revision.place.place, label=label(revision.place),
        name=name_of(parts.guides.catalogue, revision.place.code, revision.text), state=revision.state, note=revision.note,
        answer=revision.answer, trouble=revision.trouble, effective=revision.effective, author=revision.author_name,
        reviewer=revision.reviewer_name, mine=revision.author == who.id, saves=revision.saves, base=revision.base_digest,
        moved=revision.state in revisions.OPEN and there not in (revision.base_digest, revision.digest),
        served=there == revision.digest, **{name: moment.isoformat() if moment else None for name, moment in moments.items()},
    )  # fmt: skip


def label(place: Place) -> str:
    """What to call one of a guide's files."""
    if place.region is not None:
        return region_name(place.region)
    return t({MAIN: "desk.guide_main", COMPONENTS: "desk.guide_component", ENGLISH: "desk.guide_english"}[place.place])


def refused(parts: Parts) -> list[RefusedOut]:
    """Files that are not served as they stand, and what to do."""
    known = {place.file: place for place in places(parts.settings.guides_dir)}
    return [
        RefusedOut(
            file=entry.file, line=entry.line, why=entry.why, remedy=entry.remedy, since=entry.since.isoformat(),
            code=known[entry.file].code if entry.file in known else None,
            place=known[entry.file].place if entry.file in known else None,
        )
        for entry in parts.guides.refused
    ]  # fmt: skip


def name_of(catalogue: Catalogue, code: str, text: str) -> str:
    """What the item is called: as it is served, else as the text has it."""
    guide = catalogue.guides.get(code) or catalogue.components.get(code)
    said = _NAME.search(text)
    return guide.name if guide else said[1] if said else code


def _line(catalogue: Catalogue, code: str, held: Iterable[Place], open_: list[RevisionOut]) -> GuideLine:
    guide = catalogue.guides.get(code) or catalogue.components.get(code)
    names = [guide.name, *guide.names.aliases, *guide.names.colloquial, guide.department or ""] if guide else []
    name = guide.name if guide else next((revision.name for revision in open_), code)
    return GuideLine(
        code=code, name=name, department=guide.department if guide else None, version=guide.version if guide else None,
        effective=guide.effective if guide else None, outline=bool(guide and guide.outline),
        component=code in catalogue.components, words=" ".join([code, name, *names]),
        files=[FileChip(place=place.place, label=label(place)) for place in _ordered(held)], open=open_,
    )  # fmt: skip


def _ordered(held: Iterable[Place]) -> list[Place]:
    first = (MAIN, COMPONENTS, ENGLISH)
    return sorted(held, key=lambda place: (first.index(place.place) if place.place in first else len(first), place.place))


def _files_of(parts: Parts, code: str) -> list[Place]:
    return [place for place in places(parts.settings.guides_dir) if place.code == code]


def _regions(parts: Parts) -> list[str]:
    """Regions something may be written for: those that have guides of their own, and the one served with those around it."""
    held = {region for region, _ in parts.guides.catalogue.overlays} | set(chain(parts.settings.region))
    # a municipality is a province and its only city: one of the two is enough
    return list({region_name(region): region for region in sorted(held, reverse=True)}.values())[::-1]
