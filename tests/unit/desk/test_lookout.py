"""One look for all who want one; what was true when somebody asked is in what she is given."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from assistant.conversation.hub import ANY, Hub
from assistant.desk.lookout import Lookout


def test_those_who_ask_together_share_a_look_and_who_asks_during_one_gets_the_next() -> None:
    truth: list[Any] = ["a"]
    seen: list[list[Any]] = []

    async def course() -> list[Any]:
        late: list[asyncio.Task[Any]] = []
        loop = asyncio.get_running_loop()

        def look() -> list[Any]:
            seen.append(list(truth))
            if len(seen) == 1:  # somebody joins, and somebody else asks, while this look is made
                truth.append("b")
                asyncio.run_coroutine_threadsafe(_ask(late, lookout), loop).result()
            return seen[-1] if len(seen) == 1 else list(truth)

        lookout = Lookout(look, pace_s=0.0)
        together = await asyncio.gather(*(lookout.waiting() for _ in range(20)))
        return [*together, *await asyncio.gather(*late)]

    *together, late = asyncio.run(course())
    assert together == [["a"]] * 20
    assert late == ["a", "b"]
    assert len(seen) == 2


async def _ask(late: list[asyncio.Task[Any]], lookout: Lookout) -> None:
    late.append(asyncio.create_task(lookout.waiting()))


def test_where_nothing_changed_it_is_the_same_object() -> None:
    async def course() -> bool:
        lookout = Lookout(lambda: ["a"], pace_s=0.0)  # type: ignore[list-item, return-value]  # what a look finds is nothing to it
        return await lookout.waiting() is await lookout.waiting()

    assert asyncio.run(course())


def test_a_look_that_fails_fails_those_who_shared_it_and_nobody_after() -> None:
    tries: list[int] = []

    def look() -> list[Any]:
        tries.append(1)
        if len(tries) == 1:
            raise OSError
        return ["a"]

    async def course() -> tuple[list[Any], Any]:
        lookout = Lookout(look, pace_s=0.0)
        failed = await asyncio.gather(lookout.waiting(), lookout.waiting(), return_exceptions=True)
        return failed, await lookout.waiting()

    failed, then = asyncio.run(course())
    assert [type(one) for one in failed] == [OSError, OSError]
    assert then == ["a"]


def test_who_subscribes_to_all_hears_every_bell() -> None:
    async def course() -> list[bool]:
        hub = Hub()
        anybodys, another = hub.subscribe(ANY), hub.subscribe("c2")
        hub.ring("c1")
        return [anybodys.is_set(), another.is_set()]

    assert asyncio.run(course()) == [True, False]


def test_the_same_work_of_one_is_under_way_once_and_may_be_done_again_after() -> None:
    async def course() -> list[str]:
        lookout, done, open_ = Lookout(list, pace_s=0.0), list[str](), asyncio.Event()

        async def work(who: str) -> None:
            await open_.wait()
            done.append(who)

        for who in ("anna", "anna", "bert"):
            lookout.beside(who, partial(work, who))
        open_.set()
        while len(done) < 2:
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        lookout.beside("anna", partial(work, "anna again"))
        while len(done) < 3:
            await asyncio.sleep(0)
        return done

    assert asyncio.run(course()) == ["anna", "bert", "anna again"]


def test_what_is_done_beside_looks_is_not_begun_at_each_of_them() -> None:
    async def course() -> list[str]:
        lookout, done = Lookout(list, pace_s=1000.0), list[str]()

        async def work(who: str) -> None:
            done.append(who)

        for who in ("anna", "anna", "bert"):
            lookout.beside(who, partial(work, who))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        return done

    assert asyncio.run(course()) == ["anna", "bert"]
