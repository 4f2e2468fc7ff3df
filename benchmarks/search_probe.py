"""The searching process of ``bench search``: opens an index folder, searches it, prints one line of JSON."""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant.conversation.evaluation import AMBIGUOUS, NONE, load
from assistant.foundation.settings import ROOT, get_settings
from benchmarks.country import ITEMS_A_REGION, regions
from knowledge.catalogue import Catalogue
from knowledge.embedding import open_embedding
from knowledge.search import Search
from knowledge.search.wide.vectors import Vectors

_QUERIES = 300
_COMPARED = 60


def main(folder: Path, size: int) -> dict[str, Any]:
    """Latency with a region and without, memory, and how true the approximate vectors are."""
    settings = get_settings()
    before = time.perf_counter()
    search = Search.build(Catalogue.load(settings.guides_dir), settings.models_dir, settings.embedding_model, folder)
    assert search.wide is not None, "the index could not be opened"
    opened = time.perf_counter() - before
    chooser = random.Random(1)
    dev = ROOT / "nlu_data" / "dev"
    said = [line.query for name in ("people", "items", "fresh") for line in load(dev / f"{name}.tsv")
            if line.item not in (NONE, AMBIGUOUS)]
    # Half of what is asked is about our own items, in people's words; half names one of the others.
    chooser.shuffle(said)
    named = [search.wide.text(chooser.randrange(search.wide.manifest.wordings)) for _ in range(_QUERIES // 2)]
    queries = [*said[:_QUERIES // 2], *(f"请问{name}怎么办理" for name in named)]
    chooser.shuffle(queries)
    districts = [code for code in regions(max(4, round(size / ITEMS_A_REGION))) if not code.endswith("00")] or ["110101"]
    for query in queries[:20]:
        search.search(query, beyond=True)
    figures: dict[str, Any] = {"open_s": round(opened, 2)}
    for name, there in (("region", True), ("everywhere", False)):
        times, cpu = [], time.process_time()
        for query in queries:
            region = chooser.choice(districts) if there else None
            began = time.perf_counter()
            search.search(query, 10, region, beyond=True)
            times.append((time.perf_counter() - began) * 1000)
        figures[name] = {"p50_ms": _at(times, 0.5), "p95_ms": _at(times, 0.95),
                         "cpu_ms": round((time.process_time() - cpu) * 1000 / len(queries), 1)}
    figures["resident_mib"] = _resident()
    figures["approximate_recall_at_10"] = recall(folder, search, queries[:_COMPARED], settings)
    figures["load"] = round(os.getloadavg()[0], 1)
    return figures


def recall(folder: Path, search: Search, queries: Sequence[str], settings: Any) -> float:
    """The share of the ten nearest vectors found; one as near as the tenth counts, whichever of several alike it is."""
    assert search.wide is not None
    manifest = search.wide.manifest
    vectors = Vectors(folder, manifest.wordings, manifest.dimensions)
    found = []
    for vector in open_embedding(settings.embedding_model, settings.models_dir).encode(queries):
        every = vectors.compare(vector)
        tenth = np.partition(every, -10)[-10] if len(every) >= 10 else every.min()
        found.append(float((every[vectors.nearest(vector, 10)] >= tenth - 1e-6).mean()))
    return round(float(np.mean(found)), 4)


def _at(times: Sequence[float], share: float) -> float:
    return round(sorted(times)[int(len(times) * share)], 1)


def _resident() -> float:
    """Resident memory in MiB, mapped pages of the index included."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return round(int(status.split("VmRSS:")[1].split()[0]) / 1024, 1)


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]))))
