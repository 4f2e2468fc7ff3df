"""``bandao report``: the figures of a day or a month, as the console's page has them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from assistant.desk.arrangement import BadArrangement, arrangement
from assistant.desk.reporting import period, record
from assistant.desk.reporting import report as reports
from assistant.desk.reporting.figures import Figures
from assistant.foundation.clock import SHANGHAI, SystemClock
from assistant.foundation.messages import t
from assistant.foundation.settings import get_settings
from channels import figures_view
from channels.cli.database import explained, opened
from channels.cli.output import Json, fail, show
from knowledge.catalogue import Catalogue


def report(
    when: Annotated[str, typer.Argument(help=t("reports.cli_help_when"))] = "",
    item: Annotated[str, typer.Option("--item", help=t("reports.cli_help_item"))] = "",
    channel: Annotated[str, typer.Option("--channel", help=t("reports.cli_help_channel"))] = "",
    table: Annotated[str, typer.Option("--csv", metavar="FILE", help=t("reports.cli_help_csv"))] = "",
    as_json: Json = False,
) -> None:
    """Figures of a day (2026-11-10) or a month (2026-11), of today where none is given."""
    settings, now = get_settings(), SystemClock().now()
    today = now.astimezone(SHANGHAI).date()
    try:
        asked = period.parse(when) if when else period.day(today)
        arranged = arrangement(settings.desk, settings.desk_hours)
    except BadArrangement as faults:
        fail(str(faults), as_json=as_json, code="bad_arrangement")
    except (ValueError, OverflowError):
        asked = None
    if asked is None or asked.first > today:
        fail(t("reports.bad_period"), as_json=as_json, code="bad_period")
    with explained(as_json=as_json), opened(settings, create=False) as database, database.read() as conn:
        rows = record.read(conn, asked)
    made = reports.make(rows, asked, arranged, item, channel)
    catalogue = Catalogue.load(settings.guides_dir)
    if table:
        _write(table, figures_view.table(made, catalogue), as_json=as_json)
        if table == "-":
            return
    view = figures_view.shown(made, now, catalogue)
    head = t("reports.cli_closed" if view.settled else "reports.cli_open", first=view.first, last=view.last)
    show({"ok": True, **view.model_dump()}, [head, *_lines(made.total)], as_json=as_json)


def _write(file: str, data: bytes, *, as_json: bool) -> None:
    if file == "-":
        sys.stdout.buffer.write(data)
        return
    try:
        Path(file).write_bytes(data)
    except OSError as error:
        fail(t("reports.cli_unwritable", file=file, detail=error.strerror or ""), as_json=as_json, code="unwritable")


def _lines(total: Figures) -> Iterator[str]:
    """The whole in words; days, items and channels are in the table and in the JSON."""
    for name, whole in reports.COUNTS:
        yield _line(t(f"reports.{name}"), "", getattr(total, name), getattr(total, whole) if whole else None)
    for code, count in total.reasons.items():
        yield _line(t("reports.reasons"), reports.reason_name(code), count, total.asked_for)
    for name in reports.SPREADS:
        spread = getattr(total, name)
        if spread.count:
            yield t("reports.cli_spread", figure=t(f"reports.{name}"), **vars(spread))
    for name, (met, missed) in total.limits.items():
        yield _line(t("reports.limits"), t(f"reports.limit_{name}"), met, met + missed)


def _line(figure: str, detail: str, count: int, of: int | None) -> str:
    share = t("reports.cli_share", of=of, share=f"{count / of:.1%}") if of else ""
    return t("reports.cli_line", figure=figure, detail=detail, count=count, of=share).replace("   ", "  ")
