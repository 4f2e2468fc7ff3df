"""`serve` from start to end: lock, leftovers, ports, preparation, processes, watching, stopping."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import httpx

from assistant.foundation.settings import ROOT, Settings
from channels.serve import container, leftovers, plan, readiness
from channels.serve.preparation import prepare_apart
from channels.serve.programs import environment, programs, sandbox_dir
from channels.serve.report import Report
from channels.serve.runlock import RunLock
from channels.serve.supervisor import Happening, Supervisor, configuration

READY_SECONDS = 300
"""After this long without being ready, the reason is said; waiting goes on, because restarts do too."""

PROGRESS_SECONDS = 5
SUPERVISOR_PAUSE_SECONDS = 2
LOG_TAIL_LINES = 8
MOST_PROBLEMS = 20


class Stop(BaseException):
    """Somebody asked us to stop. Not an Exception: no handler of errors may swallow it."""


def serve(settings: Settings, report: Report) -> None:
    """Serve until SIGTERM, SIGINT or SIGHUP; returns when everything has ended.

    Raises:
        runlock.AlreadyRunning: somebody serves this data folder already.
        plan.PortTaken: a port is in use by a stranger.
        preparation.PreparationFailed: training or migrating did not work.
    """
    run_dir, log_dir = settings.data_dir / "run", settings.data_dir / "logs"
    with RunLock(run_dir) as lock, stoppable():
        try:
            log_dir.mkdir(mode=0o700, exist_ok=True)
            if ended := leftovers.end(settings.data_dir):
                report.say("leftovers", count=len(ended))
            settings = plan.settle(settings)
            lock.describe(pid=os.getpid(), url=readiness.app_url(settings), port=settings.port, sandbox_url=settings.sandbox_url)
            login = prepare_apart(environment(settings), log_dir / "prepare.log", report)
            config = run_dir / "supervisord.conf"
            config.write_text(configuration(programs(settings), root=ROOT, run_dir=run_dir, log_dir=log_dir), encoding="utf-8")
            while True:
                _run(config, settings, report, login)
                report.say("supervisor_died")
                time.sleep(SUPERVISOR_PAUSE_SECONDS)
        except Stop:
            report.say("stopped")


@contextmanager
def stoppable() -> Iterator[None]:
    """Turn the signals that end us into ``Stop``. A second one ends us at once; the kernel then takes the children."""
    asked = False

    def on_signal(number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            os._exit(128 + number)
        asked = True
        raise Stop

    numbers = [signal.SIGTERM, signal.SIGINT]
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup means it
        numbers.append(signal.SIGHUP)
    before = {number: signal.signal(number, on_signal) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _run(config: Path, settings: Settings, report: Report, login: dict[str, str] | None) -> None:
    """One life of supervisord: returns only if it dies by itself."""
    supervisor = Supervisor(config, environment(settings))
    relay = _Relay(settings, report)
    try:
        _until_ready(supervisor, relay, settings, report)
        _announce(settings, report, login)
        while supervisor.exit_status is None:
            relay(supervisor.next_happening(1.0))
    except Stop:
        report.say("stopping")
        raise
    finally:
        supervisor.stop()


def _until_ready(supervisor: Supervisor, relay: _Relay, settings: Settings, report: Report) -> None:
    began = told = time.monotonic()
    warned = False
    report.say("starting")
    with readiness.local_client() as client:
        while supervisor.exit_status is None:
            waiting = _waiting(settings, client)
            if not waiting:
                report.say("ready", seconds=round(time.monotonic() - began))
                return
            relay(supervisor.next_happening(0.3))
            now = time.monotonic()
            if now - told >= PROGRESS_SECONDS:
                told = now
                report.say("waiting", parts=", ".join(waiting), seconds=round(now - began))
            if now - began >= READY_SECONDS and not warned:
                warned = True
                report.say("not_ready", parts=", ".join(waiting), logs=settings.data_dir / "logs")


def _waiting(settings: Settings, client: httpx.Client) -> list[str]:
    parts = readiness.waits_for(readiness.app_url(settings), client)
    waiting = ["app"] if parts is None else parts
    if plan.runs_sandbox() and not readiness.answers(settings.sandbox_url, client):
        waiting = [*waiting, "sandbox"]
    return waiting


class _Relay:
    """Says what people should know of the programs: that one ended, and the end of its log unless that was said already."""

    def __init__(self, settings: Settings, report: Report) -> None:
        self._logs = settings.data_dir / "logs"
        self._report = report
        self._said: dict[str, list[str]] = {}

    def __call__(self, happening: Happening | None) -> None:
        if happening is None or happening.kind in ("started", "steady"):
            return
        log = self._logs / f"{happening.program}.log"
        self._report.say(happening.kind, program=happening.program, detail=happening.detail, log=log)
        tail = _tail(log)
        if tail != self._said.get(happening.program):
            self._said[happening.program] = tail
            for line in tail:
                self._report.line("log", f"    {line}", {"program": happening.program})


def _tail(log: Path) -> list[str]:
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 8192))
            return file.read().decode(errors="replace").splitlines()[-LOG_TAIL_LINES:]
    except OSError:
        return []


def _announce(settings: Settings, report: Report, login: dict[str, str] | None) -> None:
    url = readiness.app_url(settings)
    details: dict[str, Any] = {"chat": f"{url}/", "console": f"{url}/console/", "data": settings.data_dir}
    report.say("address_chat", url=details["chat"])
    report.say("address_console", url=details["console"])
    if login is not None:
        report.say("first_login", **login)
    if plan.runs_sandbox():
        report.say("address_office", url=f"{settings.sandbox_url}/office/", key=_office_key(settings))
        if container.opens(settings):
            report.say("address_container", url=container.page(settings))
        for problem in _seed_problems(settings):
            report.say("seed_problem", problem=problem)
    report.say("how_to_stop")


def _seed_problems(settings: Settings) -> list[str]:
    """What the sandbox could not read of the records it was given; it says so in its folder, its output goes to a log."""
    try:
        return (sandbox_dir(settings) / "seed-problems.txt").read_text(encoding="utf-8").splitlines()[:MOST_PROBLEMS]
    except OSError:
        return []


def _office_key(settings: Settings) -> str:
    """The demonstration office's own key, which the sandbox keeps in its folder."""
    try:
        return (sandbox_dir(settings) / "staff.key").read_text(encoding="ascii").strip()
    except OSError:
        return ""
