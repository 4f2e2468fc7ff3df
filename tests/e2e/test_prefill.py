"""A register that answers late, wrongly or not at all: said plainly, everything asked, nothing lost, nobody kept waiting twice."""

from __future__ import annotations

import time
from typing import Any

import httpx

from benchmarks.citizens.citizen import Citizen
from benchmarks.stack import Stack

USCC = "91310115MA1K3TL06A"


def fault(server: Stack, mode: str, **more: Any) -> None:
    """Make the sandbox's register misbehave."""
    secret = (server.data_dir / "keys" / "register.key").read_text(encoding="utf-8").strip()
    url = f"{server.office_url.rstrip('/').removesuffix('/office')}/register/v1/admin/faults"
    httpx.post(url, json={"mode": mode, **more}, auth=("bandao", secret), trust_env=False).raise_for_status()


def consenting(server: Stack) -> Citizen:
    """A citizen who agreed and is asked for the credit code."""
    citizen = Citizen(server.base_url)
    citizen.say("我们公司搬家了，执照上的地址要改")
    for value in ("no", "leased", "kept"):
        citizen.choose(value)
    assert citizen.asking == "consent", citizen.turn
    citizen.choose("yes")
    assert citizen.asking == "uscc", citizen.turn
    return citizen


def kinds(citizen: Citizen) -> dict[str, str]:
    """Where each value came from."""
    return {row["field"]: row["source"]["kind"] for row in citizen.get(f"/cases/{citizen.case_no}").json()["fields"]}


def waits(server: Stack) -> float:
    """How often the register was waited for in vain."""
    lines = httpx.get(f"{server.base_url}/metrics", trust_env=False).raise_for_status().text.splitlines()
    counted = [line for line in lines if line.startswith("bandao_register_lookups_total{") and 'outcome="timeout"' in line]
    assert counted, "the wait before was counted"
    return sum(float(line.rpartition(" ")[2]) for line in counted)


def test_what_was_looked_up_says_so_everywhere(server: Stack) -> None:
    citizen = consenting(server)
    turn = citizen.say(USCC)
    assert turn["case"]["prefilled"] == 4, turn["case"]
    assert {k: v for k, v in kinds(citizen).items() if v == "register"} == dict.fromkeys(
        ("company_kind", "company_name", "legal_representative", "old_address"), "register"
    )
    materials = {row["code"]: row for row in turn["case"]["materials"]}
    assert materials["business_licence"]["status"] == "licence" and materials["business_licence"]["required"]
    assert materials["legal_representative_card"]["status"] == "missing" and not materials["legal_representative_card"]["required"]
    card = next(reply for reply in turn["replies"] if reply["kind"] == "card")
    assert all("企业登记信息" in row["source"] for row in card["rows"]) and card["actions"]


def test_a_register_too_slow_costs_one_short_wait(server: Stack) -> None:
    citizen = consenting(server)
    slow_s = 60.0
    fault(server, "slow", seconds=slow_s)
    try:
        started = time.monotonic()
        turn = citizen.say(USCC)
        assert time.monotonic() - started < slow_s / 2
        assert turn["status"] == "collecting" and citizen.asking == "company_kind" and "登记系统这会儿查不了" in citizen.texts()
        assert turn["case"]["prefilled"] == 0 and kinds(citizen)["uscc"] == "said"
        waited = waits(server)
        citizen.choose("limited")
        citizen.choose("agent")
        citizen.say("上海示例科技发展有限公司")
        assert waits(server) == waited and "查不了" not in citizen.texts() and citizen.asking == "legal_representative"
    finally:
        fault(server, "ok")


def test_somebody_elses_record_is_not_taken(server: Stack) -> None:
    citizen = consenting(server)
    fault(server, "wrong_record")
    try:
        turn = citizen.say(USCC)
        assert "登记系统这会儿查不了" in citizen.texts() and turn["case"]["prefilled"] == 0 and citizen.asking == "company_kind"
    finally:
        fault(server, "ok")
