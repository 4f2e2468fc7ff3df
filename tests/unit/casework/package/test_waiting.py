"""First come, first served; not too many, not too long."""

from __future__ import annotations

import threading

from assistant.casework.package.waiting import Turns


def test_turns_come_in_the_order_of_asking() -> None:
    turns, order = Turns(10), list[int]()
    assert turns.acquire(1)

    def one(number: int) -> None:
        assert turns.acquire(10)
        order.append(number)
        turns.release()

    threads = []
    for number in range(5):
        threads.append(threading.Thread(target=one, args=(number,)))
        threads[-1].start()
        while turns.waiting <= number:
            pass
    turns.release()
    for thread in threads:
        thread.join()
    assert order == [0, 1, 2, 3, 4]
    assert turns.acquire(0)


def test_too_many_or_too_long_is_no() -> None:
    turns = Turns(0)
    assert turns.acquire(1) and not turns.acquire(60)
    patient = Turns(1)
    with patient:
        assert not patient.acquire(0.01)
        assert patient.waiting == 0
    assert patient.acquire(0)
