"""What must be done before the processes start: trained models, a migrated database, somebody who can sign in.

It runs in a process of its own, because training loads libraries that `serve` would then hold for good.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from assistant.foundation.settings import ROOT, Settings, get_settings
from channels.serve.report import Report
from channels.serve.supervisor import tied

MODULE = "channels.serve.preparation"


class PreparationFailed(RuntimeError):
    """A step before the start did not work; ``log`` has everything it said, ``last`` its last words."""

    def __init__(self, log: Path, last: str) -> None:
        super().__init__(f"preparation failed, see {log}")
        self.log = log
        self.last = last


def prepare_apart(environment: Mapping[str, str], log: Path, report: Report) -> dict[str, str] | None:
    """Run ``prepare`` in another process, passing on what it says.

    Returns:
        The first login (``login``, ``password``, and the ``file`` they are kept in), if one was made now.

    Raises:
        PreparationFailed: it ended with an error.
    """
    login: dict[str, str] | None = None
    with log.open("w", encoding="utf-8") as errors:
        os.chmod(log, 0o600)
        process = subprocess.Popen(
            tied([sys.executable, "-m", MODULE]), cwd=ROOT, env=dict(environment), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=errors, text=True, start_new_session=True,
        )
        try:
            assert process.stdout is not None
            for line in process.stdout:
                told = json.loads(line)
                if "login" in told:
                    login = told["login"]
                else:
                    report.say(told["key"], **told["params"])
            status = process.wait()
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)  # with the trainer it may have started
            process.wait()
            raise
    if status != 0:
        lines = [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
        raise PreparationFailed(log, lines[-1] if lines else "")
    return login


def prepare(settings: Settings) -> None:
    """Do what is missing; a second time there is nothing to do but to look."""
    from channels.serve.training import train

    train(settings, _tell)
    _tell("migrating")
    _first_login(settings)


def _first_login(settings: Settings) -> None:
    from assistant.foundation.crypto import KeyRing
    from assistant.foundation.database import Database

    database = Database(settings.database_url, KeyRing.open(settings.keyring_path), settings.fsync)
    try:
        database.upgrade()
        from assistant.desk.accounts import first_login

        made = first_login(database)
    finally:
        database.dispose()
    if made is not None:
        login, password = made
        file = settings.keys_dir / "first-login.txt"
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as text:
            text.write(f"{login}\n{password}\n")
        print(json.dumps({"login": {"login": login, "password": password, "file": str(file)}}), flush=True)


def _tell(key: str, /, **params: object) -> None:
    print(json.dumps({"key": key, "params": params}, default=str), flush=True)


if __name__ == "__main__":
    prepare(get_settings())
