"""A report: the figures of a period as a whole and by day, item and channel, narrowed to an item or a channel; and its CSV.

The same rows give the same report in whatever order they come, and the same report the same bytes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from assistant.desk.arrangement import REASONS, Arrangement
from assistant.desk.reporting.figures import Figures, People, Spread, figures
from assistant.desk.reporting.period import Period
from assistant.desk.reporting.record import Record
from assistant.foundation.messages import t

COUNTS: tuple[tuple[str, str | None], ...] = (
    ("conversations", None), ("contained", "conversations"), ("begun", None), ("finished", "begun"), ("by_bot", "begun"),
    ("submitted", None), ("decided", None), ("right_first", "decided"), ("read", None), ("fell_back", "read"),
    ("asked_for", None), ("gave_up", None), ("calls", None), ("call_seconds", None), ("calls_fell_back", "calls"),
    ("rated", None), ("satisfied", "rated"),
)  # fmt: skip
"""The counts, and of what each is a part."""
SPREADS = ("waited", "first_answer")
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True)
class Report:
    """``item`` and ``channel`` are what it was narrowed to, "" for everything. Parts are in the order of their keys."""

    period: Period
    item: str
    channel: str
    total: Figures
    days: tuple[tuple[date, Figures], ...]
    items: tuple[tuple[str, Figures], ...]
    channels: tuple[tuple[str, Figures], ...]


def make(record: Record, period: Period, arranged: Arrangement, item: str = "", channel: str = "") -> Report:
    """The report of a period from its rows (``record.read``)."""
    people = People(record)
    if item:
        record = record.by_item().get(item, Record())
    if channel:
        record = record.by_channel().get(channel, Record())

    def of(rows: Record, within: Period = period) -> Figures:
        return figures(rows, within.start, within.end, arranged, people)

    items, channels = record.by_item(), record.by_channel()
    return Report(
        period, item, channel, of(record),
        days=tuple((one.first, of(record, one)) for one in period.days()),
        items=tuple((code, of(rows)) for code, rows in items.items() if not item or code == item),
        channels=tuple((code, of(rows)) for code, rows in channels.items()),
    )  # fmt: skip


def as_csv(report: Report, item_name: Callable[[str], str], field_name: Callable[[str, str], str]) -> bytes:
    """The report as a table for spreadsheets: UTF-8 with the mark they know it by, one figure a line.

    Args:
        item_name: the name of an item. field_name: the name of an item's question.
    """
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\r\n").writerow
    write([t(f"reports.column_{name}") for name in _COLUMNS])
    whole = ("", report.item, report.channel)
    scopes = [
        ("total", whole, report.total),
        *(("day", (day.isoformat(), report.item, report.channel), one) for day, one in report.days),
        *(("item", ("", code, report.channel), one) for code, one in report.items),
        *(("channel", ("", report.item, code), one) for code, one in report.channels),
    ]
    for scope, (day, item, channel), one in scopes:
        first, last = (day, day) if day else (report.period.first.isoformat(), report.period.last.isoformat())
        about = [first, last, t(f"reports.scope_{scope}"), item, item_name(item) if item else "", channel_name(channel)]
        for line in _lines(one, item_name, field_name, drop_off=scope == "total"):
            write([_safe(cell) for cell in (*about, *line)])
    return out.getvalue().encode("utf-8-sig")


_COLUMNS = ("first", "last", "scope", "item", "item_name", "channel", "figure", "detail", "count", "of", "share", "seconds")
_KNOWN_CHANNELS = ("web", "miniprogram", "kiosk", "wechat", "phone", "counter")


def channel_name(code: str) -> str:
    """The name of a channel; its code where it has none."""
    return t(f"reports.channel_{code}") if code in _KNOWN_CHANNELS else code


def reason_name(code: str) -> str:
    """Why somebody came to the desk, in words; the code where it has none."""
    return t(f"handing.reason_{code}") if code in REASONS else code


def _lines(
    one: Figures, item_name: Callable[[str], str], field_name: Callable[[str, str], str], *, drop_off: bool
) -> Iterator[tuple[str, ...]]:
    """Figure, detail, count, of, share and seconds."""
    for name, whole in COUNTS:
        yield _count(t(f"reports.{name}"), "", getattr(one, name), getattr(one, whole) if whole else None)
    for name in SPREADS:
        spread: Spread = getattr(one, name)
        yield t(f"reports.{name}"), t("reports.cases"), str(spread.count), "", "", ""
        for what in ("mean", "median", "p95"):
            yield t(f"reports.{name}"), t(f"reports.{what}"), "", "", "", f"{getattr(spread, what):.1f}" if spread.count else ""
    for name, (met, missed) in one.limits.items():
        yield _count(t("reports.limits"), t(f"reports.limit_{name}"), met, met + missed)
    for reason, count in one.reasons.items():
        yield _count(t("reports.reasons"), reason_name(reason), count, one.asked_for)
    for grade, count in one.grades.items():
        yield _count(t("reports.grades"), t(f"casework.grade_{grade}"), count, one.rated)
    for dropped in one.drop_off if drop_off else ():
        detail = t("reports.question", item=item_name(dropped.item), field=field_name(dropped.item, dropped.field))
        yield _count(t("reports.drop_off"), detail, dropped.left, dropped.asked)


def _count(figure: str, detail: str, count: int, of: int | None) -> tuple[str, ...]:
    share = f"{count / of:.4f}" if of else ""
    return figure, detail, str(count), "" if of is None else str(of), share, ""


def _safe(cell: str) -> str:
    """A text no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_STARTS_FORMULA) else cell
