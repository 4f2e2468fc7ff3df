"""A table of the sandbox's devices, listening in a thread, for the real drivers to speak to."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sandbox.config import SHANGHAI
from sandbox.devices.table import Table

#: One of the sandbox register's invented persons.
ZHANG: dict[str, Any] = {
    "id_number": "11010519491231002X", "name": "张三", "sex": "female", "birth_date": "1949-12-31", "nation": "汉族",
    "address": "上海市浦东新区样板路66弄5号301室",
}  # fmt: skip


class Time:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)

    def __call__(self) -> datetime:
        return self.at

    def on(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@contextmanager
def listening(table: Table) -> Iterator[Table]:
    """The table's ports open on a loop of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    asyncio.run_coroutine_threadsafe(table.start(), loop).result(10)
    yield table

    async def end() -> None:
        await table.stop()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    asyncio.run_coroutine_threadsafe(end(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()
