"""``bandao bench desk``: the whole product, its citizens and operators, what hurts them, and what was wrong in the end."""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.desk import books
from benchmarks.desk.citizen import Citizen
from benchmarks.desk.hall import GROUPS, Hall, Visit
from benchmarks.desk.ledger import audit, order_kept, quantile
from benchmarks.desk.line import Line
from benchmarks.desk.operator import Operator
from benchmarks.stack import Stack
from channels.serve import leftovers

TARGET_S = 1.0
VANISHED_S = 30
"""The set time after which somebody whose page is not heard of has gone."""
ALLOWED_S = 2.0
"""On top of it: the desk looks every second, and the news has to reach the citizen."""
PATIENCE = 10
"""Times the arrivals' length (five minutes at least) until whoever is still there counts as unfinished."""
ARRANGED = """
groups:
  pushed: {name: 浦东, districts: ["310115"], assign: push, hours: 24h}
  general: {name: 综合, hours: 24h}
"""

Progress = Callable[[str], None]


def measure(citizens: int, operators: int, seed: int, seconds: float, progress: Progress) -> dict[str, Any]:
    """Let them come over ``seconds``, kill the app half-way, cut an operator off after that; figures and violations."""
    with tempfile.TemporaryDirectory(prefix="bandao-desk-") as folder:
        arranged = Path(folder) / "desk.yaml"
        arranged.write_text(ARRANGED, encoding="utf-8")
        with Stack(
            Path(folder) / "run", BANDAO_DESK=str(arranged), BANDAO_DESK_VANISHED_SECONDS=str(VANISHED_S),
        ) as stack:  # fmt: skip
            logins = books.accounts_of(stack.data_dir, arranged, operators)
            progress("ready")
            regions = list(GROUPS)
            hall = Hall(stack.base_url, seed, [Visit(number, regions[number % 2]) for number in range(citizens)])
            run = Run(hall, [Operator(hall, number, login) for number, login in enumerate(logins)], stack.data_dir, progress)
            began, load = time.monotonic(), os.getloadavg()[0]
            asyncio.run(run.through(seconds))
            took = time.monotonic() - began
            load = max(load, os.getloadavg()[0])
            found = books.read(stack.data_dir)
    return figures(hall, run, found) | {"seconds": round(took), "load": round(load, 1)}


class Run:
    """The course of one run. ``hurt`` says what was done to it and what came of it."""

    def __init__(self, hall: Hall, operators: list[Operator], data_dir: Path, progress: Progress) -> None:
        self._hall, self.operators, self._data_dir, self._progress = hall, operators, data_dir, progress
        self.hurt: dict[str, Any] = {}
        self.wrong: Counter[str] = Counter()

    async def through(self, seconds: float) -> None:
        """All of it."""
        hall = self._hall
        hall.open.set()
        dice = hall.dice("arrivals")
        working = {one: asyncio.create_task(one.live()) for one in self.operators}
        coming = [asyncio.create_task(Citizen(hall, visit).live(dice.uniform(0, seconds))) for visit in hall.visits]
        telling = asyncio.create_task(self._tell())
        try:
            await asyncio.sleep(seconds / 2)
            await self._restart()
            await asyncio.sleep(seconds / 10)
            await self._cut_off(working)
            done, left = await asyncio.wait(coming, timeout=max(300.0, seconds * PATIENCE))
            self.wrong["unfinished"] += len(left)
            for task in [*done, *(one for one in working.values() if one.done() and not one.cancelled())]:
                if (error := task.exception()) is not None:
                    self.wrong[f"{type(error).__name__}: {error}"] += 1
        finally:
            for task in [telling, *coming, *working.values()]:
                task.cancel()
            await asyncio.gather(telling, *coming, *working.values(), return_exceptions=True)

    async def _pause(self) -> None:
        self._hall.open.clear()
        while self._hall.acting:
            await asyncio.sleep(0.05)

    async def _restart(self) -> None:
        """Kill the app while nobody is taken or let go, and compare the queue before and after."""
        hall, chief = self._hall, self.operators[0]
        await self._pause()
        before = _waiting(hall, await chief.queue())
        held = {one.name: set(one.held) for one in self.operators}
        began = time.monotonic()
        os.kill(_app(self._data_dir), signal.SIGKILL)
        hall.down.append((began, float("inf")))
        line = Line(hall.base_url)
        await asyncio.sleep(0.2)
        await line.ask("GET", "/readyz")
        line.close()
        hall.down[-1] = (began, time.monotonic())
        items = await chief.queue()
        after = _waiting(hall, items)
        taken = books.claimed(self._data_dir)
        overtaken = 0
        for group, ids in before.items():
            # those of the other group may have been given to somebody meanwhile: that is no place lost
            stayed = [one for one in ids if group == "general" or one not in taken]
            entitled = _entitled(hall, items, stayed, began)
            overtaken += len([one for one in after[group][: len(stayed)] if one in entitled])
            self.wrong += order_kept(stayed, after[group], entitled)
        kept = sum(1 for keys in held.values() for key in keys if key in taken)
        self.wrong["taken_from_staff"] += sum(map(len, held.values())) - kept
        self.hurt["restart"] = {
            "down_s": round(hall.down[-1][1] - began, 1), "waiting": sum(map(len, before.values())), "held": kept,
            "asked_before_or_graver": overtaken,
        }  # fmt: skip
        self._progress(f"killed and back: {self.hurt['restart']}")
        hall.open.set()

    async def _cut_off(self, working: dict[Operator, asyncio.Task[None]]) -> None:
        """Take the network from the operator who has most, and wait for what she had to return."""
        await self._pause()
        one = max(working, key=lambda each: len(each.held))
        visits = [self._hall.by_id[key] for key in one.held]
        working.pop(one).cancel()
        one.drop()
        began = time.monotonic()
        self._hall.open.set()
        back: dict[int, float] = {}
        while len(back) < len(visits) and time.monotonic() < began + VANISHED_S + 10 * ALLOWED_S:
            await asyncio.sleep(0.2)
            back |= {v.number: at - began for v in visits for at in v.back_in_queue if at >= began}
        late = sum(1 for s in back.values() if s > VANISHED_S + ALLOWED_S) + len(visits) - len(back)
        self.wrong["returned_late"] += late
        self.hurt["cut_off"] = {"had": len(visits), "back_s": round(max(back.values(), default=0.0), 1), "set_s": VANISHED_S}
        self._progress(f"cut off and returned: {self.hurt['cut_off']}")

    async def _tell(self) -> None:
        while True:
            await asyncio.sleep(10)
            visits = self._hall.visits
            queued, over = sum(1 for v in visits if v.answered_at), sum(1 for v in visits if v.over.is_set())
            first, each = (quantile(values, 0.95) for values in self._hall.waits())
            load = os.getloadavg()[0]
            self._progress(f"queued {queued}, done {over}, seen p95 {first:.2f} s, by all {each:.2f} s, load {load:.0f}")


def figures(hall: Hall, run: Run, found: books.Found) -> dict[str, Any]:
    """What is reported."""
    wrong = run.wrong + Counter(hall.faults) + found.faults
    for visit in hall.visits:
        wrong += audit(visit.talk, found.said.get(visit.conversation_id, []))
    first, each = hall.waits()
    answers = [visit.answered_at - visit.asked_at for visit in hall.visits if visit.answered_at]
    if quantile(each, 0.95) > TARGET_S:
        wrong["visible_too_late"] += 1
    said = [len(texts) for visit in hall.visits for texts in visit.talk.said.values()]
    return {
        "citizens": len(hall.visits), "operators": len(run.operators), "messages": sum(said),
        "repeated": hall.repeats, "claims": found.claims, "too_late_claims": hall.too_late, "transfers": hall.transfers,
        "raised": dict(Counter(hall.raised.values())),
        "visible_s": _spread(each), "first_visible_s": _spread(first), "handed_off_s": _spread(answers), **run.hurt,
        "violations": dict(wrong),
    }  # fmt: skip


def _spread(values: list[float]) -> dict[str, float]:
    shares = {"p50": 0.5, "p95": 0.95, "max": 1.0}
    return {name: round(quantile(values, share), 2) for name, share in shares.items()} | {"count": len(values)}


def _waiting(hall: Hall, items: list[dict[str, Any]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {group: [] for group in GROUPS.values()}
    for item in items:
        if item["state"] == "waiting":
            found[GROUPS[hall.by_id[item["conversation_id"]].region]].append(item["conversation_id"])
    return found


def _entitled(hall: Hall, items: list[dict[str, Any]], before: list[str], killed_at: float) -> set[str]:
    """Who may stand before one of those who waited: the places are of the moment one asked, not of the one it was noted.

    She asked before the app was killed, and, as the desk has it, before the last of them did; or her reason is a graver one.
    """
    last = max((hall.queued_at[one] for one in before if one in hall.queued_at), default="")
    waiting = [item for item in items if item["state"] == "waiting"]
    earlier = {
        item["conversation_id"] for item in waiting
        if item["queued_at"] < last and hall.by_id[item["conversation_id"]].asked_at < killed_at
    }  # fmt: skip
    return (earlier | {item["conversation_id"] for item in waiting if item["first"]}) - set(before)


def _app(data_dir: Path) -> int:
    """The app's process among those of this run."""
    for pid in leftovers.find(data_dir):
        if b"channels.app:create_app" in Path(f"/proc/{pid}/cmdline").read_bytes():
            return pid
    raise RuntimeError("no app is running")
