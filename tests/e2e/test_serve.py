"""`bandao serve` as an operator lives with it: one at a time, restarted by itself, back after the worst, quick to stop."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from assistant.foundation.settings import ROOT
from benchmarks.citizens.citizen import Citizen
from benchmarks.stack import Stack
from channels.serve import leftovers
from channels.serve.readiness import local_client

PATIENCE_S = 120
STOP_S = 18
"""Less than what a test waits for at most; what it takes is eight seconds for whoever does not stop by itself."""

pytestmark = [pytest.mark.server, pytest.mark.timeout(600)]


def until(condition: Callable[[], bool], seconds: float = PATIENCE_S) -> None:
    """Wait until it holds; processes end and start in their own time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.1)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    leftovers.end(tmp_path / "data")


def test_a_life_of_serve(folder: Path) -> None:
    with Stack(folder) as stack, local_client(timeout_s=10.0) as client:

        def ready() -> bool:
            try:
                return client.get(f"{stack.base_url}/readyz").status_code == httpx.codes.OK
            except httpx.HTTPError:
                return False

        assert ready()
        login, password = stack.console_login
        assert login and password
        kept = stack.data_dir / "keys" / "first-login.txt"
        assert kept.read_text(encoding="utf-8").split() == [login, password]
        assert kept.stat().st_mode & 0o077 == 0
        assert client.get(stack.office_url).status_code < 400

        # A second one on the same data is told about the first, and disturbs nothing.
        second = subprocess.run(
            [sys.executable, "-m", "channels.cli", "serve", "--port", str(stack.port), "--data", str(stack.data_dir)],
            cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S, check=False,
        )
        assert second.returncode == 1 and stack.base_url in second.stderr
        assert ready()

        citizen = Citizen(stack.base_url)
        citizen.say("我们公司搬家了，执照上的地址要改")
        citizen.say("租的")

        # The engine is killed: it comes back without anybody's help.
        engine = next(pid for pid in leftovers.find(stack.data_dir) if "assistant.engine.serve" in _command(pid))
        os.kill(engine, signal.SIGKILL)
        assert stack.wait_for("ended", PATIENCE_S)["program"] == "engine"
        until(ready)
        assert citizen.say("没丢，还在")["case"]["filled"] == 2

        # Everything is killed, and the next start is not in the least impeded.
        everything = leftovers.find(stack.data_dir)
        assert len(everything) >= len(["supervisord", "engine", "app", "sandbox"])
        stack.process.kill()
        stack.process.wait()
        until(lambda: not leftovers.find(stack.data_dir), 60)

        stack.__enter__()
        assert ready()
        # … and the citizen goes on where she was, the message she is not sure about sent once more.
        before = citizen.post(text="不用，我自己填", client_message_id="after-the-kill")
        assert before.json()["case"]["filled"] == 2 and before.json()["ask"]["field"] == "company_kind"
        assert citizen.post(text="不用，我自己填", client_message_id="after-the-kill").content == before.content
        assert [kind for _, kind, _ in citizen.events()].count("turn") == 4
        assert stack.console_login == (login, password), "the first login is made once"
        assert not [event for event in stack.events if event["event"].startswith("training_")]

        began = time.monotonic()
        assert stack.stop() == 0
        assert time.monotonic() - began < STOP_S
        assert leftovers.find(stack.data_dir) == []


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""
