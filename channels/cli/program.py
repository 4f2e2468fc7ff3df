"""The subcommands, as a list one can read. A command is listed here from the day it works."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import typer

from assistant.foundation.messages import t

COMMANDS: dict[str, str] = {
    "serve": "channels.cli.serve:serve",
    "test": "channels.cli.test:test",
    "train": "channels.cli.train:train",
    "doctor": "channels.cli.doctor:doctor",
    "guides": "channels.cli.guides:commands",
    "db": "channels.cli.database:commands",
    "staff": "channels.cli.staff:commands",
    "eval": "channels.cli.evaluate:commands",
    "nlu": "channels.cli.nlu:commands",
    "package": "channels.cli.package:commands",
    "result": "channels.cli.result:commands",
    "voice": "channels.cli.voice:commands",
    "kiosk": "channels.cli.kiosk:commands",
    "report": "channels.cli.report:report",
    "bench": "channels.cli.bench:commands",
}
"""Name → where it is. Only the one asked for is imported: `serve` stays for months and should not carry all the others."""

CONTEXTS: dict[str, dict[str, Any]] = {
    "test": {"allow_extra_args": True, "ignore_unknown_options": True},  # pytest's, not ours
}


def build(wanted: str | None = None) -> typer.Typer:
    """The command line with all subcommands, or with ``wanted`` alone if there is one of that name."""
    program = typer.Typer(
        name="bandao",
        help=t("cli.help"),
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    program.callback()(_common)
    for name in [wanted] if wanted in COMMANDS else COMMANDS:
        module, _, attribute = COMMANDS[name].partition(":")
        command = getattr(import_module(module), attribute)
        if isinstance(command, typer.Typer):
            program.add_typer(command, name=name, help=t(f"cli.help_{name}"))
        else:
            program.command(name, help=t(f"cli.help_{name}"), context_settings=CONTEXTS.get(name))(command)
    return program


def _common() -> None:
    """Makes Typer keep subcommands even when only one is registered."""


def main() -> None:
    """Run the command line on ``sys.argv``."""
    build(sys.argv[1] if len(sys.argv) > 1 else None)(prog_name="bandao")
