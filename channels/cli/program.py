"""The subcommands, as a list one can read. A command is listed here from the day it works."""

from __future__ import annotations

import typer

from assistant.foundation.messages import t
from channels.cli import database, doctor, guides, serve, test, train

program = typer.Typer(
    name="bandao",
    help=t("cli.help"),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
program.command("serve", help=t("cli.help_serve"))(serve.serve)
program.command("test", help=t("cli.help_test"), context_settings=test.PASS_ON)(test.test)
program.command("train", help=t("cli.help_train"))(train.train)
program.command("doctor", help=t("cli.help_doctor"))(doctor.doctor)
program.add_typer(guides.commands, name="guides", help=t("cli.help_guides"))
program.add_typer(database.commands, name="db", help=t("cli.help_db"))


def main() -> None:
    """Run the command line on ``sys.argv``."""
    program()
