"""A home with one case in it that has just been confirmed, as the turn that confirms it leaves it; and a receiving office."""

from __future__ import annotations

import hashlib
import io
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import insert

from assistant.casework import repository
from assistant.casework.model import Case, CaseStatus, PackageRef
from assistant.casework.submission import outbox, parts
from assistant.foundation.blobs import BlobStore
from assistant.foundation.clock import SystemClock
from assistant.foundation.crypto import KeyRing
from assistant.foundation.database import Database
from assistant.foundation.settings import ROOT
from assistant.foundation.tables import conversation
from benchmarks.recovery.server import Server

GUIDE, NAME = "company-address-change", "公司住所变更登记"
PATIENCE_S = 300.0


@dataclass(frozen=True)
class Home:
    """The data folder of one product. ``url`` is its database: SQLite in the folder, or one of a PostgreSQL server."""

    folder: Path
    server: Server | None = None
    name: str = ""

    @property
    def url(self) -> str:
        """SQLite, as delivered, or PostgreSQL."""
        return self.server.address(self.name) if self.server else f"sqlite:///{self.folder / 'bandao.db'}"

    def keyring(self) -> KeyRing:
        """The keys of this home."""
        return KeyRing.open(self.folder / "keyring.json")

    def database(self) -> Database:
        """The database, opened."""
        return Database(self.url, self.keyring(), "full")

    def blobs(self) -> BlobStore:
        """Where the packages lie."""
        return BlobStore(self.folder / "blobs", self.keyring())


def template(folder: Path, server: Server | None = None) -> Home:
    """An empty home with all its tables, to be copied."""
    folder.mkdir(parents=True, exist_ok=True)
    home = Home(folder, server, "blank")
    if server:
        server.tell("CREATE DATABASE blank")
    db = home.database()
    db.upgrade()
    db.dispose()
    return home


def copy(of: Home, folder: Path) -> Home:
    """A home of its own."""
    shutil.copytree(of.folder, folder)
    name = f"run_{secrets.token_hex(6)}"
    if of.server:
        of.server.tell(f"CREATE DATABASE {name} TEMPLATE {of.name}")
    return Home(folder, of.server, name)


def confirm(home: Home, numbers: list[str], built: bytes | None = None) -> dict[str, str]:
    """Cases confirmed and noted to be sent, each in one transaction as a turn does it; their packages' SHA-256 by number.

    ``built`` is the package if it is not to be a small one.
    """
    db, blobs, made = home.database(), home.blobs(), {}
    now = SystemClock().now()
    for number in numbers:
        data = built or package(number)
        made[number] = hashlib.sha256(data).hexdigest()
        ref = PackageRef(version=1, sha256=made[number], blob_id=blobs.put(data), built_at=now)
        case = Case(
            case_no=number, guide_code=GUIDE, guide_name=NAME, guide_version="1", status=CaseStatus.READY, package=ref,
            package_version=1, created_at=now, updated_at=now,
        )  # fmt: skip
        parts.submit(case, now)
        with db.write() as conn:
            conn.execute(insert(conversation).values(**talk_of(number, now)))
            repository.save(conn, case, f"c-{number}", now)
            outbox.add(conn, number, 1, now)
    db.dispose()
    return made


def talk_of(number: str, now: datetime) -> dict[str, Any]:
    """The row of the conversation a case belongs to."""
    return {
        "id": f"c-{number}", "token_hash": secrets.token_hex(32), "token_expires_at": now + timedelta(days=30), "channel": "web",
        "locale": "zh-CN", "owner": "bot", "created_at": now, "updated_at": now, "revision": 0, "turn_count": 0, "state": {},
        "last_event": 0,
    }  # fmt: skip


def package(number: str) -> bytes:
    """A small package as the product builds them: the office checks every hash in it."""
    form = f"form of {number}".encode() * 50
    listed = {"path": "01_申请书.pdf", "title": "申请书", "kind": "form", "sha256": hashlib.sha256(form).hexdigest()}
    document = {
        "schema": "1", "case_no": number, "version": 1, "guide": {"code": GUIDE, "name": NAME, "version": "1"},
        "files": [listed], "fields": [], "signatures": [],
    }  # fmt: skip
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo("01_申请书.pdf"), form)
        archive.writestr(zipfile.ZipInfo("manifest.json"), json.dumps(document, ensure_ascii=False))
    return buffer.getvalue()


class Office:
    """The sandbox's receiving office as a process that can be killed."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.url, self.key, self.folder = f"http://127.0.0.1:{self.port}", secrets.token_hex(16), folder
        self.http = httpx.Client(base_url=self.url, headers={"X-Api-Key": self.key}, trust_env=False, timeout=60)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, or start it again where it was."""
        command = [sys.executable, "-m", "sandbox", "--port", str(self.port), "--data", str(self.folder)]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("BANDAO_")}
        self.process = subprocess.Popen(
            command, cwd=ROOT, env={**kept, "BANDAO_OFFICE_KEY": self.key}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until(self.answers)

    @property
    def dead(self) -> bool:
        """Whether somebody has killed it."""
        return self.process is None or self.process.poll() is not None

    def kill(self) -> None:
        """kill -9."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def answers(self) -> bool:
        """Whether it is up."""
        try:
            return self.http.get("/healthz").status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def misbehave(self, mode: str, **more: Any) -> None:
        """Set one of the sandbox's faults."""
        self.http.post("/office/v1/admin/faults", json={"mode": mode, **more}).raise_for_status()

    def files(self, number: str) -> list[dict[str, Any]]:
        """What it holds of a case."""
        found = self.http.get("/office/v1/submissions", params={"case_no": number}).raise_for_status()
        return list(found.json()["items"])

    def decide(self, number: str) -> None:
        """Accept, examine, approve and deliver, as staff would."""
        for action in ("accept", "review", "approve", "deliver"):
            url = f"/office/v1/admin/submissions/{self.files(number)[0]['receipt_no']}/actions"
            self.http.post(url, json={"action": action, "text": ""}).raise_for_status()


def until(true: Callable[[], object], seconds: float = PATIENCE_S) -> None:
    """Wait for what another process does.

    Raises:
        TimeoutError: it does not come.
    """
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.02)
