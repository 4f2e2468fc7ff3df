"""Rasa as anyone would run it, to measure ours against: the same model and rules, nothing of ours loaded into it.

Two processes of Rasa's environment, configured as its own documentation does: ``rasa run`` with the REST channel and its
default in-memory tracker store, and the plain action server of rasa-sdk with actions of the same names.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from assistant.engine import training

HERE = Path(__file__).resolve().parent
READY_SECONDS = 120.0


class StockFailed(RuntimeError):
    """A process of the comparison did not come up; the message ends with what it said last."""


@dataclass
class Stock:
    """Stock Rasa, running. Send ``{sender, message}`` to ``url``; the answer is a list of ``{recipient_id, text}``."""

    url: str
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def pids(self) -> list[int]:
        """Process ids: the action server, then Rasa."""
        return [process.pid for process in self.processes]

    def stop(self) -> None:
        """End both processes and whatever they started."""
        for process in reversed(self.processes):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def start_stock(workdir: Path, models_dir: Path | None = None) -> Stock:
    """Start both processes and wait until Rasa answers.

    Args:
        workdir: where their logs go.
        models_dir: where the trained model is, or is to be; by default the project's ``models``.

    Raises:
        StockFailed: when one of them ends or stays silent.
        assistant.engine.training.TrainingFailed: when there is no model and none can be trained.
    """
    workdir.mkdir(parents=True, exist_ok=True)
    models_dir = models_dir or training.ROOT / "models"
    model = training.train(models_dir=models_dir)
    actions_port, rasa_port = _free_port(), _free_port()
    python = str(training.engine_python())
    env = {
        **os.environ,
        "PYTHONPATH": str(training.ROOT),  # the model's own components, which are part of the model
        "BANDAO_CATALOGUE": str(models_dir / training.CATALOGUE_FILE),
        "RASA_TELEMETRY_ENABLED": "false",  # it would wait for a network that may not be there
        "STOCK_ACTIONS_URL": f"http://127.0.0.1:{actions_port}/webhook",
    }
    actions = [python, "-m", "rasa_sdk", "--actions", "benchmarks.stock.actions", "--port", str(actions_port)]
    rasa = [
        *(python, "-m", "rasa", "run", "--interface", "127.0.0.1", "--port", str(rasa_port), "--model", str(model)),
        *("--endpoints", str(HERE / "endpoints.yml"), "--credentials", str(HERE / "credentials.yml")),
    ]
    stock = Stock(url=f"http://127.0.0.1:{rasa_port}/webhooks/rest/webhook")
    try:
        _start(stock, actions, env, workdir / "actions.log", f"http://127.0.0.1:{actions_port}/health")
        _start(stock, rasa, env, workdir / "rasa.log", f"http://127.0.0.1:{rasa_port}/webhooks/rest/")
    except BaseException:
        stock.stop()
        raise
    return stock


@contextmanager
def stock_running(workdir: Path, models_dir: Path | None = None) -> Iterator[Stock]:
    """``start_stock`` for a ``with`` statement."""
    stock = start_stock(workdir, models_dir)
    try:
        yield stock
    finally:
        stock.stop()


def _start(stock: Stock, command: list[str], env: dict[str, str], log: Path, health: str) -> None:
    with log.open("wb") as output:
        # A session of its own, so that stopping reaches every process it starts.
        process = subprocess.Popen(
            command, cwd=training.ROOT, env=env, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    stock.processes.append(process)
    deadline = time.monotonic() + READY_SECONDS
    while not _answers(health):
        if process.poll() is not None or time.monotonic() > deadline:
            said = log.read_text(encoding="utf-8", errors="replace").splitlines()[-10:]
            raise StockFailed(f"{log.stem} is not up\n" + "\n".join(said))
        time.sleep(0.1)


def _answers(url: str) -> bool:
    # Built without handlers for proxies: the process is on this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
