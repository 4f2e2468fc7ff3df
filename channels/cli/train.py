"""``bandao train``: the search's embedding and the engine's model, as far as they are out of date."""

from __future__ import annotations

from typing import Annotated

import typer

from assistant.foundation.messages import t
from assistant.foundation.settings import get_settings
from channels.cli.output import Json, fail, progress, show


def train(
    force: Annotated[bool, typer.Option("--force", help=t("cli.help_force"))] = False,
    as_json: Json = False,
) -> None:
    """Train what has changed; with ``--force`` everything."""
    from channels.serve.training import TrainingFailed
    from channels.serve.training import train as run

    try:
        trained = run(get_settings(), lambda key, /, **params: progress(t(f"serve.{key}", **params)), thorough=True, force=force)
    except TrainingFailed as failed:
        fail(str(failed), remedy=t("cli.train_remedy"), as_json=as_json, code="training")
    show({"ok": True, "trained": trained}, [t("cli.trained")], as_json=as_json)
