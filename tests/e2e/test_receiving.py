"""From 办好了寄给我 to the parcel at the door, and the one that came back: in words and taps, with the sandbox's office and courier."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from benchmarks.citizens.citizen import Citizen
from benchmarks.citizens.facts import load
from benchmarks.stack import Stack
from tests.e2e.test_office import Office, prepared, until

PLACE = "上海市浦东新区示例路1号101室"
CERTIFICATE = load(Path(__file__).with_name("cases") / "food-permit-reissue.yaml")[0]


@pytest.fixture
def office(server: Stack) -> Iterator[Office]:
    made = Office(server)
    yield made
    courier(server, "ok")
    made.http.close()


def courier(server: Stack, mode: str, **more: Any) -> None:
    """Make the courier misbehave, or well again."""
    key = (server.data_dir / "keys" / "courier.key").read_text(encoding="ascii").strip()
    url = server.office_url.split("/office")[0] + "/courier/v1/admin/faults"
    done = httpx.post(url, json={"mode": mode, **more}, headers={"X-Api-Key": key}, trust_env=False)
    assert done.status_code == 200, done.text


def parcels(citizen: Citizen) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = citizen.get(f"/cases/{citizen.case_no}/shipments").json()["items"]
    return items


def told(citizen: Citizen, word: str) -> bool:
    return any(kind == "message" and word in json.dumps(data, ensure_ascii=False) for _, kind, data in citizen.events())


def agree(citizen: Citizen, place: str) -> None:
    """Name, telephone and address as they are asked for, and her yes."""
    answers = {"post_name": "张三", "post_phone": "13800138000", "post_address": place}
    while citizen.asking in answers:
        citizen.say(answers[citizen.asking])
    if place not in citizen.texts():  # another was known and shown
        citizen.say(place)
    assert citizen.asking == "post_agree" and place in citizen.texts(), citizen.texts()
    citizen.choose("yes")
    assert citizen.asking is None, citizen.texts()


@pytest.mark.timeout(400)
def test_chosen_by_post_it_is_sent_when_granted_and_comes_back_and_is_sent_again(server: Stack, office: Office) -> None:
    citizen = prepared(server, CERTIFICATE)
    assert citizen.choose("yes")["status"] == "submitted"
    citizen.say("办好了寄给我")
    agree(citizen, PLACE)
    assert parcels(citizen) == [], "nothing is sent that is not there yet"
    courier(server, "return", count=1)
    until(lambda: len(office.files(citizen.case_no)) == 1)
    office.grant(citizen.case_no)
    until(lambda: [one["state"] for one in parcels(citizen)] == ["failed"])
    assert told(citizen, "已经叫了快递") and told(citizen, "换个地址")
    citizen.say("换个地址再寄")
    agree(citizen, "上海市浦东新区示例路8号808室")
    until(lambda: [one["state"] for one in parcels(citizen)] == ["failed", "delivered"])
    citizen.say("快递到哪了")
    assert "已签收" in json.dumps(citizen.turn["replies"], ensure_ascii=False), citizen.texts()
    assert told(citizen, "快递说已经送到了") and "示例路8号" not in json.dumps(parcels(citizen), ensure_ascii=False)
    citizen.say("改自取")
    assert "改不了" in citizen.texts()
