"""What search finds among thousands of real items, and how quick, big and true the wide index is from 10^3 to 5 x 10^6 items.

Every size is built in a temporary folder, searched by a fresh process that only opens it (``search_probe``), and removed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

from assistant.conversation.evaluation import AMBIGUOUS, NONE, load
from assistant.foundation.settings import ROOT, Settings, get_settings
from benchmarks.country import records
from knowledge.catalogue import Catalogue
from knowledge.embedding import open_embedding
from knowledge.exchange.drafts import drafts
from knowledge.exchange.files import read_rows
from knowledge.search import Search
from knowledge.search.wide import build
from knowledge.search.wide.records import of_guide

SIZES = (1_000, 10_000, 100_000, 1_000_000, 5_000_000)
REAL = ROOT.parent / "shared" / "data" / "real_guides_2021.jsonl"
#: The development sets whose errors may be read, and those that may not; only figures are printed of either.
SETS = ("people", "items", "fresh", "asr", "traditional", "street", "heard", "english", "english_open")
TARGETS = {"recall_at_1": 0.90, "recall_at_3": 0.97, "p95_ms": 25, "resident_mib": 4096, "approximate_recall_at_10": 0.95}

Tell = Callable[[str], None]


def measure(most: int = SIZES[-1], tell: Tell = lambda _: None, real: Path = REAL) -> dict[str, Any]:
    """All figures. Without the file of real items the distractors are left out and names are varied from our own guides.

    Args:
        most: no larger catalogue is made; one of ten thousand takes seconds, one of five million most of an hour.
    """
    settings = get_settings()
    catalogue = Catalogue.load(settings.guides_dir)
    figures: dict[str, Any] = {"targets": TARGETS, "load_at_start": os.getloadavg()[0]}
    names = catalogue.names()
    if real.is_file():
        tell("distractors")
        strangers, _ = drafts(read_rows(real), real.name, date.today(), catalogue.guides)
        names = list(dict.fromkeys(draft.guide.name for draft in strangers))
        figures["distractors"] = distractors(settings, catalogue, real)
    else:
        figures["distractors"] = {"left_out": f"no {real.name}"}
    figures["sizes"] = []
    for size in (size for size in SIZES if size <= most):
        tell(f"{size} items")
        figures["sizes"].append(at_size(size, settings, catalogue, names, tell))
    return figures


def distractors(settings: Settings, catalogue: Catalogue, real: Path) -> dict[str, Any]:
    """Recall of our own items on the development sentences that mean one, alone and among the real ones."""
    made, _ = drafts(read_rows(real), real.name, date.today(), catalogue.guides)
    own = {guide.name for guide in catalogue.all()}
    among = Catalogue({**catalogue.guides, **{d.guide.code: d.guide for d in made if d.guide.name not in own}}, [], {},
                      catalogue.translations)
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        wide = Path(folder) / "wide"
        embedding = open_embedding(settings.embedding_model, settings.models_dir)
        build((of_guide(guide) for guide in among.all()), among.names(), wide, settings.models_dir, embedding)
        for name, searched in (("alone", catalogue), ("among", among)):
            search = Search.build(searched, settings.models_dir, settings.embedding_model, wide if name == "among" else None)
            figures[name] = {"items": len(searched.guides), **_recall(search)}
    return figures


def _recall(search: Search) -> dict[str, Any]:
    sets: dict[str, Any] = {}
    everything: list[int] = []
    for name in SETS:
        path = ROOT / "nlu_data" / "dev" / f"{name}.tsv"
        lines = [line for line in load(path) if line.item not in (NONE, AMBIGUOUS)] if path.is_file() else []
        ranks = []
        for line in lines:
            wanted = {item for item, _ in line.readings}
            ranks.append(next((n for n, hit in enumerate(search.search(line.query, 10)) if hit.name in wanted), 99))
        if ranks:
            sets[name] = {"n": len(ranks), **_at(ranks)}
            everything += ranks
    return {**_at(everything), "sets": sets}


def _at(ranks: Sequence[int]) -> dict[str, float]:
    return {f"recall_at_{k}": round(sum(rank < k for rank in ranks) / max(1, len(ranks)), 3) for k in (1, 3)}


def at_size(size: int, settings: Settings, catalogue: Catalogue, names: Sequence[str], tell: Tell) -> dict[str, Any]:
    """Build a catalogue of ``size`` items beside our own guides, and have a fresh process search it."""
    with tempfile.TemporaryDirectory() as folder:
        wide = Path(folder) / "wide"
        embedding = open_embedding(settings.embedding_model, settings.models_dir)
        started = time.perf_counter()
        last = started

        def told(step: str, count: int) -> None:
            nonlocal last
            if time.perf_counter() - last > 20:
                last = time.perf_counter()
                tell(f"  {step} {count}, {last - started:.0f} s")

        every = chain((of_guide(guide) for guide in catalogue.all()), records(names, size))
        manifest = build(every, catalogue.names(), wide, settings.models_dir, embedding, told)
        built = time.perf_counter() - started
        disk = sum(path.stat().st_size for path in wide.rglob("*") if path.is_file())
        probe = subprocess.run([sys.executable, "-m", "benchmarks.search_probe", str(wide), str(size)], cwd=ROOT, check=True,
                               stdout=subprocess.PIPE, text=True)
        shutil.rmtree(wide)
    return {"items": manifest.records, "wordings": manifest.wordings, "build_s": round(built, 1),
            "disk_mib": round(disk / (1 << 20), 1), **json.loads(probe.stdout.splitlines()[-1])}
