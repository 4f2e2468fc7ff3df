"""Access tokens: one row for all processes, fetched by one of them, replaced early, once when the platform refuses them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from assistant.foundation.clock import FixedClock
from assistant.foundation.database import Database
from channels.wechat.tokens import LEASE, NoToken, Tokens


class Far:
    """Hands out tokens and counts."""

    def __init__(self) -> None:
        self.given: list[bool] = []
        self.broken = False

    def __call__(self, forced: bool) -> tuple[str, int]:
        if self.broken:
            raise OSError("away")
        self.given.append(forced)
        return f"token-{len(self.given)}", 7200


@pytest.fixture
def far() -> Far:
    return Far()


def process(db: Database, clock: FixedClock) -> Tokens:
    """One of several; waiting moves the clock."""
    return Tokens(db, clock, lambda seconds: clock.advance(timedelta(seconds=seconds)) and None)


def test_it_is_fetched_once_for_all_until_shortly_before_its_end(db: Database, clock: FixedClock, far: Far) -> None:
    one, other = process(db, clock), process(db, clock)
    assert [one.get("wx", far), other.get("wx", far), one.get("wx", far)] == ["token-1"] * 3
    clock.advance(timedelta(seconds=7200 - 200))
    assert other.get("wx", far) == "token-1"
    clock.advance(timedelta(seconds=30))
    assert [other.get("wx", far), one.get("wx", far)] == ["token-2"] * 2
    assert far.given == [False, False]


def test_one_the_platform_refuses_is_replaced_once_whoever_finds_out(db: Database, clock: FixedClock, far: Far) -> None:
    one, other = process(db, clock), process(db, clock)
    old = one.get("wx", far)
    assert one.get("wx", far, stale=old) == "token-2"
    assert other.get("wx", far, stale=old) == "token-2", "it was refused before the other had replaced it"
    assert far.given == [False, True]


def test_one_that_came_between_the_look_and_the_lease_is_taken(
    db: Database, clock: FixedClock, far: Far, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = process(db, clock), process(db, clock)
    lease = one._lease

    def late(account: str, now: datetime) -> bool:
        assert other.get(account, far) == "token-1"
        return lease(account, now)

    monkeypatch.setattr(one, "_lease", late)
    assert one.get("wx", far) == "token-1", "a second one would have ended the first"
    assert far.given == [False]
    assert lease("wx", clock.now()), "and the lease is free again"


def test_while_another_fetches_the_old_one_goes_on(db: Database, clock: FixedClock, far: Far) -> None:
    one, other = process(db, clock), process(db, clock)
    one.get("wx", far)
    clock.advance(timedelta(seconds=7200 - 100))

    def meanwhile(forced: bool) -> tuple[str, int]:
        assert other.get("wx", far) == "token-1"
        return far(forced)

    assert one.get("wx", meanwhile) == "token-2"


def test_one_that_dies_while_fetching_is_followed(db: Database, clock: FixedClock, far: Far) -> None:
    one, other = process(db, clock), process(db, clock)
    assert one._lease("wx", clock.now())  # and is never heard of again
    began = clock.now()
    assert other.get("wx", far) == "token-1"
    assert clock.now() - began <= LEASE + timedelta(seconds=1)


def test_a_far_side_that_is_away_holds_nobody_up(db: Database, clock: FixedClock, far: Far) -> None:
    one, far.broken = process(db, clock), True
    with pytest.raises(OSError, match="away"):
        one.get("wx", far)
    far.broken = False
    assert one.get("wx", far) == "token-1"


def test_who_never_comes_back_is_not_waited_for_for_ever(db: Database, clock: FixedClock, far: Far) -> None:
    waits = Tokens(db, clock, lambda _seconds: None)
    assert waits._lease("wx", clock.now())
    with pytest.raises(NoToken):
        waits.get("wx", far)


def test_accounts_are_apart_and_tokens_encrypted(db: Database, clock: FixedClock, far: Far) -> None:
    one = process(db, clock)
    assert one.get("wx1", far) != one.get("wx2", far)
    with db.read() as conn:
        kept = conn.exec_driver_sql("SELECT value FROM wechat_token").scalars().all()
    assert len(kept) == 2 and not [value for value in kept if b"token-" in value]
