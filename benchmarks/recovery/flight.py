"""Ten thousand cases at their offices, and the app is killed: how long until it works again, and is every clock right?

The cases are of many days, so that some clocks are quiet and others near their end or past it; half a thousand of them have
not been sent yet. What their clocks say is reckoned before the app is killed and again when it has been started.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, insert, select

from assistant.casework import repository
from assistant.casework.clocks.limits import Limits, limits_of
from assistant.casework.clocks.running import ClockKind, RunningClock, clocks_of
from assistant.casework.clocks.standing import Standing, day_of, of_case
from assistant.casework.clocks.sweep import ClockSweep
from assistant.casework.model import Case, CaseStatus, PackageRef, TimelineEntry
from assistant.casework.submission import outbox, parts
from assistant.casework.submission.backoff import Backoff
from assistant.casework.submission.http_office import HttpOffice
from assistant.casework.submission.office import Consignment, Item
from assistant.casework.submission.workflow import SubmissionService
from assistant.conversation.far_side import CaseSink, package_loader
from assistant.foundation.clock import SystemClock
from assistant.foundation.database import Database
from assistant.foundation.settings import ROOT, Settings
from assistant.foundation.tables import case_event, conversation, submission
from benchmarks.recovery import scene
from benchmarks.recovery.scene import GUIDE, NAME, Home, Office
from knowledge.catalogue import Catalogue

_FORK = multiprocessing.get_context("fork")
UNSENT = 500
_DAYS_BACK = 60
_BEFORE_KILL_S = 4.0


def measure(count: int) -> dict[str, Any]:
    """Put ``count`` cases in flight, kill the app amid them, start it again; seconds and what was wrong."""
    with tempfile.TemporaryDirectory(prefix="bandao-flight-") as folder:
        home, office = scene.template(Path(folder) / "home"), Office(Path(folder) / "office")
        office.start()
        try:
            _fill(home, office, count)
            before = _dues(home)
            app = _start(home, office, None)
            time.sleep(_BEFORE_KILL_S)
            app.kill()
            app.join()
            report = Path(folder) / "report.json"
            again = _start(home, office, report)
            again.join(600)
            if again.exitcode != 0:
                raise RuntimeError(f"the restarted app ended with {again.exitcode}")
            found = json.loads(report.read_text(encoding="utf-8"))
            wrong = _differing(before, _dues(home))
            return {"cases": count, "unsent": UNSENT, **found, "clocks_wrong": wrong, **_doubled(home, office)}
        finally:
            office.kill()


def _fill(home: Home, office: Office, count: int) -> None:
    """The cases, as days of work would have left them."""
    now = SystemClock().now()
    scene.confirm(home, [f"BD-new-{number:05d}" for number in range(UNSENT)])
    db, client = home.database(), HttpOffice(office.url, office.key)
    numbers = [f"BD-old-{number:05d}" for number in range(count - UNSENT)]
    with ThreadPoolExecutor(8) as pool:
        receipts = dict(zip(numbers, pool.map(lambda number: _hand_over(client, number), numbers), strict=True))
    for start in range(0, len(numbers), 500):
        with db.write() as conn:
            for place, number in enumerate(numbers[start : start + 500], start):
                _under_way(conn, number, receipts[number], now - timedelta(days=place % _DAYS_BACK, hours=1), now)
    client.close()
    db.dispose()


def _hand_over(client: HttpOffice, number: str) -> str:
    data = scene.package(number)
    item = Item(code=GUIDE, name=NAME, version="1")
    sha256 = hashlib.sha256(data).hexdigest()
    sending = Consignment(case_no=number, version=1, item=item, package=data, sha256=sha256, key=f"{number}-1")
    return client.send(sending).receipt_no


def _under_way(conn: Connection, number: str, receipt: str, sent: datetime, now: datetime) -> None:
    """A case the office has had since ``sent`` and has not decided."""
    data = scene.package(number)
    ref = PackageRef(version=1, sha256=hashlib.sha256(data).hexdigest(), blob_id="0" * 32, built_at=sent)
    case = Case(
        case_no=number, guide_code=GUIDE, guide_name=NAME, guide_version="1", status=CaseStatus.READY, package=ref,
        package_version=1, created_at=sent, updated_at=sent,
    )  # fmt: skip
    parts.submit(case, sent)
    parts.received(case, "", receipt, sent)
    case.office_ref = receipt
    lines = [(CaseStatus.SUBMITTED, "已收件")]
    if sent.day % 2:
        parts.move(case, "", CaseStatus.ACCEPTED, sent)
        lines.append((CaseStatus.ACCEPTED, "已受理"))
    case.timeline = [TimelineEntry(at=sent, status=status, who="office", text=text) for status, text in lines]
    conn.execute(insert(conversation).values(**scene.talk_of(number, now)))
    repository.save(conn, case, f"c-{number}", now)
    outbox.add(conn, number, 1, sent)
    row = outbox.get(conn, number, 1)
    assert row is not None
    outbox.sent(conn, row, receipt, now)


def _start(home: Home, office: Office, report: Path | None) -> BaseProcess:
    process = _FORK.Process(target=_live, args=(home, office.url, office.key, report), daemon=True)
    process.start()
    return process


def _live(home: Home, url: str, key: str, report: Path | None) -> None:
    """The parts of the app that look after cases under way; ends when all is taken up, if ``report`` asks for it."""
    began = time.monotonic()
    db, clock = Database(home.url, home.keyring(), "full"), SystemClock()
    settings = Settings(data_dir=home.folder, database_url=home.url, sandbox_url=url, office_api_key=key)
    service = SubmissionService(
        settings, db, package_loader(db, home.blobs()), CaseSink(db, clock), office=HttpOffice(url, key), clock=clock,
        backoff=Backoff(first_s=0.2), scan_every_s=1.0, poll_s=0.2,
    )  # fmt: skip
    service.start()
    took = {"started_s": time.monotonic() - began}
    guide = Catalogue.load(ROOT / "knowledge" / "guides").get(GUIDE)
    assert guide is not None
    sweep = ClockSweep(db, clock, lambda _case: guide, lambda _code: None, lambda *_: None, lambda _conversation: None)
    sweep.run()
    took["clocks_s"] = time.monotonic() - began
    while _unsent(db):
        time.sleep(0.1)
    took["unsent_sent_s"] = time.monotonic() - began
    if report is not None:
        report.write_text(json.dumps({name: round(seconds, 1) for name, seconds in took.items()}), encoding="utf-8")
    os._exit(0)


def _unsent(db: Database) -> int:
    with db.read() as conn:
        return int(conn.execute(select(func.count()).where(submission.c.state == "pending")).scalar_one())


def _dues(home: Home) -> dict[str, list[str]]:
    """What every clock of every case under way says today, but for those the law ends meanwhile."""
    guide = Catalogue.load(ROOT / "knowledge" / "guides").get(GUIDE)
    assert guide is not None
    limits, today, db = limits_of(guide, {}), day_of(SystemClock().now()), home.database()
    with db.read() as conn:
        numbers = [f"BD-old-{number:05d}" for number in range(_count(conn))]
        found = [repository.find(conn, number) for number in numbers]
    db.dispose()
    cases = [held[0] for held in found if held is not None]
    return {
        case.case_no: [f"{clock.kind} {clock.reckoned.due}" for stands in of_case(case) for clock in _of(stands, limits, today)]
        for case in cases
    }


def _of(stands: Standing, limits: Limits, today: date) -> list[RunningClock]:
    return [clock for clock in clocks_of(stands, limits, today) if clock.kind is not ClockKind.ACCEPTANCE and not stands.deemed]


def _count(conn: Connection) -> int:
    return int(conn.execute(select(func.count()).where(submission.c.case_no.like("BD-old-%"))).scalar_one())


def _differing(before: dict[str, list[str]], after: dict[str, list[str]]) -> int:
    return sum(1 for number, clocks in before.items() if clocks and after.get(number) != clocks)


def _doubled(home: Home, office: Office) -> dict[str, int]:
    """Warnings written twice, and new cases the office has twice or not at all."""
    db = home.database()
    with db.read() as conn:
        columns = (case_event.c.case_no, case_event.c.part, case_event.c.status)
        query = select(*columns).where(case_event.c.kind == "clock").group_by(*columns).having(func.count() > 1)
        twice = len(conn.execute(query).all())
        warned = int(conn.execute(select(func.count()).where(case_event.c.kind == "clock")).scalar_one())
    db.dispose()
    wrong = sum(len(office.files(f"BD-new-{number:05d}")) != 1 for number in range(UNSENT))
    return {"warned": warned, "warned_twice": twice, "lost_or_sent_twice": wrong}
