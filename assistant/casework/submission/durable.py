"""The whole of DBOS that is used here: one durable workflow, on one queue.

What DBOS is for: an attempt that was planned for in twenty minutes happens even though the process was restarted
meanwhile, and two processes never run the same submission at once. What was found out about it (3.4), and is met here:

- It is one per process and global. Starting it while an event loop runs in the calling thread makes it adopt that loop
  and replace the loop's thread pool; so it is always started from a thread of its own.
- ``start_workflow`` holds a thread for as long as the workflow lives, a week if need be. Workflows taken from a queue are
  plain tasks on one background loop: hundreds may sleep there.
- Only workflows of the same application version are recovered, and by default the version is a hash of the code: every
  update would strand what is under way. So the version is fixed; change it when the steps' meaning changes.
- It puts away a workflow that was recovered a hundred times; never here.
- Its log would go to stderr unmasked; with any handler in place it goes through the root logger like all others.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from assistant.casework.submission.delivery import Delivery, Outcome
from assistant.casework.submission.office import Received
from assistant.foundation.logging import get_logger

QUEUE = "bandao.submissions"
WORKFLOW = "bandao.deliver"
STEPS_VERSION = "1"
_ATTEMPTS_PER_RUN = 40
_THREADS = 4
_PRUNE = 1000

log = get_logger(__name__)
_in_use = threading.Lock()


class DurableRunner:
    """Runs deliveries durably. At most one per process.

    Args:
        system_database_url: where DBOS keeps its books: a SQLite file of its own, or the PostgreSQL database (schema ``dbos``).
        node: this process's name among those sharing a PostgreSQL database, the same after a restart.
        poll_s: seconds between looks into the queue.
    """

    def __init__(self, delivery: Delivery, *, system_database_url: str, node: str = "local", poll_s: float = 0.5) -> None:
        self._delivery = delivery
        self._url = system_database_url
        self._node = node
        self._poll_s = poll_s
        self._active: set[str] = set()
        self._workflow: Callable[..., Any] | None = None
        self._threads: ThreadPoolExecutor | None = None
        self._started = False

    def start(self) -> None:
        """Launch DBOS and take up what was under way.

        Raises:
            RuntimeError: another runner is running in this process.
        """
        if not _in_use.acquire(blocking=False):
            raise RuntimeError("only one DurableRunner may run in a process")
        self._started = True
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="submission")
        try:
            _in_thread(self._launch)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop. An attempt under way ends in its thread; whatever it did not record is done again at the next start."""
        if not self._started:
            return
        from dbos import DBOS

        try:
            _in_thread(lambda: DBOS.destroy(destroy_registry=True))
        finally:
            self._workflow = None
            if self._threads is not None:
                self._threads.shutdown(wait=True, cancel_futures=True)
                self._threads = None
            self._active.clear()
            self._started = False
            _in_use.release()

    def is_active(self, workflow_id: str) -> bool:
        """Whether this process is running the workflow."""
        return workflow_id in self._active

    def ensure(self, workflow_id: str, case_no: str, version: int, part: str = "", *, overdue: bool) -> None:
        """Make sure the workflow runs: start it, or start it again if it ended although there is still something to do.

        ``overdue`` says that no process has touched the submission for a long time, although one should have: it is taken
        over from whoever held it. Call it from a thread without an event loop.
        """
        from dbos import DBOS, SetWorkflowID

        if self._workflow is None or self.is_active(workflow_id):
            return
        status = DBOS.get_workflow_status(workflow_id)
        if status is None:
            with SetWorkflowID(workflow_id):
                DBOS.enqueue_workflow(QUEUE, self._workflow, case_no, version, part)
        elif status.status in {"SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"}:
            DBOS.rewind_workflow(workflow_id, application_version=STEPS_VERSION, queue_name=QUEUE)
        elif overdue:
            log.warning("submission.taken_over", submission_id=workflow_id, state=status.status)
            DBOS.resume_workflow(workflow_id, queue_name=QUEUE)

    def prune(self, before: datetime) -> int:
        """Forget runs that ended before this moment; how many. What still has something to do would simply be begun again."""
        from dbos import DBOS

        ended = DBOS.list_workflows(
            status=["SUCCESS", "ERROR", "CANCELLED"],
            completed_before=before.isoformat(),
            limit=_PRUNE,
            load_input=False,
            load_output=False,
        )
        DBOS.delete_workflows([run.workflow_id for run in ended])
        return len(ended)

    def _launch(self) -> None:
        logger = logging.getLogger("dbos")
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())
        from dbos import DBOS

        _prepare_sqlite(self._url)
        DBOS(
            config={
                "name": "bandao",
                "system_database_url": self._url,
                "application_version": STEPS_VERSION,
                "executor_id": self._node,
                "log_level": "WARNING",
                "max_executor_threads": 2 * _THREADS,
                "sys_db_pool_size": _THREADS,
                # We use no notifications and no schedules: look for them as seldom as may be.
                "use_listen_notify": False,
                "notification_listener_polling_interval_sec": 2.0,
                "scheduler_polling_interval_sec": 3600.0,
            }
        )
        self._workflow = DBOS.workflow(name=WORKFLOW, max_recovery_attempts=None)(self._make_workflow())
        DBOS.launch()
        DBOS.register_queue(QUEUE, polling_interval_sec=self._poll_s, on_conflict="always_update")

    def _make_workflow(self) -> Callable[..., Any]:
        # Runs noted before cases had parts know of none.
        async def deliver(case_no: str, version: int, part: str = "") -> str:
            from dbos import DBOS

            workflow_id = str(DBOS.workflow_id)
            self._active.add(workflow_id)
            try:
                # Bounded, because a restart replays every step of a run; a run that ends with work left is begun again.
                for _ in range(_ATTEMPTS_PER_RUN):
                    # Asking and sending are one step: an answer of yesterday to "do you have it?" is worth nothing today.
                    outcome = await self._step("attempt", lambda: self._delivery.attempt(case_no, version, part))
                    if outcome["kind"] == "received":
                        received = Received.model_validate(outcome["received"])
                        outcome = await self._step("record", partial(self._delivery.record, case_no, version, received, part))
                    if outcome["kind"] == "done":
                        return "done"
                    await DBOS.sleep_async(outcome["delay_s"])
                return "again"
            finally:
                self._active.discard(workflow_id)

        return deliver

    async def _step(self, name: str, work: Callable[[], Outcome]) -> dict[str, Any]:
        """One checkpointed step; its result is plain JSON, which is all that DBOS's books should hold."""
        from dbos import DBOS

        async def step() -> dict[str, Any]:
            assert self._threads is not None
            outcome = await asyncio.get_running_loop().run_in_executor(self._threads, work)
            received = outcome.received.model_dump(mode="json") if outcome.received else None
            return {"kind": outcome.kind, "received": received, "delay_s": outcome.delay_s}

        return await DBOS.run_step_async({"name": name}, step)


def node_name(port: int) -> str:
    """A name for the app on this machine and port."""
    return f"{socket.gethostname()}-{port}"


def _prepare_sqlite(url: str) -> None:
    """Make DBOS's SQLite file private and write-ahead; it would be world-readable and fsync thrice as often."""
    if not url.startswith("sqlite:///"):
        return
    path = Path(url.removeprefix("sqlite:///"))
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("PRAGMA journal_mode=WAL")


def _in_thread(work: Callable[[], None]) -> None:
    """Run ``work`` in a fresh thread, where no event loop is running, and wait for it."""
    failure: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            failure.append(error)

    thread = threading.Thread(target=run, name="dbos-start-stop")
    thread.start()
    thread.join()
    if failure:
        raise failure[0]
