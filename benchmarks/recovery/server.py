"""A PostgreSQL server for the runs in which the database goes away: started in a temporary folder, killed and started again."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import closing
from pathlib import Path

import psycopg

_START_S = 300.0


class Server:
    """One server with its data in a temporary folder. PostgreSQL refuses to run as root: then it runs as ``postgres``."""

    def __init__(self) -> None:
        # Not among the folders of the runs: those are closed to other accounts.
        self._folder = Path(tempfile.mkdtemp(prefix="bandao-postgres-"))
        self._programs = programs()
        self._process: subprocess.Popen[bytes] | None = None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._account: int | None = None
        if os.geteuid() == 0:
            account = pwd.getpwnam("postgres")
            self._account = account.pw_uid
            os.chown(self._folder, account.pw_uid, account.pw_gid)
        options = ["--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8", "--username=postgres"]
        self._run("initdb", "-D", str(self.data), *options).wait()

    @property
    def data(self) -> Path:
        """Its data folder."""
        return self._folder / "data"

    def address(self, database: str, scheme: str = "postgresql+psycopg") -> str:
        """The address of one of its databases."""
        return f"{scheme}://postgres@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start it, or start it again where it was; returns when it answers.

        Raises:
            TimeoutError: it does not.
        """
        deadline = time.monotonic() + _START_S
        settings = {"listen_addresses": "127.0.0.1", "fsync": "off", "max_connections": "100", "shared_buffers": "16MB"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                # One that was killed leaves processes behind, which hold its memory for a moment: tried again.
                self._process = self._run(
                    "postgres", "-D", str(self.data), "-p", str(self.port), "-k", str(self._folder), *options
                )  # fmt: skip
            try:
                self.tell("SELECT 1")
            except psycopg.OperationalError:
                time.sleep(0.1)
            else:
                return
        raise TimeoutError("PostgreSQL does not start")

    def kill(self) -> None:
        """kill -9."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def close(self) -> None:
        """Kill it for good and remove its data."""
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def tell(self, statement: str) -> None:
        """Have a statement executed, outside any transaction."""
        with closing(psycopg.connect(self.address("postgres", "postgresql"), autocommit=True)) as conn:
            conn.execute(statement.encode())

    def cut(self, database: str) -> None:
        """End every connection to a database, as a broken network or an administrator does."""
        self.tell(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'")

    def _run(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (self._folder / f"{program}.out").open("ab") as output:
            return subprocess.Popen(
                [str(self._programs / program), *arguments], stdout=output, stderr=output, cwd=self._folder, user=self._account,
                extra_groups=None if self._account is None else [],
            )  # fmt: skip


def programs() -> Path:
    """The folder of the server's programs: on the path, or the newest version where Debian puts them.

    Raises:
        FileNotFoundError: there is none on this machine.
    """
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not versions:
        raise FileNotFoundError("initdb")
    return versions[-1].parent
