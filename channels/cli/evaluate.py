"""``bandao eval understanding FILE.tsv …``, ``eval search FILE.tsv`` and ``eval dialogues DIR``: figures on labelled data."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.foundation.messages import t
from assistant.foundation.settings import Settings, get_settings
from channels.cli.output import Json, fail, progress, show

commands = typer.Typer(no_args_is_help=True)
READY_SECONDS = 90
Files = Annotated[list[Path], typer.Argument(help=t("cli.help_eval_files"), exists=True, dir_okay=False)]


@commands.command("understanding", help=t("cli.help_eval_understanding"))
def understanding(files: Files, as_json: Json = False) -> None:
    """Read every sentence through the code behind ``/api/v1/understand``, with an engine of its own."""
    from assistant.conversation.evaluation import load, score

    try:
        lines = [line for path in files for line in load(path)]
    except ValueError as error:
        fail(str(error), as_json=as_json, remedy=t("cli.eval_remedy"))
    settings = get_settings()
    with running_engine(settings) as url:
        readings = asyncio.run(read_all(settings, url, [line.query for line in lines]))
    _print(score(lines, readings), as_json=as_json)


@commands.command("search", help=t("cli.help_eval_search"))
def search(
    files: Files,
    wide: Annotated[Path | None, typer.Option("--wide", help=t("cli.help_eval_wide"), exists=True, file_okay=False)] = None,
    region: Annotated[str | None, typer.Option("--region", help=t("cli.help_eval_region"))] = None,
    as_json: Json = False,
) -> None:
    """Recall of the item search on sentences that mean one item; among all items of a wide index where one is given."""
    from assistant.conversation.evaluation import AMBIGUOUS, NONE, load
    from knowledge.catalogue import Catalogue
    from knowledge.search import Search

    settings = get_settings()
    engine = Search.build(Catalogue.load(settings.guides_dir), settings.models_dir, settings.embedding_model, wide)
    if wide is not None and engine.wide is None:
        fail(t("cli.eval_no_wide", folder=wide), as_json=as_json, remedy=t("cli.eval_no_wide_remedy"))
    lines = [line for path in files for line in load(path) if line.item not in (NONE, AMBIGUOUS)]
    found = [engine.search(line.query, 10, region, beyond=wide is not None) for line in lines]
    ranks = [[hit.name for hit in hits] for hits in found]
    wanted = [{name for name, _ in line.readings} for line in lines]
    figures: dict[str, Any] = {"n": len(lines)}
    for depth in (1, 3, 10):
        figures[f"recall_at_{depth}"] = round(
            sum(bool(w & set(r[:depth])) for w, r in zip(wanted, ranks, strict=True)) / max(len(lines), 1), 4
        )
    missed = [(line, names) for line, w, names in zip(lines, wanted, ranks, strict=True) if not w & set(names[:1])]
    figures["errors"] = [{"query": line.query, "item": line.item, "found": names[:3]} for line, names in missed]
    _print(figures, as_json=as_json)


@commands.command("dialogues", help=t("cli.help_eval_dialogues"))
def dialogues(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=t("cli.help_eval_dialogues_dir"), exists=True)],
    url: Annotated[str | None, typer.Option("--url", help=t("cli.help_eval_url"))] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help=t("cli.help_eval_seed"))] = 1,
    at_once: Annotated[int, typer.Option("--at-once", min=1, help=t("cli.help_eval_at_once"))] = 2,
    as_json: Json = False,
) -> None:
    """Simulated citizens from their first sentence to the submitted package; status 1 when one of them did not get there."""
    import tempfile

    from benchmarks.citizens import facts, report
    from benchmarks.stack import Stack

    try:
        citizens = facts.load(folder)
    except facts.UnreadableFacts as error:
        fail(str(error), as_json=as_json, remedy=t("cli.eval_dialogues_remedy"), code="facts")
    with ExitStack() as held:
        if url is None:
            place = held.enter_context(tempfile.TemporaryDirectory())
            url = held.enter_context(Stack(Path(place))).base_url
        walked = report.journeys(url.rstrip("/"), citizens, seed, at_once, lambda journey: progress(report.arrival(journey)))
        figures = report.report(url.rstrip("/"), walked)
    show(figures, report.lines(figures), as_json=as_json)
    if not figures["ok"]:
        raise typer.Exit(1)


async def read_all(settings: Settings, url: str, queries: list[str]) -> list[Any]:
    """Every sentence as the engine at ``url`` and the search have it understood."""
    from assistant.conversation.reading import SentenceReader
    from assistant.engine.gateway import EngineGateway

    engine = EngineGateway(settings.model_copy(update={"engine_url": url}))
    reader = SentenceReader.open(settings, engine)
    try:
        return [await reader.read(query) for query in queries]
    finally:
        await engine.close()


@contextmanager
def running_engine(settings: Settings, model: Path | None = None) -> Iterator[str]:
    """An engine on a free port, so that a running service is not needed and not disturbed.

    ``model`` is another than that of the present data, which is trained if it has not been.
    """
    from assistant.engine import training
    from channels.serve.training import train

    if model is None:
        train(settings, lambda key, /, **params: progress(t(f"serve.{key}", **params)))
        model = training.train(models_dir=settings.models_dir)
    training.refresh_catalogue(settings.models_dir, settings.guides_dir)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    launch = training.process(settings.model_copy(update={"engine_port": port}), model=model)
    progress(t("cli.eval_engine"))
    process = subprocess.Popen(
        launch.argv, env={**os.environ, **launch.env}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        url = f"http://127.0.0.1:{port}"
        asyncio.run(_wait(settings, url))
        yield url
    finally:
        process.terminate()
        process.wait(20)


async def _wait(settings: Settings, url: str) -> None:
    from assistant.engine.gateway import EngineGateway

    engine = EngineGateway(settings.model_copy(update={"engine_url": url}))
    try:
        async with asyncio.timeout(READY_SECONDS):
            while not await engine.ready():
                await asyncio.sleep(0.2)
    finally:
        await engine.close()


def _print(figures: dict[str, Any], *, as_json: bool) -> None:
    lines = [
        f"{name:>22}  {value}" for name, value in figures.items() if not isinstance(value, list | dict) or name == "out_of_scope"
    ]
    for group in ("per_intent", "per_item"):
        lines += [f"{group:>10}  {name}  {row['right']}/{row['n']}" for name, row in figures.get(group, {}).items()]
    lines += [f"✗ {error}" for error in figures["errors"]]
    show(figures, lines, as_json=as_json)
