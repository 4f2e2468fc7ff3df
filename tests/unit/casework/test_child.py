from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from assistant.casework.child import Child, ChildDied, ChildTimeout

PROGRAM = """
import os, sys, time
while len(header := sys.stdin.buffer.read(4)) == 4:
    data = sys.stdin.buffer.read(int.from_bytes(header, "big"))
    if data == b"hang": time.sleep(60)
    if data == b"die": os._exit(3)
    if data == b"lie": sys.stdout.buffer.write(b"\\xff\\xff\\xff\\xff")
    if data == b"env": data = ",".join(sorted(os.environ)).encode()
    sys.stdout.buffer.write(len(data).to_bytes(4, "big") + data)
    sys.stdout.buffer.flush()
"""


@pytest.fixture
def child() -> Iterator[Child]:
    held = Child([sys.executable, "-c", PROGRAM], env={"LC_ALL": "C.UTF-8"})
    yield held
    held.kill()


def test_large_frames_go_both_ways(child: Child) -> None:
    data = bytes(range(256)) * 40_000  # far more than a pipe holds
    assert child.request(data, 30) == data
    assert child.request(b"again", 30) == b"again"
    assert child.group_rss_bytes() > 1_000_000


def test_nothing_of_our_environment_reaches_it(child: Child, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BANDAO_SECRET", "x")
    assert b"BANDAO" not in child.request(b"env", 30)


@pytest.mark.parametrize(
    ("payload", "error", "limit"), [(b"hang", ChildTimeout, 0.2), (b"die", ChildDied, 30), (b"lie", ChildDied, 30)]
)
def test_a_bad_end_is_an_error_and_nothing_stays(child: Child, payload: bytes, error: type[Exception], limit: float) -> None:
    child.request(b"ready?", 30)
    with pytest.raises(error):
        child.request(payload, limit)
    assert not child.alive
    with pytest.raises(ChildDied):
        child.request(b"x", 1)
    child.kill()
