"""``bandao bench turns|package``: figures of this machine, as ratios within one run where two things are compared."""

from __future__ import annotations

import json
from typing import Any

import typer

from assistant.foundation.messages import t
from channels.cli.output import Json, progress, show

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


def _print(figures: dict[str, Any], *, as_json: bool) -> None:
    lines = [f"{name:>24}  {json.dumps(value, ensure_ascii=False)}" for name, value in figures.items()]
    show(figures, lines, as_json=as_json)
