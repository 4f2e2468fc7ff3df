"""PostgreSQL for tests: a server named by ``BANDAO_TEST_POSTGRES_URL``, or a throw-away one if that says ``auto``.

Without the setting, tests that ask for these fixtures are skipped and say why.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, make_url, text

from tests import ports

SETTING = "BANDAO_TEST_POSTGRES_URL"
STOP_SECONDS = 60


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[URL]:
    """The address of a server on which databases may be made, as a role that may make them."""
    given = os.environ.get(SETTING, "")
    if not given:
        pytest.skip(f"{SETTING} is not set (an address, or auto for a throw-away server)")
    if given == "auto":
        with throwaway_server() as address:
            yield address
    else:
        yield make_url(given).set(drivername="postgresql+psycopg")


@pytest.fixture
def postgres_url(postgres_server: URL) -> Iterator[str]:
    """The address of a fresh, empty database, dropped after the test."""
    name = f"bandao_test_{secrets.token_hex(6)}"
    engine = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield postgres_server.set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        engine.dispose()


@contextmanager
def throwaway_server() -> Iterator[URL]:
    """A server on a free port of 127.0.0.1 with its data in a temporary folder; gone when the block ends.

    PostgreSQL refuses to run as root: then it runs as the account ``postgres`` that Debian's package makes.
    """
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="bandao-postgres-"))
    as_user: list[str] = []
    if os.geteuid() == 0:
        account = pwd.getpwnam("postgres")
        os.chown(folder, account.pw_uid, account.pw_gid)
        as_user = ["runuser", "-u", "postgres", "--"]
    data = folder / "data"
    port = ports.for_a_program()

    def run(program: str, *arguments: str) -> None:
        # Output goes to files: the server inherits the descriptors and would keep a pipe open for ever.
        with (folder / f"{program}.out").open("wb") as output:
            command = [*as_user, str(programs / program), "-D", str(data), *arguments]
            subprocess.run(command, check=True, timeout=STOP_SECONDS, stdout=output, stderr=output, cwd=folder)

    try:
        run("initdb", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8", "--username=postgres")
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=50 -c shared_buffers=16MB"
        run("pg_ctl", "-w", "-l", str(folder / "server.log"), "-o", options, "start")
        try:
            yield URL.create("postgresql+psycopg", "postgres", host="127.0.0.1", port=port, database="postgres")
        finally:
            run("pg_ctl", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    """The folder of initdb and pg_ctl: on the path, or the newest version where Debian puts them."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not versions:
        pytest.skip("no PostgreSQL server program (initdb) is installed")
    return versions[-1].parent

