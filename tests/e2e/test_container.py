"""A whole case by the door of an app's web view: in with its signed ticket, to the office's news; and in again, to the same list."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from benchmarks.citizens.citizen import Citizen
from benchmarks.citizens.papers import HERS
from benchmarks.citizens.road import walk
from benchmarks.stack import Stack
from sandbox.identity.realms import subject_of
from tests.e2e.conftest import ALL
from tests.e2e.test_office import Office, office, until

__all__ = ["office"]
KNOWN = next(facts for facts in ALL if facts.guide == "residence-permit" and facts.consent == "yes")
"""One of the sandbox's register, who lets it be looked at."""
INK = {"strokes": [[[number * 8, 20 + number % 7 * 9] for number in range(30)], [[30, 90], [200, 70]]]}


class Phone:
    """The sandbox's app in her hand."""

    def __init__(self, office: Office, number: str) -> None:
        self.app, self.sub = office.http, subject_of(number)

    def ticket(self) -> dict[str, str]:
        """A new one, and the address it opens."""
        given = self.app.post("/container/v1/tickets", json={"as": self.sub, "acr": "real_name"})
        assert given.status_code == 200, given.text
        found: dict[str, str] = given.json()
        return found

    def opens(self, server: Stack) -> Citizen:
        """The product's page, where she is who she is."""
        given = self.ticket()
        answers = [httpx.post(given["address"], data={"ticket": given["ticket"]}) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [303, 403], "once"
        return Citizen(server.base_url, crossing=answers[0].headers["location"].removeprefix("/#go="))


def hers(citizen: Citizen) -> list[dict[str, Any]]:
    """Her list of cases."""
    answer = citizen.get(f"/conversations/{citizen.id}/my-cases")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


@pytest.mark.timeout(300)
def test_from_the_ticket_to_the_news_and_in_again(server: Stack, office: Office) -> None:
    phone = Phone(office, str(KNOWN.expect["id_number"]))
    she = phone.opens(server)
    standing = she.get(f"/conversations/{she.id}/sign-in").json()
    assert (standing["level"], standing["who"]) == ("real_name", "张*") and hers(she) == []

    journey = walk(server.base_url, KNOWN, submit=False, citizen=she)
    assert journey.first_time_right and journey.documents, journey.why
    case_no = she.case_no
    kinds = {row["field"]: row["source"]["kind"] for row in she.get(f"/cases/{case_no}").json()["fields"]}
    known = {"applicant_name", "id_number", "phone"}
    assert not known & {*journey.asked} and not {kinds[field] for field in known} & {*HERS}, "the app said who she is"
    signed = she.http.post(f"/api/v1/cases/{case_no}/signature", json=INK, headers=she.headers)
    assert signed.status_code == 200 and signed.json()["version"] == 2, signed.text
    assert she.say("提交")["status"] == "submitted"

    until(lambda: len(office.files(case_no)) == 1)
    assert office.files(case_no)[0]["version"] == 2
    office.act(office.files(case_no)[0]["receipt_no"], "accept")
    until(lambda: she.get(f"/cases/{case_no}/timeline").json()["items"][-1]["status"] == "accepted")
    assert any("已受理" in data.get("text", "") for _, kind, data in she.events() if kind == "notice")

    again = phone.opens(server)
    [here], [case] = hers(she), hers(again)
    assert again.id != she.id and case == {**here, "here": False}
    assert (case["case_no"], case["status"]) == (case_no, "accepted")
    seen = again.http.post(f"/api/v1/conversations/{again.id}/my-cases/{case_no}/viewing", headers=again.headers)
    assert seen.status_code == 200 and seen.json()["timeline"]["items"][-1]["status"] == "accepted", seen.text
    other = Phone(office, "440106199801020017").opens(server)
    assert hers(other) == []
