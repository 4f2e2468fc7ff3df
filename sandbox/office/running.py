"""What the office does by itself while it runs: examine, accept, and carry its news."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from sandbox.config import SandboxConfig
from sandbox.office import outbox
from sandbox.office.faults import Faults
from sandbox.office.service import Office
from sandbox.office.store import Store
from sandbox.office.webhooks import Courier, poster

_LONGEST_PAUSE_S = 1.0
_SHORTEST_PAUSE_S = 0.1

log = logging.getLogger(__name__)


def open_store(config: SandboxConfig) -> Store:
    """The office's store, which keeps news for the callback address if there is one."""
    return Store(config.data_dir, notify=outbox.keeper(config.now) if config.callback else None)


def jobs(config: SandboxConfig, office: Office, faults: Faults) -> list[Callable[[], object]]:
    """What has to be done again and again; nothing, when nothing is set."""
    found: list[Callable[[], object]] = []
    if (delay_s := config.examine_s) is not None:
        found.append(lambda: office.examine_waiting(delay_s))
    if (after_s := config.auto_accept_s) is not None:
        found.append(lambda: office.accept_waiting(after_s))
    if config.callback:
        found.append(Courier(config, office.store, faults, poster(config.callback)).round)
    return found


async def run(doing: list[Callable[[], object]], pause_s: float) -> None:
    """Do the jobs, one after the other, until cancelled; one that fails is done again next time and stops none of the others."""
    while doing:
        for job in doing:
            try:
                await asyncio.to_thread(job)
            except Exception:
                log.exception("a job of the office failed")
        await asyncio.sleep(pause_s)


def pause(config: SandboxConfig) -> float:
    """Seconds between two rounds: short enough for the shortest delay that is set."""
    delays = [delay / 2 for delay in (config.auto_accept_s, config.examine_s) if delay is not None]
    if config.callback:
        delays.append(0.2)
    return min([_LONGEST_PAUSE_S, *(max(_SHORTEST_PAUSE_S, delay) for delay in delays)])
