"""The mini-program's conversation client, in Node, against the running server."""

from __future__ import annotations

from benchmarks.stack import Stack
from tests.node import npm, packages


def test_it_talks_with_the_server(server: Stack) -> None:
    packages()
    done = npm("run", "live", BANDAO_URL=server.base_url)
    assert done.returncode == 0, done.stdout
    assert "# pass 3" in done.stdout and "# fail 0" in done.stdout, done.stdout
