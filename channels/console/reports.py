"""Figures for the hall: the board of this moment, and reports of a day or a month, as a page and as a table to keep."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from assistant.desk.reporting import period, record, report
from assistant.desk.reporting.live import Live, live
from assistant.desk.reporting.period import Period
from assistant.desk.reporting.report import Report
from assistant.foundation.clock import SHANGHAI
from assistant.foundation.messages import t
from channels import figures_view
from channels.console.access import SeeingFigures
from channels.figures_view import FiguresOut, ReportOut, SpreadOut
from channels.parts import Parts, parts_of
from channels.problems import Problem

router = APIRouter(prefix="/console/api", include_in_schema=False)
When = Annotated[str, Query(max_length=10)]
Code = Annotated[str, Query(max_length=80)]


class GroupOut(BaseModel):
    """A skill group now; ``longest`` in seconds of its opening time."""

    code: str
    name: str
    open: bool
    waiting: int
    longest: float
    talking: int
    available: int
    away: int
    first_answer: SpreadOut
    missed: int


class BoardOut(BaseModel):
    """The desk now, and today so far."""

    at: str
    waiting: int
    longest: float
    talking: int
    available: int
    away: int
    today: FiguresOut
    groups: list[GroupOut]


@router.get("/board")
async def board(_who: SeeingFigures, request: Request) -> BoardOut:
    """Who waits, who is there, and today so far."""
    parts = parts_of(request)
    found = await asyncio.to_thread(_live, parts)
    return BoardOut(
        at=found.at.isoformat(timespec="seconds"), waiting=found.waiting, longest=found.longest, talking=found.talking,
        available=found.available, away=found.away, today=figures_view.figures(parts.guides.catalogue, "", "", found.today),
        groups=[GroupOut(**{**vars(one), "first_answer": figures_view.spread(one.first_answer)}) for one in found.groups],
    )  # fmt: skip


@router.get("/reports")
async def shown(_who: SeeingFigures, request: Request, when: When = "", item: Code = "", channel: Code = "") -> ReportOut:
    """The report of a day (2026-11-10) or a month (2026-11), of today where none is given."""
    parts = parts_of(request)
    now = parts.clock.now()
    asked = _period(when, now)
    made = await asyncio.to_thread(_make, parts, asked, item, channel)

    return figures_view.shown(made, now, parts.guides.catalogue)


@router.get("/reports.csv")
async def table(_who: SeeingFigures, request: Request, when: When = "", item: Code = "", channel: Code = "") -> Response:
    """The same as a table for spreadsheets."""
    parts = parts_of(request)
    asked = _period(when, parts.clock.now())
    made = await asyncio.to_thread(_make, parts, asked, item, channel)
    data = figures_view.table(made, parts.guides.catalogue)
    name = quote(t("reports.file_name", period=when or asked.first.isoformat()))
    headers = {
        "Content-Disposition": f"attachment; filename=\"report.csv\"; filename*=UTF-8''{name}",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(data, media_type="text/csv; charset=utf-8", headers=headers)


def _period(when: str, now: datetime) -> Period:
    today = now.astimezone(SHANGHAI).date()
    try:
        found = period.parse(when) if when else period.day(today)
    except (ValueError, OverflowError):
        found = None
    if found is None or found.first > today:
        raise Problem(422, "bad_period", detail=t("reports.bad_period"))
    return found


def _make(parts: Parts, asked: Period, item: str, channel: str) -> Report:
    with parts.db.read() as conn:
        rows = record.read(conn, asked)
    return report.make(rows, asked, parts.desk.arrangement, item, channel)


def _live(parts: Parts) -> Live:
    with parts.db.read() as conn:
        return live(conn, parts.desk.arrangement, parts.desk.seats, parts.clock.now())
