"""The runs: one case each, hurt once or more on its way, then left alone until it has arrived; and what is checked then."""

from __future__ import annotations

import multiprocessing
import random
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import product
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from sqlalchemy import select

from assistant.casework import repository
from assistant.casework.model import CaseStatus
from assistant.foundation import audit
from assistant.foundation.tables import case_event, event
from benchmarks.recovery import paper, scene, victim
from benchmarks.recovery.scene import Home, Office
from benchmarks.recovery.server import Server

_fork = multiprocessing.get_context("fork")
PHASES = ("sent", "closed")
LIES = ("accept_then_timeout", "accept_then_error500", "error500", "broken_json", "lying_number", "slow", "down")
READING = ("wrong_case", "history_twice", "history_impossible", "error500", "broken_json")


SQLITE, POSTGRES = "SQLite", "PostgreSQL"
WORKER_RUNS = 8


@dataclass(frozen=True)
class Hurt:
    """What happens in one run: ``kind`` in which ``phase``; ``at`` a boundary, ``after_s`` a moment, ``fault`` the office's."""

    kind: str
    phase: str
    at: int = 0
    after_s: float = 0.0
    fault: str = ""
    on: str = SQLITE


@dataclass
class Verdict:
    """How a run ended: ``faults`` is empty where nothing was lost, doubled or broken."""

    hurt: Hurt
    killed: bool
    seconds: float
    faults: list[str]


def plan(boundaries: dict[str, int], commits: dict[str, int], least: int, seed: int) -> Iterator[Hurt]:
    """Everything at every boundary once, every fault of the office, the document worker, and at random until there are enough."""
    dice, made = random.Random(seed), 0
    for on, kind, phase in product((SQLITE, POSTGRES), ("app", "office", "connection"), PHASES):
        for at in range(1, (commits if kind == "connection" else boundaries)[phase] + 1):
            yield Hurt(kind, phase, at=at, on=on)
            made += 1
    for phase, faults in (("sent", LIES), ("closed", READING)):
        for fault in faults:
            yield Hurt("fault", phase, fault=fault)
            made += 1
    for _ in range(WORKER_RUNS):
        yield Hurt("worker", "built", after_s=dice.uniform(0.0, 1.2))
        made += 1
    while made < least:
        on = dice.choice((SQLITE, POSTGRES))
        kinds = ("app", "office", "app and office") if on == SQLITE else ("app", "connection", "database server")
        # Later than the start of the service, which takes about half a second, so that most hits are amid the work.
        yield Hurt(f"{dice.choice(kinds)} at random", dice.choice(PHASES), after_s=dice.uniform(0.2, 1.6), on=on)
        made += 1


class Runner:
    """Makes runs in ``folder`` with one office, and one database server if they are to be on PostgreSQL."""

    def __init__(self, folder: Path, office: Office, name: str, server: Server | None = None) -> None:
        self.folder, self.office, self.name, self.server = folder, office, name, server
        self.blank = scene.template(folder / "blank", server)
        if server is not None:
            self._live(self.blank, "sent")  # the durable workflow makes its tables, too
        self.made = 0

    def count(self, *, commits: bool) -> dict[str, int]:
        """The boundaries of each phase when nothing goes wrong."""
        home, number, sha256 = self._home()
        found = {}
        for phase in PHASES:
            report = home.folder / f"{phase}.count"
            self._live(home, phase, hurts=("connection" if commits else "", 0), report=report)
            found[phase] = int(report.read_text(encoding="ascii"))
            if phase == "sent":
                self.office.decide(number)
        if faults := self._faults(home, number, sha256):
            raise RuntimeError(f"an undisturbed run went wrong: {faults}")
        return found

    def run(self, hurt: Hurt) -> Verdict:
        """One run."""
        began = time.monotonic()
        killed = False
        try:
            home, number, sha256 = self._home(hurt if hurt.kind == "worker" else None)
            killed = hurt.kind == "worker"
            for phase in PHASES:
                if phase == hurt.phase:
                    killed = self._hurt(home, hurt)
                self._live(home, phase)
                if phase == "sent":
                    self.office.decide(number)
            faults = self._faults(home, number, sha256)
        except TimeoutError:
            faults = ["never arrived"]
        except paper.NotBuilt as error:
            faults = [str(error)]
        finally:
            self.office.misbehave("ok")
        return Verdict(hurt, killed, time.monotonic() - began, faults)

    def _home(self, hurt: Hurt | None = None) -> tuple[Home, str, str]:
        self.made += 1
        number = f"BD-{self.name}-{self.made:05d}"
        home = scene.copy(self.blank, self.folder / number)
        built = paper.built(number, self.folder / f"{number}-papers", hurt.after_s) if hurt else None
        return home, number, scene.confirm(home, [number], built)[number]

    def _hurt(self, home: Home, hurt: Hurt) -> bool:
        """Let it live through the harm; whether anything was killed by it."""
        if hurt.fault:
            self.office.misbehave(hurt.fault, count=2, seconds=4)
            return False
        if hurt.at:
            process = self._start(home, hurt.phase, hurts=(hurt.kind, hurt.at))
        else:
            process = self._start(home, hurt.phase)
            time.sleep(hurt.after_s)
            self._kill(home, hurt.kind, process)
        deadline = time.monotonic() + scene.PATIENCE_S
        killed = not hurt.at or hurt.kind == "connection"
        while process.exitcode is None and time.monotonic() < deadline:
            if self.office.dead:
                killed = True
                self.office.start()
            process.join(0.05)
        killed |= self._revived()
        if process.exitcode is None:  # it has to get over the harm without being restarted
            process.kill()
            process.join()
            raise TimeoutError
        return killed or process.exitcode != victim.DONE

    def _revived(self) -> bool:
        """Start the office again if it was killed at the very end, and is perhaps only about to die; whether it was."""
        if self.office.process is not None and not self.office.answers():
            with suppress(subprocess.TimeoutExpired):
                self.office.process.wait(10)
        if not self.office.dead:
            return False
        self.office.start()
        return True

    def _kill(self, home: Home, kind: str, process: BaseProcess) -> None:
        """kill -9 what ``kind`` names, or cut the connections; a database server is started again at once."""
        if "office" in kind:
            self.office.kill()
        if "app" in kind:
            process.kill()
        if home.server is not None and "connection" in kind:
            home.server.cut(home.name)
        if home.server is not None and "server" in kind:
            home.server.kill()
            home.server.start()

    def _live(self, home: Home, phase: str, *, hurts: tuple[str, int] = ("", 0), report: Path | None = None) -> None:
        process = self._start(home, phase, hurts=hurts, report=report)
        process.join(scene.PATIENCE_S)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise TimeoutError
        if process.exitcode != victim.DONE:
            raise RuntimeError(f"the service ended by itself with {process.exitcode}")

    def _start(self, home: Home, phase: str, *, hurts: tuple[str, int] = ("", 0), report: Path | None = None) -> BaseProcess:
        assert self.office.process is not None
        far = (self.office.url, self.office.key, self.office.process.pid)
        process = _fork.Process(target=victim.live, args=(home, far, phase, hurts, report), daemon=True)
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
