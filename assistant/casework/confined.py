"""The other end of ``child``: what a confined helper process is, besides the work it does.

Little memory, no new files, no core dumps; one frame in, one frame out, until standard input closes. An alarm ends a request
that takes too long even if nobody is left to do it.
"""

from __future__ import annotations

import resource
import signal
import sys
from collections.abc import Callable
from typing import BinaryIO

_HEADER = 4


def confine(memory: int) -> None:
    """No more than ``memory`` bytes of address space, and nothing written to any file, from now on."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def serve(answer: Callable[[bytes], bytes], seconds: int, out: BinaryIO | None = None) -> None:
    """Answer frames until standard input closes; ``out`` is where to, if not standard output. ``answer`` must not raise."""
    to = out or sys.stdout.buffer
    while len(header := sys.stdin.buffer.read(_HEADER)) == _HEADER:
        frame = sys.stdin.buffer.read(int.from_bytes(header, "big"))
        signal.alarm(seconds)
        reply = answer(frame)
        signal.alarm(0)
        send(to, reply)


def send(out: BinaryIO, reply: bytes) -> None:
    """One frame out."""
    out.write(len(reply).to_bytes(_HEADER, "big") + reply)
    out.flush()
