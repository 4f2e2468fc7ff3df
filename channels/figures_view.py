"""Figures as the console's page and the command line show them: one shape, one table, the same numbers."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from assistant.desk.reporting import report
from assistant.desk.reporting.figures import Figures, Spread
from assistant.desk.reporting.report import Report
from knowledge.catalogue import Catalogue


class SpreadOut(BaseModel):
    """Seconds; all 0 where ``count`` is."""

    count: int
    mean: float
    median: float
    p95: float


class DroppedOut(BaseModel):
    """Cases left at a question, of those asked it."""

    item: str
    name: str
    field: str
    label: str
    left: int
    asked: int


class FiguresOut(BaseModel):
    """The figures of something (``key``: a day, an item, a channel): counts by name, of each limit met and missed."""

    key: str
    name: str
    counts: dict[str, int]
    waited: SpreadOut
    first_answer: SpreadOut
    limits: dict[str, tuple[int, int]]
    grades: dict[str, int]
    reasons: dict[str, int]
    drop_off: list[DroppedOut]


class ReportOut(BaseModel):
    """``settled`` is false while something may still come to it."""

    first: str
    last: str
    settled: bool
    total: FiguresOut
    days: list[FiguresOut]
    items: list[FiguresOut]
    channels: list[FiguresOut]


def shown(made: Report, now: datetime, catalogue: Catalogue) -> ReportOut:
    """A report with the names of what it is about."""
    asked = made.period
    return ReportOut(
        first=asked.first.isoformat(), last=asked.last.isoformat(), settled=asked.settled(now),
        total=figures(catalogue, "", "", made.total),
        days=[figures(catalogue, str(key), str(key), one, brief=True) for key, one in made.days],
        items=[figures(catalogue, key, _item(catalogue, key), one, brief=True) for key, one in made.items],
        channels=[figures(catalogue, key, report.channel_name(key), one, brief=True) for key, one in made.channels],
    )  # fmt: skip


def table(made: Report, catalogue: Catalogue) -> bytes:
    """The same as CSV."""
    return report.as_csv(made, lambda code: _item(catalogue, code), lambda code, key: _field(catalogue, code, key))


def figures(catalogue: Catalogue, key: str, name: str, one: Figures, *, brief: bool = False) -> FiguresOut:
    """The figures of something; ``brief`` leaves out where people stopped."""
    return FiguresOut(
        key=key, name=name, counts={code: getattr(one, code) for code, _ in report.COUNTS}, waited=spread(one.waited),
        first_answer=spread(one.first_answer), limits=dict(one.limits), grades=dict(one.grades), reasons=dict(one.reasons),
        drop_off=[
            DroppedOut(**vars(drop), name=_item(catalogue, drop.item), label=_field(catalogue, drop.item, drop.field))
            for drop in ([] if brief else one.drop_off)
        ],
    )  # fmt: skip


def spread(one: Spread) -> SpreadOut:
    """How times lie."""
    return SpreadOut(**vars(one))


def _item(catalogue: Catalogue, code: str) -> str:
    guide = catalogue.get(code)
    return guide.name if guide else code


def _field(catalogue: Catalogue, code: str, key: str) -> str:
    """What a question asks for; its key where the guide has it no longer, or it is none of the guide's."""
    guide = catalogue.get(code)
    return next((one.label for one in guide.fields if one.key == key), key) if guide else key
