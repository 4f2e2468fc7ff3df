"""Who writes next."""

from __future__ import annotations

import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.foundation.turnstile import Turnstile


def _until(waiting: int, turnstile: Turnstile) -> None:
    while turnstile.waiting < waiting:
        time.sleep(0)


@given(st.integers(1, 12))
def test_who_has_waited_long_gets_it_in_the_order_of_coming(many: int) -> None:
    turnstile, order = Turnstile(patience_s=0), list[int]()

    def come(number: int) -> None:
        with turnstile:
            order.append(number)

    threads = [threading.Thread(target=come, args=(number,)) for number in range(many)]
    with turnstile:
        for number, thread in enumerate(threads):
            thread.start()
            _until(number + 1, turnstile)
        assert order == []
    for thread in threads:
        thread.join()
    assert order == list(range(many)) and turnstile.waiting == 0


def test_who_comes_by_goes_first_until_somebody_has_waited_long() -> None:
    now = 0.0
    turnstile, order = Turnstile(patience_s=5, ticks=lambda: now), list[str]()

    def come() -> None:
        with turnstile:
            order.append("waited")

    thread = threading.Thread(target=come)
    with turnstile:
        thread.start()
        _until(1, turnstile)
        now = 5.0
    with turnstile:  # it is theirs already: only after them
        order.append("came by")
    thread.join()
    assert order == ["waited", "came by"]


@pytest.mark.parametrize("patience_s", [0, 1000])
def test_one_at_a_time_whatever_they_do(patience_s: float) -> None:
    turnstile, inside, most = Turnstile(patience_s), 0, 0

    def work() -> None:
        nonlocal inside, most
        for _ in range(300):
            with turnstile:
                inside += 1
                most = max(most, inside)
                inside -= 1

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (inside, most) == (0, 1)


def test_an_error_inside_lets_the_next_in() -> None:
    turnstile = Turnstile()
    with pytest.raises(ValueError, match="inside"), turnstile:
        raise ValueError("inside")
    with turnstile:
        pass
