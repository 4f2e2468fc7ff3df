"""What every subcommand prints: lines for people, or one JSON document on standard output with ``--json``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, NoReturn

import typer

from assistant.foundation.messages import t

Json = Annotated[bool, typer.Option("--json", help=t("cli.help_json"))]
"""The ``--json`` option of a subcommand."""


def show(result: Mapping[str, Any], lines: Iterable[str], *, as_json: bool) -> None:
    """Print ``result`` as JSON, or ``lines`` for people."""
    if as_json:
        print(json.dumps(result, ensure_ascii=False, default=str))
        return
    for line in lines:
        print(line)


def progress(line: str) -> None:
    """A line about work under way. On standard error, so that it never mixes with a result."""
    print(line, file=sys.stderr, flush=True)


def fail(message: str, *, as_json: bool, remedy: str = "", code: str = "failed") -> NoReturn:
    """Say what went wrong and what to do about it, and end with status 1."""
    if as_json:
        print(json.dumps({"ok": False, "error": {"code": code, "message": message, "remedy": remedy}}, ensure_ascii=False))
    else:
        print(t("cli.failed", message=message), file=sys.stderr)
        if remedy:
            print(t("cli.remedy", remedy=remedy), file=sys.stderr)
    raise typer.Exit(1)
