"""`bandao serve` under test: started as a person would, on free ports and in a folder of its own."""

from __future__ import annotations

import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from assistant.foundation.settings import ROOT
from channels.serve.supervisor import tied

READY_SECONDS = 300
STOP_SECONDS = 20


class Stack:
    """A running `bandao serve`. Entered, it is ready; left, everything it started has ended.

    ``base_url`` is the chat page and the API, ``office_url`` the sandbox's receiving office, ``office_key`` the key of its
    page, ``console_login`` the (login, password) made on the first start, ``data_dir`` its data folder.
    """

    def __init__(self, folder: Path, **environment: str) -> None:
        self.data_dir = folder / "data"
        self.port = free_ports(4)
        self.base_url = f"http://127.0.0.1:{self.port}"
        self.office_url = ""
        self.office_key = ""
        self.console_login = ("", "")
        self.events: list[dict[str, Any]] = []
        kept = {name: value for name, value in os.environ.items() if not name.startswith("BANDAO_")}
        self._environment = {
            **kept, "PYTHONPATH": str(ROOT), "BANDAO_RATE_PER_CONVERSATION": "0", "BANDAO_RATE_PER_ADDRESS": "0",
            "BANDAO_QUIET_HOURS": "", **environment,  # or what is tried at night would be told in the morning
        }

    def __enter__(self) -> Stack:
        self.events = []
        self._arriving: queue.Queue[dict[str, Any] | None] = queue.Queue()
        options = ["--port", str(self.port), "--data", str(self.data_dir), "--json"]
        self.process = subprocess.Popen(
            tied([sys.executable, "-m", "channels.cli", "serve", *options]),  # a test run that is killed leaves nothing behind
            cwd=ROOT, env=self._environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, args=(self._arriving,), daemon=True)
        self._reader.start()
        try:
            self.wait_for("how_to_stop", READY_SECONDS)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def stop(self) -> int:
        """Ask it to stop, as Ctrl-C does, and return its exit status. Nothing happens if it has ended."""
        self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        finally:
            self._reader.join(STOP_SECONDS)
            if self.process.stdout is not None:
                self.process.stdout.close()

    def wait_for(self, event: str, seconds: float) -> dict[str, Any]:
        """The next event of this name.

        Raises:
            AssertionError: it did not come in time, or `serve` ended; with everything it said.
        """
        deadline = time.monotonic() + seconds
        while True:
            try:
                arrived = self._arriving.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"no {event} within {seconds} s: {self._story()}") from None
            if arrived is None:
                raise AssertionError(f"serve ended with {self.process.wait(STOP_SECONDS)}: {self._story()}")
            if arrived.get("event") == event:
                return arrived

    def log(self, program: str) -> str:
        """What a program wrote to its log."""
        return (self.data_dir / "logs" / f"{program}.log").read_text(encoding="utf-8", errors="replace")

    def _read(self, arriving: queue.Queue[dict[str, Any] | None]) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                event = json.loads(line)
                self.events.append(event)
                match event.get("event"):
                    case "first_login":
                        self.console_login = (event["login"], event["password"])
                    case "address_office":
                        self.office_url, self.office_key = event["url"], event["key"]
                arriving.put(event)
        arriving.put(None)

    def _story(self) -> str:
        return "\n".join(event.get("text", str(event)) for event in self.events)


def free_ports(count: int) -> int:
    """The first of ``count`` neighbouring TCP ports of 127.0.0.1 that are free now."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            first: int = probe.getsockname()[1]
        if first + count < 65536 and all(_free(first + offset) for offset in range(count)):
            return first


def _free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
