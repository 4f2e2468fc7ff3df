"""Reading an upload while its call waits, and on afterwards where that takes too long.

The call answers within ``ocr_wait_seconds`` whatever the machine is busy with: what is not read by then is told as being
checked, goes on here, and is known by the turn that attaches the file, or a little after.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from datetime import date

from assistant.casework.papers.reading import Looked, look

MOST_WAITING = 20  # uploads; beyond that nothing more is read, and the check says so
QUEUE_SECONDS = 90.0

_pool = ThreadPoolExecutor(2, thread_name_prefix="papers")
_going: dict[str, Future[Looked]] = {}
_guard = threading.Lock()


def begin(upload_id: str, data: bytes, kind: str, today: date) -> Future[Looked] | None:
    """Start reading a file; None where too many wait already."""
    with _guard:
        if len(_going) >= MOST_WAITING:
            return None
        going = _pool.submit(look, data, kind, today, QUEUE_SECONDS)
        _going[upload_id] = going
    return going


def result(going: Future[Looked], seconds: float) -> Looked | None:
    """What was read, if it is there within so many seconds."""
    try:
        return going.result(timeout=max(seconds, 0.0))
    except NotYet:
        return None


def then(upload_id: str, going: Future[Looked], done: Callable[[Looked], None] | None) -> None:
    """Forget a reading once it is over; ``done`` is called with what came of it, from another thread if it is not over yet."""

    def over(finished: Future[Looked]) -> None:
        try:
            if done is not None:
                done(finished.result())
        finally:
            with _guard:
                _going.pop(upload_id, None)

    going.add_done_callback(over)


def wait(upload_ids: list[str], seconds: float) -> None:
    """Give readings still going on a little time: the turn that attaches them would like to know."""
    with _guard:
        going = [_going[upload_id] for upload_id in upload_ids if upload_id in _going]
    for one in going:
        result(one, seconds / len(going))
