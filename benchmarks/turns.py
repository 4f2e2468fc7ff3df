"""The same conversations against stock Rasa and against the whole product, on this machine and in one run.

(a) is Rasa as anyone would run it (``benchmarks.stock``); (b) is ours through the public API, with persistence, encryption
and audit. Rounds alternate, so that whatever else the machine does falls on both. Ratios are (b) over (a).
"""

from __future__ import annotations

import asyncio
import itertools
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from benchmarks.stack import Stack
from benchmarks.stock import stock_running
from benchmarks.wire import Wire

OPENING = "我们公司搬家了，帮我把执照上的地址改一下"
#: Answers of the form that both take, ours with a no to looking things up between them; after them ours is asked the same two
#: over and over (edit, answer).
ANSWERS = (
    "不跨区",
    "租的",
    "都在",
    "有限公司",
    "我就是法人",
    "91310115MA1K3TL06A",
    "上海示例商贸有限公司",
    "张三",
    "11010519491231002X",
)
NO_LOOK_UP = "不用，我自己填"
ROUND = ("13800138000", "修改法定代表人移动电话")
ROUNDS, TURNS, CLIENTS, LONG = 4, 14, 100, 200
TARGETS = {"form_turn_ratio": 0.6, "throughput_ratio": 1.5, "turn_200_over_turn_1": 1.2}


class Talker(Protocol):
    """One conversation with one of the two systems."""

    answers: tuple[str, ...]

    async def say(self, text: str) -> None: ...
    def close(self) -> None: ...


class StockTalker:
    """A conversation with stock Rasa, over its REST channel."""

    answers: tuple[str, ...] = ANSWERS

    def __init__(self, url: str) -> None:
        self._wire, self._sender = Wire(url), str(uuid.uuid4())

    async def say(self, text: str) -> None:
        """One turn."""
        await self._wire.post("/webhooks/rest/webhook", {"sender": self._sender, "message": text})

    def close(self) -> None:
        """Close the connection."""
        self._wire.close()


class OurTalker:
    """A conversation with the product, over the public API."""

    # Whether the district changes is no question of ours: it follows from the two addresses.
    answers: tuple[str, ...] = (*ANSWERS[1:3], NO_LOOK_UP, *ANSWERS[3:])

    def __init__(self, url: str) -> None:
        self._wire = Wire(url)
        self._opened: dict[str, str] | None = None

    async def say(self, text: str) -> None:
        """One turn; the first opens the conversation."""
        if self._opened is None:
            self._opened = await self._wire.post("/api/v1/conversations", {"channel": "web"})
        assert self._opened is not None
        path = f"/api/v1/conversations/{self._opened['conversation_id']}/messages"
        await self._wire.post(path, {"client_message_id": str(uuid.uuid4()), "text": text}, self._opened["token"])

    def close(self) -> None:
        """Close the connection."""
        self._wire.close()


async def form_turns(talker: Talker, count: int) -> list[float]:
    """Milliseconds of ``count`` form turns, after the opening one."""
    await talker.say(OPENING)
    times = []
    for text in itertools.islice(itertools.chain(talker.answers, itertools.cycle(ROUND)), count):
        started = time.perf_counter()
        await talker.say(text)
        times.append((time.perf_counter() - started) * 1000)
    talker.close()
    return times


async def throughput(make: Callable[[], Talker], clients: int, turns: int) -> float:
    """Turns a second with ``clients`` conversations at once."""
    talkers = [make() for _ in range(clients)]
    await asyncio.gather(*(talker.say(OPENING) for talker in talkers))

    async def one(talker: Talker) -> None:
        for text in itertools.islice(itertools.chain(talker.answers, itertools.cycle(ROUND)), turns):
            await talker.say(text)

    started = time.perf_counter()
    await asyncio.gather(*(one(talker) for talker in talkers))
    elapsed = time.perf_counter() - started
    for talker in talkers:
        talker.close()
    return clients * turns / elapsed


async def waits(url: str, make: Callable[[], Talker]) -> float:
    """Milliseconds until the last of three messages sent at once in one conversation is answered."""
    talker = make()
    await talker.say(OPENING)
    others = [make(), make()]
    for other in others:  # the same conversation over connections of their own
        other.__dict__.update({k: v for k, v in talker.__dict__.items() if k != "_wire"}, _wire=Wire(url))
    started = time.perf_counter()
    await asyncio.gather(*(one.say("这个要收费吗") for one in (talker, *others)))
    elapsed = (time.perf_counter() - started) * 1000
    for one in (talker, *others):
        one.close()
    return elapsed


def resident_mib(data_dir: Path) -> dict[str, float]:
    """Resident memory of the product's processes, by program: those whose environment names its data folder."""
    found: dict[str, float] = {}
    for process in Path("/proc").iterdir():
        try:
            if (
                not process.name.isdigit()
                or str(data_dir).encode() not in (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
            ):
                continue
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            status = (process / "status").read_text()
        except OSError:
            continue
        name = next(
            (n for n in ("uvicorn", "sandbox", "engine", "rasa", "soffice", "office_bridge", "supervisord") if n in command),
            "serve",
        )
        kib = next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")), 0)
        found[name] = round(found.get(name, 0.0) + kib / 1024, 1)
    return found


def measure(progress: Callable[[str], None]) -> dict[str, Any]:
    """All figures; takes two to three minutes."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        with Stack(Path(folder) / "ours") as ours:
            ready = time.perf_counter() - started
            asyncio.run(_first_turn(ours.base_url))
            first_turn = time.perf_counter() - started
            progress(f"product ready after {ready:.1f} s")
            with stock_running(Path(folder) / "stock") as stock:
                stock_url = stock.url.removesuffix("/webhooks/rest/webhook")
                figures = asyncio.run(_compare(stock_url, ours.base_url, progress))
            figures["memory_mib"] = resident_mib(ours.data_dir)
    figures["memory_total_mib"] = round(sum(figures["memory_mib"].values()), 1)
    figures["start"] = {"ready_s": round(ready, 1), "first_answered_turn_s": round(first_turn, 1)}
    figures["targets"] = TARGETS
    figures["met"] = {
        "form_turn": figures["form_turn"]["ratio"] <= TARGETS["form_turn_ratio"],
        "throughput": figures["throughput"]["ratio"] >= TARGETS["throughput_ratio"],
        "turn_200": figures["long"]["ours_turn_200_over_turn_1"] <= TARGETS["turn_200_over_turn_1"],
    }
    return figures


async def _first_turn(url: str) -> None:
    talker = OurTalker(url)
    await talker.say(OPENING)
    talker.close()


async def _compare(stock_url: str, our_url: str, progress: Callable[[str], None]) -> dict[str, Any]:
    makers: dict[str, Callable[[], Talker]] = {"stock": lambda: StockTalker(stock_url), "ours": lambda: OurTalker(our_url)}
    single: dict[str, list[float]] = {"stock": [], "ours": []}
    many: dict[str, list[float]] = {"stock": [], "ours": []}
    for make in makers.values():
        await form_turns(make(), TURNS)  # the first conversation after a start pays for everybody
    for round_ in range(ROUNDS):
        for name, make in makers.items():
            single[name] += await form_turns(make(), TURNS)
        progress(f"single, round {round_ + 1} of {ROUNDS}: " + _p50s(single))
    for round_ in range(2):
        for name, make in makers.items():
            many[name].append(await throughput(make, CLIENTS, TURNS))
        progress(f"{CLIENTS} at once, round {round_ + 1} of 2: " + ", ".join(f"{n} {v[-1]:.0f}/s" for n, v in many.items()))
    long = {name: await form_turns(make(), LONG) for name, make in makers.items()}
    growth = {
        name: statistics.median(times[-10:]) / statistics.median(times[len(ANSWERS) : len(ANSWERS) + 10])
        for name, times in long.items()
    }
    wait = {name: round(await waits(url, makers[name]), 1) for name, url in (("stock", stock_url), ("ours", our_url))}
    medians = {name: statistics.median(times) for name, times in single.items()}
    rates = {name: statistics.mean(values) for name, values in many.items()}
    return {
        "form_turn": _each("p50_ms", medians) | _each("p95_ms", {n: _p95(v) for n, v in single.items()}) | _ratio(medians),
        "throughput": _each("turns_per_s", rates) | _ratio(rates),
        "long": _each("turn_200_over_turn_1", growth),
        "three_at_once_ms": wait,
    }


def _each(what: str, values: dict[str, float]) -> dict[str, float]:
    return {f"{name}_{what}": round(value, 2) for name, value in values.items()}


def _ratio(values: dict[str, float]) -> dict[str, float]:
    return {"ratio": round(values["ours"] / values["stock"], 3)}


def _p50s(times: dict[str, list[float]]) -> str:
    return ", ".join(f"{name} {statistics.median(values):.1f} ms" for name, values in times.items())


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[18]
