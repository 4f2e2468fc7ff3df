"""``bandao nlu review|compare``: what was not understood is labelled, trained, and the new model measured beside the last one."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from assistant.conversation import comparison
from assistant.conversation.labels import NO_ITEM, WHICH, fits
from assistant.conversation.masked_talk import kept
from assistant.conversation.review_list import LABELLED, Entry, ReviewList
from assistant.conversation.training_data import REVIEWED, Refused, TrainingData
from assistant.conversation.understanding import Understanding
from assistant.foundation.clock import SystemClock
from assistant.foundation.database import Database
from assistant.foundation.messages import t
from assistant.foundation.settings import ROOT, Settings, get_settings
from channels.cli.database import explained, opened
from channels.cli.nlu_review import Session, item_name, items_of
from channels.cli.output import Json, fail, progress, show
from knowledge.catalogue import Catalogue

commands = typer.Typer(no_args_is_help=True)
DATA = ROOT / "nlu_data"
Labelled = Annotated[Path | None, typer.Option("--file", exists=True, dir_okay=False, help=t("nlu.help_file"))]


@commands.command("review", help=t("nlu.help_review"))
def review(file: Labelled = None, as_json: Json = False) -> None:
    """Label what waits; with ``--json`` only list it, with ``--file`` take labels that are there already."""
    settings = get_settings()
    catalogue = Catalogue.load(settings.guides_dir)
    with explained(as_json=as_json), opened(settings, create=False) as database:
        listed = ReviewList(database.keyring, settings.review_days)
        if file is not None:
            _import(file, catalogue, listed, database, as_json=as_json)
            return
        with database.write() as conn:
            listed.forget(conn, SystemClock().now())
            entries = listed.waiting(conn)
        if as_json or not entries:
            items = [asdict(entry) for entry in entries]
            show({"items": items, "total": len(items)}, [t("nlu.nothing_waiting")], as_json=as_json)
            return
        labelled = _sit(entries, catalogue, listed, database)
    if labelled and _wanted(t("nlu.ask_compare")):
        compare(as_json=False)


@commands.command("compare", help=t("nlu.help_compare"))
def compare(as_json: Json = False) -> None:
    """Train the model of the present data beside the last one and tell what it wins and loses."""
    from assistant.engine.training import TrainingFailed

    try:
        found = comparison.compare(models(get_settings()), comparison.sets(DATA))
    except comparison.NothingToCompare:
        fail(t("nlu.nothing_to_compare"), remedy=t("nlu.nothing_to_compare_remedy"), as_json=as_json, code="no_model")
    except ValueError as error:
        fail(t("nlu.data_error", reason=error), remedy=t("cli.eval_remedy"), as_json=as_json, code="data")
    except TrainingFailed as failed:
        fail(str(failed), remedy=t("cli.train_remedy"), as_json=as_json, code="training")
    show(found, (), as_json=as_json)
    if not as_json:
        _report(found, Console(highlight=False))


class TrainedModels:
    """The real models: the last one as it serves, and the new one with a search of its own, trained aside and thrown away."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._aside: tempfile.TemporaryDirectory[str] | None = None
        self._new: Path | None = None

    def current(self) -> Path | None:
        """The newest model that is not the one of the present data."""
        from assistant.engine.training import model_path

        target = model_path(self.settings.models_dir)
        found = [path for path in self.settings.models_dir.glob("*.tar.gz") if path.name != target.name]
        return max(found, key=lambda path: path.stat().st_mtime, default=None)

    def trained(self) -> Path:
        """The engine's model of the present data, beside the last one, and the search's; a few minutes."""
        from assistant.engine.training import is_current, train
        from channels.serve.training import train_search

        if not is_current(self.settings):
            progress(t("serve.training_engine"))
        self._new = train(models_dir=self.settings.models_dir, guides_dir=self.settings.guides_dir)
        progress(t("serve.training_search"))
        self._aside = tempfile.TemporaryDirectory(dir=self.settings.models_dir, prefix="comparing-")
        train_search(self.settings.model_copy(update={"models_dir": Path(self._aside.name)}))
        return self._new

    def read(self, model: Path, queries: Sequence[str]) -> list[Understanding]:
        """As ``eval understanding`` reads."""
        from channels.cli.evaluate import read_all, running_engine

        progress(t("nlu.compare_reading", model=model.name, count=len(queries)))
        aside = Path(self._aside.name) if self._aside and model == self._new else self.settings.models_dir
        settings = self.settings.model_copy(update={"models_dir": aside})
        with running_engine(settings, model) as url:
            return asyncio.run(read_all(settings, url, list(queries)))


models: Callable[[Settings], comparison.Models] = TrainedModels
"""Makes the models of some settings. Training is slow: tests put another maker here."""


def _sit(entries: Sequence[Entry], catalogue: Catalogue, listed: ReviewList, database: Database) -> int:
    console = Console(highlight=False)

    def settle(entry_id: str, state: str) -> None:
        with database.write() as conn:
            listed.settle(conn, entry_id, state)

    def ask(question: str) -> str:
        return console.input(question, markup=False)

    done = Session(entries, TrainingData(DATA), catalogue, settle, ask, console).run()
    console.print(t("nlu.review_done", **done), markup=False)
    return done["labelled"]


def _wanted(question: str) -> bool:
    try:
        return Console(highlight=False).input(f"{question} ", markup=False).strip().lower() in ("y", "yes", "是")
    except EOFError:
        return False


def _import(file: Path, catalogue: Catalogue, listed: ReviewList, database: Database, *, as_json: bool) -> None:
    """Take a TSV as the development sets are written; what cannot be taken is told line by line, status 1."""
    from assistant.conversation.evaluation import load

    try:
        lines = load(file)
        data = TrainingData(DATA)
    except ValueError as error:
        fail(t("nlu.data_error", reason=error), remedy=t("cli.eval_remedy"), as_json=as_json, code="data")
    added, known, refused = 0, 0, []
    for number, line in enumerate(lines, 2):
        items = [line.item] if line.item in (WHICH, NO_ITEM) else items_of(catalogue, line.item)
        masked = kept(line.query)
        if len(items) != 1 or not fits(line.intent, items[0]):
            refused.append((number, t("nlu.does_not_fit", intent=line.intent, item=line.item)))
        elif masked is None:
            refused.append((number, t("nlu.refused_personal")))
        else:
            try:
                done = data.add(masked, line.intent, items[0], item_name(catalogue, items[0]))
            except Refused as no:
                refused.append((number, t(f"nlu.refused_{no.code}", where=no.where)))
                continue
            added, known = added + (done is not None), known + (done is None)
            with database.write() as conn:
                waiting = listed.find(conn, masked)
                if waiting is not None:
                    listed.settle(conn, waiting, LABELLED)
    told = {"added": added, "known": known, "refused": len(refused)}
    texts = [t("nlu.import_line", line=number, text=text) for number, text in refused]
    result = {"ok": not refused, **told, "lines": [{"line": number, "why": text} for number, text in refused]}
    show(
        result,
        [*texts, t("nlu.imported", **told), *([t("cli.remedy", remedy=t("nlu.import_remedy"))] if refused else [])],
        as_json=as_json,
    )
    if refused:
        raise typer.Exit(1)


def _report(found: Mapping[str, Any], console: Console) -> None:
    """Figures as a table, then every sentence won or lost outside the blind sets."""
    columns = ("set", "count", "intent", "item", "scope", "won", "lost")
    table = Table(title=t("nlu.compare_title", before=found["before"], after=found["after"]))
    for column in columns:
        table.add_column(t(f"nlu.column_{column}"), justify="left" if column == "set" else "right")
    for name, row in found["sets"].items():
        shown = (_figure(row, figure) for figure in ("intent_accuracy", "item_top1", "out_of_scope_f1"))
        table.add_row(name, str(row["n"]), *shown, str(row["won"]), str(row["lost"]))
    console.print(table)
    for name, row in found["sets"].items():
        if name in comparison.COUNTED_ONLY:
            console.print(t("nlu.compare_blind", name=name), style="dim", markup=False)
        for one in sorted(row["sentences"], key=lambda one: bool(one["won"])):
            words = {key: " · ".join(one[key]) for key in ("label", "before", "after")}
            line = t("nlu.compare_sentence", mark="+" if one["won"] else "-", query=one["query"], **words)
            console.print(line, style="green" if one["won"] else "red", markup=False, soft_wrap=True)
    measured = [row for name, row in found["sets"].items() if name != REVIEWED]
    worse = sum(row["lost"] for row in measured) > sum(row["won"] for row in measured)
    console.print(t("nlu.compare_worse") if worse else t("nlu.compare_good"), markup=False)


def _figure(row: Mapping[str, Any], name: str) -> str:
    before, after = row["before"][name], row["after"][name]
    return (
        "" if after is None else t("nlu.compare_figure", before="" if before is None else f"{before:.3f}", after=f"{after:.3f}")
    )
