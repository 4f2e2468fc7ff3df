"""What a write transaction does last, because all transactions queue up for it.

The audit chain and the log of events are in the order of commits, so whoever writes to them keeps everybody else out until the
commit. On PostgreSQL two transactions that hold rows meanwhile could wait for each other: one has the chain and wants a row,
the other has the row and wants the chain. Taken after every row, the chain is never held by somebody who still wants one.
SQLite has one writer at a time and needs no order.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

Work = Callable[[Connection], object]
_KEY = "bandao.last"


def defer(conn: Connection, work: Work) -> None:
    """Do ``work`` right before the transaction of ``Database.write`` commits, in the order given; on SQLite at once."""
    if conn.dialect.name == "postgresql":
        conn.info.setdefault(_KEY, []).append(work)
    else:
        work(conn)


def forget(conn: Connection) -> None:
    """Forget what a transaction that was rolled back has left on its connection."""
    conn.info.pop(_KEY, None)


def run(conn: Connection) -> None:
    """Do what was deferred."""
    for work in conn.info.pop(_KEY, ()):
        work(conn)
