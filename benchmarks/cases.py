"""Complete cases an hour: simulated citizens from first sentence to confirmed package, over HTTP, all the product running.

They come from the project's own files, in an order shuffled by a fixed seed, and only answer. Beside the rate of the clock
stands the rate that the processor time allows (``cases_per_hour_by_cpu``): what the same work would give on two cores that do
nothing else. It hardly changes with what else the machine does, so it is the one to compare.
"""

from __future__ import annotations

import os
import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx

from assistant.foundation.settings import ROOT
from benchmarks.citizens.facts import Facts, load
from benchmarks.citizens.road import Journey, walk
from benchmarks.stack import Stack

TARGET_PER_HOUR = 1800
CORES = 2
CITIZENS = ROOT / "tests" / "e2e" / "cases"
TIMED = ("turn", "engine", "search", "database_write", "package")
PROGRAMS = ("uvicorn", "assistant.engine", "soffice", "office_bridge", "sandbox", "supervisord")
TICKS = os.sysconf("SC_CLK_TCK")
HOUR_S = 3600


def measure(seconds: float, at_once: int, progress: Callable[[str], None]) -> dict[str, Any]:
    """All figures of so many seconds of cases."""
    citizens = [facts for facts in load(CITIZENS) if facts.stops is None]
    random.Random(1).shuffle(citizens)
    with tempfile.TemporaryDirectory() as folder, Stack(Path(folder)) as stack:
        progress(f"{len(citizens)} citizens; the first {at_once} warm up")
        _walk_for(stack.base_url, citizens[:at_once], at_once, 0.0)
        before, spent_before, began = _timings(stack.base_url), cpu_seconds(stack.data_dir), time.perf_counter()
        own = time.process_time()
        walked = _walk_for(stack.base_url, citizens, at_once, seconds, progress)
        elapsed, own = time.perf_counter() - began, time.process_time() - own
        after, spent_after = _timings(stack.base_url), cpu_seconds(stack.data_dir)
    spent = {name: spent_after[name] - spent_before.get(name, 0.0) for name in spent_after}
    return {**_rates(walked, elapsed, {**spent, "citizens": own}), "server": _server(before, after), "failed": _failed(walked)}


def _walk_for(
    url: str, citizens: list[Facts], at_once: int, seconds: float, progress: Callable[[str], None] = lambda _: None
) -> list[Journey]:
    """Walk citizens, from the first again where all have been, until the time is over; no case is broken off."""
    walked: list[Journey] = []
    until, lock = time.monotonic() + seconds, threading.Lock()
    order = iter(range(1 << 30))

    def one(_: int) -> None:
        while True:
            with lock:
                number = next(order)
            if number >= at_once and time.monotonic() > until:
                return
            journey = walk(url, citizens[number % len(citizens)], submit=False, look=False)
            with lock:
                walked.append(journey)
                if len(walked) % 20 == 0:
                    progress(f"{len(walked)} cases")

    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(one, range(at_once)))
    return walked


def _rates(walked: list[Journey], elapsed: float, spent: dict[str, float]) -> dict[str, Any]:
    done = [journey for journey in walked if journey.ok]
    turns = sum(journey.turns for journey in walked)
    kinds: Counter[str] = Counter()
    for journey in walked:
        kinds.update(journey.parts)
    cases, busy = max(len(done), 1), sum(spent.values())
    return {
        "cases": len(done), "seconds": round(elapsed, 1), "cases_per_hour": round(len(done) / elapsed * HOUR_S),
        "cases_per_hour_by_cpu": round(len(done) / max(busy, 0.01) * CORES * HOUR_S), "target_per_hour": TARGET_PER_HOUR,
        "turns_per_s": round(turns / elapsed, 1), "turns_per_case": round(turns / max(len(walked), 1), 1),
        "seconds_per_case": round(sum(journey.seconds for journey in walked) / max(len(walked), 1), 2),
        "waited_share": _shares(kinds), "cpu_s_per_case": {name: round(value / cases, 3) for name, value in spent.items()},
        "cpu_share": _shares(spent), "load_by_others": round(max(0.0, os.getloadavg()[0] - busy / elapsed), 1),
    }  # fmt: skip


def _server(before: dict[str, float], after: dict[str, float]) -> dict[str, dict[str, float]]:
    """Of the service's own measurements: how often, and milliseconds a time."""
    figures = {}
    for name in TIMED:
        count = after.get(f"bandao_{name}_seconds_count", 0) - before.get(f"bandao_{name}_seconds_count", 0)
        total = after.get(f"bandao_{name}_seconds_sum", 0) - before.get(f"bandao_{name}_seconds_sum", 0)
        figures[name] = {"times": count, "mean_ms": round(total / max(count, 1) * 1000, 1), "seconds": round(total, 1)}
    return figures


def _failed(walked: list[Journey]) -> list[str]:
    return [f"{journey.facts.title}: {journey.why}" for journey in walked if not journey.ok]


def _timings(base_url: str) -> dict[str, float]:
    """The service's sums and counts; labels are added up."""
    found: dict[str, float] = {}
    for line in httpx.get(f"{base_url}/metrics", timeout=30, trust_env=False).text.splitlines():
        name, _, value = line.rpartition(" ")
        name = name.partition("{")[0]
        if name.endswith(("_sum", "_count")):
            found[name] = found.get(name, 0.0) + float(value)
    return found


def cpu_seconds(data_dir: Path) -> dict[str, float]:
    """Processor seconds so far of the product's processes, by program: those whose environment or command names its folder."""
    found: dict[str, float] = {}
    mark = str(data_dir).encode()
    for process in Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        try:
            command = (process / "cmdline").read_bytes()
            if mark not in command + (process / "environ").read_bytes():
                continue
            fields = (process / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        words = command.replace(b"\0", b" ").decode(errors="replace")
        name = next((program for program in PROGRAMS if program in words), "serve")
        name = {"uvicorn": "app", "assistant.engine": "engine", "soffice": "office", "office_bridge": "office"}.get(name, name)
        ticks = sum(int(fields[place]) for place in (11, 12, 13, 14))  # its own, and of children that have ended
        found[name] = found.get(name, 0.0) + ticks / TICKS
    return found


def _shares(values: dict[str, float] | Counter[str]) -> dict[str, float]:
    whole = sum(values.values()) or 1.0
    return {name: round(value / whole, 3) for name, value in sorted(values.items(), key=lambda item: -item[1])}
