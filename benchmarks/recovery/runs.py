"""The runs: one case each, hurt once or more on its way, then left alone until it has arrived; and what is checked then."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from sqlalchemy import select

from assistant.casework import repository
from assistant.casework.model import CaseStatus
from assistant.foundation import audit
from assistant.foundation.tables import case_event, event
from benchmarks.recovery import scene, victim
from benchmarks.recovery.scene import Home, Office

_fork = multiprocessing.get_context("fork")
PHASES = ("sent", "closed")
LIES = ("accept_then_timeout", "accept_then_error500", "error500", "broken_json", "lying_number", "slow", "down")
READING = ("wrong_case", "history_twice", "history_impossible", "error500", "broken_json")


@dataclass(frozen=True)
class Hurt:
    """What happens in one run: ``kind`` in which ``phase``; ``at`` a boundary, ``after_s`` a moment, ``fault`` the office's."""

    kind: str
    phase: str
    at: int = 0
    after_s: float = 0.0
    fault: str = ""


@dataclass
class Verdict:
    """How a run ended: ``faults`` is empty where nothing was lost, doubled or broken."""

    hurt: Hurt
    killed: bool
    seconds: float
    faults: list[str]


def plan(boundaries: dict[str, int], commits: dict[str, int], least: int, seed: int) -> Iterator[Hurt]:
    """Every boundary once, every commit's connection once, every fault of the office, and at random until there are enough."""
    made = 0
    for phase in PHASES:
        for at in range(1, boundaries[phase] + 1):
            yield Hurt("app", phase, at=at)
            made += 1
        for at in range(1, commits[phase] + 1):
            yield Hurt("connection", phase, at=at)
            made += 1
    for phase, faults in (("sent", LIES), ("closed", READING)):
        for fault in faults:
            yield Hurt("fault", phase, fault=fault)
            made += 1
    dice = random.Random(seed)
    while made < least:
        phase = dice.choice(PHASES)
        kind = dice.choice(("app", "office", "both"))
        # Later than the start of the service, which takes about half a second, so that most hits are amid the work.
        yield Hurt(f"{kind} at random", phase, after_s=dice.uniform(0.2, 1.6))
        made += 1


class Runner:
    """Makes runs in ``folder`` with one office."""

    def __init__(self, folder: Path, office: Office, name: str) -> None:
        self.folder, self.office, self.name = folder, office, name
        self.blank = scene.template(folder / "blank")
        self.made = 0

    def count(self, *, commits: bool) -> dict[str, int]:
        """The boundaries of each phase when nothing goes wrong."""
        home, number, sha256 = self._home()
        found = {}
        for phase in PHASES:
            report = home.folder / f"{phase}.count"
            self._live(home, phase, breaks=commits, report=report)
            found[phase] = int(report.read_text(encoding="ascii"))
            if phase == "sent":
                self.office.decide(number)
        if faults := self._faults(home, number, sha256):
            raise RuntimeError(f"an undisturbed run went wrong: {faults}")
        return found

    def run(self, hurt: Hurt) -> Verdict:
        """One run."""
        began = time.monotonic()
        home, number, sha256 = self._home()
        killed = False
        try:
            for phase in PHASES:
                if phase == hurt.phase:
                    killed = self._hurt(home, hurt)
                self._live(home, phase)
                if phase == "sent":
                    self.office.decide(number)
            faults = self._faults(home, number, sha256)
        except TimeoutError:
            faults = ["never arrived"]
        finally:
            self.office.misbehave("ok")
        return Verdict(hurt, killed, time.monotonic() - began, faults)

    def _home(self) -> tuple[Home, str, str]:
        self.made += 1
        number = f"BD-{self.name}-{self.made:05d}"
        home = scene.copy(self.blank, self.folder / number)
        return home, number, scene.confirm(home, [number])[number]

    def _hurt(self, home: Home, hurt: Hurt) -> bool:
        """Let it live through the harm; whether the app was killed by it."""
        if hurt.fault:
            self.office.misbehave(hurt.fault, count=2, seconds=4)
            return False
        if hurt.kind == "connection":
            self._live(home, hurt.phase, at=hurt.at, breaks=True)
            return True
        process = self._start(home, hurt.phase, at=hurt.at)
        if hurt.at:
            process.join(scene.PATIENCE_S)
            return process.exitcode not in (0, None)
        time.sleep(hurt.after_s)
        if "office" in hurt.kind or "both" in hurt.kind:
            self.office.kill()
        if "app" in hurt.kind or "both" in hurt.kind:
            process.kill()
        process.join(0.5)
        if self.office.process is None:
            self.office.start()
        process.join(scene.PATIENCE_S)
        return process.exitcode not in (0, None) or "office" in hurt.kind

    def _live(self, home: Home, phase: str, *, at: int = 0, breaks: bool = False, report: Path | None = None) -> None:
        process = self._start(home, phase, at=at, breaks=breaks, report=report)
        process.join(scene.PATIENCE_S)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise TimeoutError
        if process.exitcode != victim.DONE:
            raise RuntimeError(f"the service ended by itself with {process.exitcode}")

    def _start(self, home: Home, phase: str, *, at: int = 0, breaks: bool = False, report: Path | None = None) -> BaseProcess:
        arguments = (home, self.office.url, self.office.key, phase, at)
        process = _fork.Process(target=victim.live, args=arguments, kwargs={"breaks": breaks, "report": report}, daemon=True)
        process.start()
        return process

    def _faults(self, home: Home, number: str, sha256: str) -> list[str]:
        """What is wrong with the case, at home or at the office, now that it should have arrived."""
        files = self.office.files(number)
        if len(files) != 1:
            return [f"{len(files)} files at the office"]
        db = home.database()
        with db.read() as conn:
            found = repository.find(conn, number)
            chain = audit.verify(conn)
            events = [tuple(row) for row in conn.execute(select(case_event.c.kind, case_event.c.part, case_event.c.status)).all()]
            told = [row.data for row in conn.execute(select(event.c.data).where(event.c.kind == "message")).all()]
        db.dispose()
        case = found[0] if found else None
        lines = Counter((entry.status, entry.text, entry.at) for entry in case.timeline) if case else Counter()
        versions = [(held["version"], held["sha256"]) for held in files[0]["versions"]]
        checks: dict[str, Callable[[], Any]] = {
            "sent twice or with other bytes": lambda: versions == [(1, sha256)],
            "the case is lost": lambda: case is not None,
            "not delivered": lambda: case is not None and case.status is CaseStatus.DELIVERED,
            "another number than the office's": lambda: case is not None and case.parts[0].office_ref == files[0]["receipt_no"],
            "another package at home": lambda: case is not None and case.package is not None and case.package.sha256 == sha256,
            "a line of the timeline twice": lambda: not [line for line, times in lines.items() if times > 1],
            "an event twice": lambda: not [one for one, times in Counter(events).items() if times > 1],
            "told twice": lambda: not [one for one, times in Counter(str(data) for data in told).items() if times > 1],
            "the audit chain is broken": lambda: chain.ok,
        }
        return [name for name, holds in checks.items() if not holds()]
