"""``bandao bench recovery``: at least three hundred runs, each hurt on its way; what was lost, doubled or broken."""

from __future__ import annotations

import multiprocessing
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from assistant.foundation import logging
from benchmarks.recovery import flight
from benchmarks.recovery.runs import POSTGRES, SQLITE, Hurt, Runner, Verdict, plan
from benchmarks.recovery.scene import Office
from benchmarks.recovery.server import Server

WORKERS = 2
_SHARES = 4
_FORK = multiprocessing.get_context("fork")


def measure(least: int, seed: int, in_flight: int, progress: Callable[[str], None]) -> dict[str, Any]:
    """Make ``least`` runs or more, then kill an app with ``in_flight`` cases under way (0: not); the figures."""
    logging.configure("CRITICAL")
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="bandao-recovery-") as folder:
        counts = _in_own_process(_count, Path(folder) / "count")
        boundaries, commits = counts["all"], counts["commits"]
        progress(f"boundaries {boundaries}, of them commits {commits}")
        verdicts = _all(Path(folder), list(plan(boundaries, commits, least, seed)), progress)
    faults = Counter(fault for verdict in verdicts for fault in verdict.faults)
    lost = {"the case is lost", "never arrived", "0 files at the office"}
    return {
        "runs": len(verdicts),
        "by_kind": _by_kind(verdicts),
        "boundaries": boundaries,
        "lost": sum(1 for verdict in verdicts if lost & set(verdict.faults)),
        "doubled": sum(1 for verdict in verdicts if any("twice" in fault for fault in verdict.faults)),
        "faults": dict(faults),
        "wrong_runs": [repr(verdict.hurt) for verdict in verdicts if verdict.faults],
        "seconds": round(time.monotonic() - began),
        "longest_run_s": round(max(verdict.seconds for verdict in verdicts), 1),
        "in_flight": _in_own_process(flight.measure, in_flight) if in_flight else {},
    }


def _all(folder: Path, hurts: list[Hurt], progress: Callable[[str], None]) -> list[Verdict]:
    """Share the runs among processes, each with an office of its own: a run forks, and threads do not bear it."""
    done: list[Verdict] = []
    with ProcessPoolExecutor(WORKERS, mp_context=_FORK) as pool:
        dealt = []
        for on in (SQLITE, POSTGRES):
            own = [hurt for hurt in hurts if hurt.on == on]
            count = min(WORKERS * _SHARES, len(own))
            dealt += [own[number::count] for number in range(count)]
        shares = [pool.submit(_work, folder / f"{number}", share) for number, share in enumerate(dealt)]
        for share in as_completed(shares):
            done += share.result()
            wrong = [verdict for verdict in done if verdict.faults]
            progress(f"{len(done)}/{len(hurts)}, wrong {[(v.hurt, v.faults) for v in wrong]}")
    return done


def _by_kind(verdicts: list[Verdict]) -> dict[str, dict[str, int]]:
    """For each kind of harm: runs, how many of them were hit amid the work, how many went wrong."""
    found: dict[str, dict[str, int]] = {}
    for verdict in sorted(verdicts, key=lambda one: (one.hurt.on, one.hurt.kind, one.hurt.phase)):
        hurt = verdict.hurt
        kind = found.setdefault(f"{hurt.on}: {hurt.fault or hurt.kind}{', boundaries' if hurt.at else ''}, {hurt.phase}",
                                {"runs": 0, "hit": 0, "wrong": 0})  # fmt: skip
        kind["runs"] += 1
        kind["hit"] += verdict.killed or bool(hurt.fault)
        kind["wrong"] += bool(verdict.faults)
    return found


def _work(folder: Path, hurts: list[Hurt]) -> list[Verdict]:
    """The runs of one share, on one database."""
    server = Server() if hurts[0].on == POSTGRES else None
    if server is not None:
        server.start()
    try:
        with _office(folder / "far") as office:
            runner = Runner(folder, office, folder.name, server)
            return [runner.run(hurt) for hurt in hurts]
    finally:
        if server is not None:
            server.close()


def _count(folder: Path) -> dict[str, dict[str, int]]:
    with _office(folder) as office:
        runner = Runner(folder, office, "count")
        return {"all": runner.count(commits=False), "commits": runner.count(commits=True)}


def _in_own_process(work: Callable[[Any], Any], argument: Any) -> Any:
    with ProcessPoolExecutor(1, mp_context=_FORK) as pool:
        return pool.submit(work, argument).result()


@contextmanager
def _office(folder: Path) -> Iterator[Office]:
    folder.mkdir(parents=True)
    office = Office(folder / "office")
    office.start()
    try:
        yield office
    finally:
        office.kill()
