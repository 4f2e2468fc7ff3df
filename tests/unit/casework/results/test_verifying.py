"""What strangers learn of a result: valid, withdrawn, expired, and otherwise nothing."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from assistant.casework.results import store
from assistant.casework.results.codes import BadCode, new_code
from assistant.casework.results.verifying import Verified, look_up
from tests.unit.casework.results.test_collecting import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def seen(world: World, code: str, day: date | None = None) -> Verified | None:
    with world.db.read() as conn:
        return look_up(conn, world.db.keyring, code, day or world.clock.now().date())


def test_valid_then_expired_then_withdrawn(world: World) -> None:
    made = world.collector.collect("BD20251121ABCDEFGH")
    assert made is not None and made.said.expires is not None
    found = seen(world, made.said.code.lower())
    assert found is not None and found.standing == "valid" and found.sha256 == made.sha256
    assert found.holder == "示例**有限公司" and "示例餐饮" not in found.model_dump_json()
    assert made.case_no not in found.model_dump_json(), "the case number opens the case's own doors"
    on_the_last_day = seen(world, made.said.code, made.said.expires)
    after = seen(world, made.said.code, made.said.expires + timedelta(days=1))
    assert on_the_last_day is not None and on_the_last_day.standing == "valid"
    assert after is not None and after.standing == "expired"
    with world.db.write() as conn:
        assert store.set_state(conn, made.id, "withdrawn", world.clock.now())
    gone = seen(world, made.said.code)
    assert gone is not None and gone.standing == "withdrawn"


def test_an_unknown_code_and_one_kept_aside_are_the_same(world: World) -> None:
    world.office.data = b"<html>not a result</html>"
    world.collector.collect("BD20251121ABCDEFGH")
    assert seen(world, new_code()) is None
    with pytest.raises(BadCode):
        seen(world, "2346-7892-3467-8923")
