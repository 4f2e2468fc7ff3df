"""How long after its file is written a guide is searchable, in a product that serves meanwhile.

The app runs in a process of its own, over a copy of the guides; this one writes a file, as an editor or the console does, and
asks ``/api/v1/search`` every 40 ms until the answer shows it. The pauses between changes differ, so that they meet the watcher
at every moment of its round.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from assistant.foundation.crypto import KeyRing
from assistant.foundation.database import Database
from assistant.foundation.settings import ROOT, Settings, get_settings
from benchmarks.stack import free_ports
from channels.serve.supervisor import tied

TARGET_SECONDS = 1.0
CHANGES = 20
_ASK_EVERY = 0.04
_GIVE_UP = 30.0
_START = 120.0
#: Places to watch whales at, so that every made-up item is called otherwise.
_SEAS = "东南西北渤黄浅深近远"
_SERVE = "import uvicorn; from channels.app import create_app; uvicorn.run(create_app(), port={port}, ws='none')"
_ALIASES = re.compile(r"^  aliases: \[", re.MULTILINE)
_NEW = """code: whale-{number}
name: {sea}海鲸群观察登记
version: "2026.1"
effective: 2026-01-01
outline: true
summary: 去{sea}海看鲸群前登记。
names: {{aliases: [{sea}海观鲸登记], colloquial: [], samples: {{apply: [我想去{sea}海看鲸群]}}}}
"""


def measure(tell: Callable[[str], None] = lambda _: None, changes: int = CHANGES) -> dict[str, Any]:
    """Seconds from write to found: of new guides, and of new names of guides there are, in turn.

    Raises:
        RuntimeError: the product did not start, or a change was not found within half a minute.
    """
    load, chooser = os.getloadavg()[0], random.Random(7)
    taken: dict[str, list[float]] = {"new": [], "changed": []}
    with tempfile.TemporaryDirectory() as room, _served(Path(room)) as (client, guides):
        there = sorted(path for path in guides.glob("*.yaml") if _ALIASES.search(path.read_text(encoding="utf-8")))
        for number in range(changes):
            time.sleep(chooser.uniform(0.3, 1.0))
            sea = _SEAS[number // 2 % len(_SEAS)]
            if number % 2 == 0:
                path, kind, asked, said = guides / f"whale-{number}.yaml", "new", f"我想去{sea}海看鲸群", f"{sea}海观鲸登记"
                text = _NEW.format(number=number, sea=sea)
            else:
                path, kind, asked = there[number * 7 % len(there)], "changed", f"{sea}山听松涛登记"
                text, said = _ALIASES.sub(f"  aliases: [{asked}, ", path.read_text(encoding="utf-8"), count=1), asked
            taken[kind].append(_seconds_until_found(client, path, text, asked, said))
            tell(f"{kind}: {taken[kind][-1]:.2f} s")
    every = sorted([*taken["new"], *taken["changed"]])
    return {
        "changes": changes,
        "target_seconds": TARGET_SECONDS,
        **{f"{kind}_median": round(statistics.median(found), 3) for kind, found in taken.items() if found},
        "median": round(statistics.median(every), 3),
        "worst": round(every[-1], 3),
        "within_target": sum(seconds <= TARGET_SECONDS for seconds in every),
        "load_at_start": load,
        "load_at_end": os.getloadavg()[0],
    }


def _seconds_until_found(client: httpx.Client, path: Path, text: str, asked: str, said: str) -> float:
    draft = path.with_suffix(".draft")
    draft.write_text(text, encoding="utf-8")
    began = time.monotonic()
    draft.replace(path)
    while True:
        items = client.get("/api/v1/search", params={"q": asked, "limit": 1}).json()["items"]
        taken = time.monotonic() - began
        if items and said in items[0]["aliases"]:
            return taken
        if taken > _GIVE_UP:
            raise RuntimeError(f"{path.name} was not found by {asked!r} within {_GIVE_UP:.0f} s")
        time.sleep(_ASK_EVERY)


@contextmanager
def _served(room: Path) -> Iterator[tuple[httpx.Client, Path]]:
    """The app over a copy of the guides, with data and names for the engine of its own; the search model is the installed one."""
    settings = get_settings()
    guides, models = room / "guides", room / "models"
    shutil.copytree(settings.guides_dir, guides)
    models.mkdir()
    (models / "search").symlink_to(settings.models_dir / "search")
    of_its_own = Settings(data_dir=room / "data")
    database = Database(of_its_own.database_url, KeyRing.open(of_its_own.keyring_path), of_its_own.fsync)
    database.upgrade()
    database.dispose()
    port = free_ports(4)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("BANDAO_")}, "PYTHONPATH": str(ROOT),
        "BANDAO_DATA_DIR": str(room / "data"), "BANDAO_GUIDES_DIR": str(guides), "BANDAO_MODELS_DIR": str(models),
        "BANDAO_PORT": str(port), "BANDAO_RATE_PER_ADDRESS": "0",
    }
    process = subprocess.Popen(
        tied([sys.executable, "-c", _SERVE.format(port=port)]), cwd=ROOT, env=environment, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, start_new_session=True,
    )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=_GIVE_UP) as client:
            _wait(client, process)
            yield client, guides
    finally:
        process.terminate()
        process.wait(20)


def _wait(client: httpx.Client, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _START
    while time.monotonic() < until and process.poll() is None:
        try:
            client.get("/healthz").raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"the app did not start (status {process.poll()}): is the search trained (./bandao train)?")
