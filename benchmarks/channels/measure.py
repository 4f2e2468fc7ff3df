"""The whole product under callbacks: how soon they are acknowledged, what is in the database afterwards, how it is worked off."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import func, select

from assistant.foundation.crypto import KeyRing
from assistant.foundation.database import Database
from assistant.foundation.settings import Settings
from assistant.foundation.tables import turn
from assistant.foundation.wechat_tables import wechat_inbox as inbox
from benchmarks.channels.callbacks import Callback, made, openid_of
from benchmarks.channels.sending import Sender, Sent
from benchmarks.desk.ledger import quantile
from benchmarks.stack import Stack

TARGET_S = 0.2
PEOPLE = 3000
Progress = Callable[[str], None]


def measure(rate: float, seconds: float, drain: float, seed: int, progress: Progress) -> dict[str, Any]:
    """Send, count, wait until what was acknowledged is worked off or ``drain`` seconds are over."""
    with tempfile.TemporaryDirectory(prefix="bandao-channels-") as folder, Stack(Path(folder) / "run") as stack:
        settings = Settings(data_dir=stack.data_dir)
        far = f"http://127.0.0.1:{stack.port + 2}"
        crowd = {"openids": [openid_of(number) for number in range(PEOPLE)]}
        httpx.post(f"{far}/wechat/admin/people", json=crowd).raise_for_status()
        callbacks = made(settings, int(rate * seconds), PEOPLE, seed)
        progress(f"ready: {len(callbacks)} callbacks of {PEOPLE} people")
        load = os.getloadavg()[0]
        sent = asyncio.run(Sender(stack.base_url).all(callbacks, rate))
        load = max(load, os.getloadavg()[0])
        progress(f"acknowledged {len(sent.seconds)}, p95 {quantile(sent.seconds, 0.95) * 1000:.0f} ms")
        kept = _kept(settings)
        began = time.monotonic()
        while (left := _states(settings)["new"]) and time.monotonic() < began + drain:
            progress(f"waiting {left}")
            time.sleep(5)
        drained = time.monotonic() - began
        return figures(callbacks, sent, kept, _states(settings), _turns(settings)) | {
            "worked_off_s": round(drained), "load": round(load, 1), "rate": rate, "seconds": seconds,
        }  # fmt: skip


def figures(callbacks: list[Callback], sent: Sent, kept: int, states: Counter[str], turns: Counter[str]) -> dict[str, Any]:
    """What is reported. ``lost``: acknowledged and not in the database, or settled without what it asked for."""
    times = {name: round(quantile(sent.seconds, share) * 1000, 1) for name, share in (("p50", 0.5), ("p95", 0.95), ("max", 1.0))}
    lost = len(sent.acknowledged) - kept
    missed = []
    if times["p95"] > TARGET_S * 1000:
        missed.append("acknowledged_ms.p95")
    if lost or turns["without"] or states["failed"] or sent.other:
        missed.append("lost")
    return {
        "sent": len(callbacks), "different": len({one.key for one in callbacks}), "acknowledged": len(sent.seconds),
        "other_answers": dict(sent.other), "acknowledged_ms": times, "kept": kept, "lost": lost,
        "worked_off": states["done"], "still_waiting": states["new"], "failed": states["failed"],
        "turns": turns["with"], "turns_missing": turns["without"], "missed": missed,
    }  # fmt: skip


def _open(settings: Settings) -> Database:
    return Database(settings.database_url, KeyRing.open(settings.keyring_path))


def _kept(settings: Settings) -> int:
    db = _open(settings)
    with db.read() as conn:
        found = int(conn.execute(select(func.count()).select_from(inbox)).scalar_one())
    db.dispose()
    return found


def _states(settings: Settings) -> Counter[str]:
    db = _open(settings)
    with db.read() as conn:
        found = conn.execute(select(inbox.c.state, func.count()).group_by(inbox.c.state)).all()
    db.dispose()
    return Counter({state: count for state, count in found})


def _turns(settings: Settings) -> Counter[str]:
    """Messages worked off, by whether each has its turn."""
    db = _open(settings)
    with db.read() as conn:
        asked = conn.execute(select(inbox.c.id).where(inbox.c.state == "done", inbox.c.kind != "event")).scalars()
        wanted = {f"wechat-{number}" for number in asked}
        taken = set(conn.execute(select(turn.c.client_message_id)).scalars())
    db.dispose()
    return Counter({"with": len(wanted & taken), "without": len(wanted - taken)})
