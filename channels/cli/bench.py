"""``bandao bench turns|package|case|search|reload|recovery|desk|voice|channels``: figures of this machine.

Where two things are compared, ratios in one run.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.foundation.messages import t
from channels.cli.output import Json, fail, progress, show

commands = typer.Typer(no_args_is_help=True)


@commands.command("turns", help=t("cli.help_bench_turns"))
def turns(as_json: Json = False) -> None:
    """The whole product against stock Rasa; two to three minutes."""
    from benchmarks.turns import measure

    _print(measure(progress), as_json=as_json)


@commands.command("package", help=t("cli.help_bench_package"))
def package(as_json: Json = False) -> None:
    """Three documents to checked PDFs in one zip."""
    from benchmarks.package import measure

    _print(measure(), as_json=as_json)


@commands.command("case", help=t("cli.help_bench_case"))
def case(
    seconds: Annotated[float, typer.Option("--seconds", min=10, help=t("cli.help_bench_seconds"))] = 120,
    at_once: Annotated[int, typer.Option("--at-once", min=1, help=t("cli.help_eval_at_once"))] = 4,
    as_json: Json = False,
) -> None:
    """Simulated citizens from first sentence to confirmed package; two minutes and a half."""
    from benchmarks.cases import measure

    _print(measure(seconds, at_once, progress), as_json=as_json)


@commands.command("search", help=t("cli.help_bench_search"))
def search(
    most: Annotated[int, typer.Option("--most", min=1000, help=t("cli.help_bench_most"))] = 5_000_000,
    chart: Annotated[Path | None, typer.Option("--chart", help=t("cli.help_bench_chart"))] = None,
    as_json: Json = False,
) -> None:
    """Recall among real items; the wide index from a thousand items on."""
    from benchmarks.chart import latency
    from benchmarks.search import TARGETS, measure

    figures = measure(most, progress)
    if chart is not None:
        chart.parent.mkdir(parents=True, exist_ok=True)
        chart.write_text(latency(figures["sizes"], TARGETS["p95_ms"]), encoding="utf-8")
    sizes = {f"{size['items']}": size for size in figures["sizes"]}
    _print(figures if as_json else {**figures, "sizes": "", **sizes}, as_json=as_json)


@commands.command("reload", help=t("cli.help_bench_reload"))
def reload(as_json: Json = False) -> None:
    """From the writing of a guide's file until search finds it, twenty times; half a minute."""
    from benchmarks.reload import measure

    _print(measure(progress), as_json=as_json)


@commands.command("recovery", help=t("cli.help_bench_recovery"))
def recovery(
    runs: Annotated[int, typer.Option("--runs", min=1, help=t("cli.help_bench_runs"))] = 300,
    seed: Annotated[int, typer.Option("--seed", help=t("cli.help_eval_seed"))] = 1,
    in_flight: Annotated[int, typer.Option("--in-flight", min=0, help=t("cli.help_bench_in_flight"))] = 10_000,
    as_json: Json = False,
) -> None:
    """App, office, database and its connections killed at every boundary and at random, and the document worker."""
    from benchmarks.recovery.measure import measure

    figures = measure(runs, seed, in_flight, progress)
    _print(figures, as_json=as_json)
    if figures["faults"]:
        raise typer.Exit(1)


@commands.command("desk", help=t("cli.help_bench_desk"))
def desk(
    citizens: Annotated[int, typer.Option("--citizens", min=1, help=t("cli.help_bench_citizens"))] = 500,
    operators: Annotated[int, typer.Option("--operators", min=2, help=t("cli.help_bench_operators"))] = 20,
    seed: Annotated[int, typer.Option("--seed", help=t("cli.help_eval_seed"))] = 1,
    seconds: Annotated[float, typer.Option("--seconds", min=10, help=t("cli.help_bench_arrivals"))] = 60,
    as_json: Json = False,
) -> None:
    """Citizens and operators at once, the app killed amid them, an operator cut off; five minutes or more."""
    from benchmarks.desk.measure import measure

    figures = measure(citizens, operators, seed, seconds, progress)
    _print(figures, as_json=as_json)
    if figures["violations"]:
        raise typer.Exit(1)


@commands.command("voice", help=t("cli.help_bench_voice"))
def voice(
    kiosks: Annotated[int, typer.Option("--kiosks", min=1, help=t("cli.help_bench_kiosks"))] = 4,
    only: Annotated[str | None, typer.Option("--only", help=t("cli.help_bench_only"))] = None,
    quick: Annotated[bool, typer.Option("--quick", help=t("cli.help_bench_quick"))] = False,
    story: Annotated[Path | None, typer.Option("--story", help=t("cli.help_bench_story"))] = None,
    as_json: Json = False,
) -> None:
    """What a kiosk hears in noise, how soon it answers, and whether its mouth keeps time; a quarter of an hour."""
    from assistant.speech.engines.base import EngineError
    from benchmarks.voice.measure import PARTS, measure

    if only is not None and only not in PARTS:
        fail(t("cli.bench_only_unknown", name=only, parts="、".join(PARTS)), as_json=as_json, code="unknown_part")
    try:
        figures = measure(PARTS if only is None else (only,), kiosks, progress, quick=quick, story=story)
    except EngineError as error:
        fail(t("voice.say_failed", code=error.code, reason=error), remedy=t("voice.say_remedy"), as_json=as_json, code=error.code)
    _print(figures, as_json=as_json)
    if figures["missed"]:
        raise typer.Exit(1)


@commands.command("channels", help=t("cli.help_bench_channels"))
def channels(
    rate: Annotated[float, typer.Option("--rate", min=1, help=t("cli.help_bench_rate"))] = 200,
    seconds: Annotated[float, typer.Option("--seconds", min=1, help=t("cli.help_bench_seconds"))] = 60,
    drain: Annotated[float, typer.Option("--drain", min=0, help=t("cli.help_bench_drain"))] = 1800,
    seed: Annotated[int, typer.Option("--seed", help=t("cli.help_eval_seed"))] = 1,
    as_json: Json = False,
) -> None:
    """Callbacks of WeChat at a steady rate, and whether one that was acknowledged is lost."""
    from benchmarks.channels.measure import measure

    figures = measure(rate, seconds, drain, seed, progress)
    _print(figures, as_json=as_json)
    if figures["missed"]:
        raise typer.Exit(1)


def _print(figures: dict[str, Any], *, as_json: bool) -> None:
    lines = [f"{name:>24}  {json.dumps(value, ensure_ascii=False)}" for name, value in figures.items()]
    show(figures, lines, as_json=as_json)
