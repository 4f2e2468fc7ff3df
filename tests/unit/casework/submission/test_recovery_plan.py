"""``bench recovery`` leaves nothing out that is to be killed, on either database."""

from __future__ import annotations

from typing import get_args

from benchmarks.recovery.runs import LIES, POSTGRES, READING, SQLITE, plan
from sandbox.office.faults import Mode

BOUNDARIES, COMMITS = {"sent": 10, "closed": 16}, {"sent": 2, "closed": 14}


def test_every_boundary_is_hit_on_both_databases_and_the_rest_at_random() -> None:
    planned = list(plan(BOUNDARIES, COMMITS, 300, seed=1))
    assert len(planned) == 300
    met = {(hurt.on, hurt.kind, hurt.phase, hurt.at) for hurt in planned}
    for on in (SQLITE, POSTGRES):
        for phase in ("sent", "closed"):
            for kind, last in (("app", BOUNDARIES), ("office", BOUNDARIES), ("connection", COMMITS)):
                assert {(on, kind, phase, at) for at in range(1, last[phase] + 1)} <= met
    at_random = {(hurt.on, hurt.kind) for hurt in planned if "random" in hurt.kind}
    assert at_random == {
        (SQLITE, "app at random"), (SQLITE, "office at random"), (SQLITE, "app and office at random"),
        (POSTGRES, "app at random"), (POSTGRES, "connection at random"), (POSTGRES, "database server at random"),
    }  # fmt: skip
    assert sum(hurt.kind == "worker" for hurt in planned) >= 8


def test_every_fault_of_sending_and_reading_is_met() -> None:
    elsewhere = {mode for mode in get_args(Mode) if mode.startswith("webhook_")} | {"ok", "wrong_result"}
    assert {*LIES, *READING} == set(get_args(Mode)) - elsewhere


def test_few_runs_are_still_all_boundaries() -> None:
    assert list(plan(BOUNDARIES, COMMITS, 1, seed=1)) == list(plan(BOUNDARIES, COMMITS, 300, seed=1))[: 2 * 68 + 20]
