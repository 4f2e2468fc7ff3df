"""A case goes from the first sentence to the result through a city's own system, connected by two files and no code."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

import httpx
import pytest

from benchmarks.citizens.facts import load
from benchmarks.stack import Stack
from tests.e2e.test_office import prepared, status, until
from tests.unit.casework.submission.city import City

CITIZEN = load(Path(__file__).with_name("cases") / "residence-permit-endorsement.yaml")[0]


@pytest.mark.timeout(400)
def test_a_citys_own_system_takes_a_case_to_its_end(server: Stack, city: City) -> None:
    citizen = prepared(server, CITIZEN)
    assert citizen.choose("yes")["status"] == "submitted"
    until(lambda: any(case["outNo"] == citizen.case_no for case in city.cases.values()))
    number = next(number for number, case in city.cases.items() if case["outNo"] == citizen.case_no)
    package = citizen.http.get(f"{server.base_url}/api/v1/cases/{citizen.case_no}/package", headers=citizen.headers).content
    assert city.cases[number]["hash"] == hashlib.sha256(package).hexdigest()
    assert city.taken_in.count(f"{citizen.case_no} 1") == 1 and city.forged == 0

    city.decide(number, "20", "已受理")
    body, headers = city.news(number, int(time.time() * 1000), name="accepted")
    hook = f"{server.base_url}/api/v1/offices/RSJ/webhook"
    assert httpx.post(hook, content=body, headers=headers, trust_env=False).status_code == 204
    assert httpx.post(hook, content=body, headers=headers, trust_env=False).status_code == 401  # replayed
    until(lambda: status(citizen) == "accepted")
    city.decide(number, "40", "准予")
    city.decide(number, "50", "已送达")
    until(lambda: status(citizen) == "delivered")
    [part] = citizen.get(f"/cases/{citizen.case_no}").json()["parts"]
    assert part["office_ref"] == f"RSJ:{number}"
    assert "已送达" in str(citizen.say("办到哪一步了")["replies"])
