"""From the first sentence to the certificate in hand: five items, two of them 一件事 with departments in parallel, on one server.

Staff decide at the office's own page or its JSON door; what is plain is passed by the automatic examination (秒批). Every certificate
is downloaded and verified: its bytes offline with nothing but the public keys, its code on the public page.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from assistant.casework.package.signing import read_keys
from assistant.casework.results.proof import examine
from assistant.foundation.messages import t
from benchmarks.citizens.answers import answer
from benchmarks.citizens.citizen import Citizen
from benchmarks.citizens.facts import Facts, load
from benchmarks.stack import Stack
from tests.e2e.test_office import Office, until

pytestmark = pytest.mark.timeout(400)
CASES = Path(__file__).with_name("cases")
WAY = ("accept", "review", "approve", "deliver")


def named(guide: str, name: str, **changed: Any) -> Facts:
    """The simulated citizen of this name."""
    found = next(facts for facts in load(CASES / f"{guide}.yaml") if facts.name == name)
    return found.model_copy(update=changed)


RESTAURANT = named("restaurant-opening", "noodle shop from nothing, sole trader, leased, sign and fire commitment")
NEWBORN = named("newborn", "mother, nothing done yet, the child joins her family household")
CARD = named("social-card-reissue", "lost, reported, fetched at the counter, herself", consent="yes")
DRIVER = named("driving-licence-renewal", "car driver, six years over next month, himself, where it was issued")
PERMIT = named("food-permit-renewal", "restaurant known to the register, licence and permit looked up")


class Road:
    """A citizen who has just confirmed her submission, and the office that has it."""

    def __init__(self, server: Stack, office: Office, facts: Facts) -> None:
        self.server, self.office, self.facts = server, office, facts
        self.citizen = citizen = Citizen(server.base_url)
        citizen.say(facts.opening)
        if citizen.asking == "guide":
            citizen.choose(facts.guide)
        if citizen.asking == "start":
            citizen.choose("yes")
        self.until_asked("submit")
        assert citizen.choose("yes")["status"] == "submitted", citizen.texts()
        self.case_no = citizen.case_no

    def until_asked(self, field: str) -> list[str]:
        """Answer from her facts until this is asked; what was asked on the way."""
        asked: list[str] = []
        while self.citizen.asking != field:
            assert self.citizen.asking is not None and len(asked) < 100, (asked[-5:], self.citizen.texts())
            asked.append(self.citizen.asking)
            answer(self.citizen, self.facts)
        return asked

    def file(self, part: str = "") -> dict[str, Any]:
        """The office's file of a department's share, as soon as there is one."""
        until(lambda: any(file["part"] == part for file in self.office.files(self.case_no)))
        return next(file for file in self.office.files(self.case_no) if file["part"] == part)

    def act(self, part: str, *actions: str, **more: Any) -> None:
        """Staff do one thing after another with it."""
        receipt_no = self.file(part)["receipt_no"]
        for action in actions:
            self.office.act(receipt_no, action, **more)

    def status(self, part: str | None = None) -> str:
        """How the case, or a department's share of it, stands."""
        case = self.citizen.get(f"/cases/{self.case_no}").json()
        return str(case["status"] if part is None else next(p["status"] for p in case["parts"] if p["item"] == part))

    def asked(self) -> str:
        """What she is told when she asks how far it is."""
        return str(self.citizen.say("办到哪一步了")["replies"])

    def told(self, level: str) -> str:
        """The notices of this level that she got without asking."""
        return "\n".join(data["text"] for _, kind, data in self.citizen.events() if kind == "notice" and data["level"] == level)

    def results(self, count: int) -> dict[str, dict[str, Any]]:
        """Part → its certificate, once so many are there; each was handed over in the conversation and verifies."""
        items: list[dict[str, Any]] = []

        def there() -> bool:
            items[:] = self.citizen.get(f"/cases/{self.case_no}/results").json()["items"]
            return len(items) == count

        until(there)
        talked = str([data for _, kind, data in self.citizen.events() if kind == "message"])
        for held in items:
            assert held["url"] in talked and held["code"] in talked
            self._verify(held)
        return {held["part"]: held for held in items}

    def _verify(self, held: dict[str, Any]) -> None:
        data = self.citizen.http.get(held["url"], headers=self.citizen.headers).content
        assert hashlib.sha256(data).hexdigest() == held["sha256"] == self.file(held["part"])["result"]["sha256"]
        public = httpx.get(f"{self.server.base_url}/api/v1/verify/{held['code']}", trust_env=False).json()
        assert (public["standing"], public["sha256"], public["number"]) == ("valid", held["sha256"], held["number"])
        keys = read_keys(httpx.get(f"{self.server.base_url}/api/v1/package-keys", trust_env=False).text)
        stated = self.citizen.http.get(held["proof_url"], headers=self.citizen.headers).content
        assert examine(data, stated, keys).ok
        assert examine(data + b" ", stated, keys).fault == "changed"

    def delivered(self) -> None:
        """The last news of all is there; the certificate may be a moment before it."""
        until(lambda: self.status() == "delivered")

    def rate(self, grade: str) -> None:
        """She takes her leave, is asked once for a grade, and gives it."""
        self.citizen.say("谢谢，再见")
        assert self.citizen.asking == "rating", self.citizen.texts()
        self.citizen.choose(grade)


@pytest.fixture(scope="module")
def office(server: Stack) -> Iterator[Office]:
    made = Office(server)
    yield made
    made.http.close()


@pytest.fixture(scope="module")
def carded(server: Stack, office: Office) -> Road:
    """Whose lost card was granted without anybody looking at it, and who rated that."""
    road = Road(server, office, CARD)
    road.results(1)
    road.delivered()
    road.rate("very_satisfied")
    return road


def test_what_is_plain_is_granted_in_seconds_by_the_examination(carded: Road) -> None:
    file = carded.file()
    assert file["status"] == "delivered" and {line["by"] for line in file["history"][1:]} == {"智能审核"}
    assert carded.results(1)[""]["title"] == "社会保障卡"
    assert "谢谢您的评价" in carded.citizen.texts() and carded.citizen.asking is None
    carded.citizen.say("谢谢，再见")
    assert carded.citizen.asking is None, "one thing is rated once"


def test_a_restaurant_gets_its_papers_one_by_one_whatever_the_other_departments_do(server: Stack, office: Office) -> None:
    road = Road(server, office, RESTAURANT)
    licence, food, sign, fire = "sole-trader-founding", "food-permit-new", "shop-sign", "fire-safety-check"
    road.file(licence)
    assert len(office.files(road.case_no)) == 1 and "要等“个体工商户设立登记”办好" in road.asked()
    road.act(licence, *WAY)
    assert list(road.results(1)) == [licence]
    versions = {part: road.file(part)["version"] for part in (food, sign, fire)}  # sent by themselves now, side by side
    assert set(versions.values()) == {1}

    road.act(sign, "accept")
    why = [{"kind": "field", "code": "sign_size", "text": "厚度和图纸上写的不一样"}]
    road.act(sign, "correct", wanting=why, due="2099-01-08")
    road.act(food, *WAY)
    assert set(road.results(2)) == {licence, food}
    until(lambda: road.status() == "correction_needed")  # news of two departments have no order between them
    assert "厚度和图纸上写的不一样" in road.told("warning") and "2099年1月8日" in road.asked()
    said = str(road.citizen.say("继续")["replies"])
    assert road.citizen.asking == "sign_size" and "厚度和图纸上写的不一样" in said
    road.citizen.say("长6米、高0.8米、厚0.2米")
    assert road.until_asked("submit") == ["review"], "nothing else is asked"
    assert road.citizen.choose("yes")["status"] == "submitted"
    until(lambda: road.file(sign)["version"] == 2)
    assert [road.file(part)["version"] for part in (licence, food, fire)] == [1, 1, 1], "the others never hear of it"

    road.act(fire, "accept", "review")
    road.act(fire, "deny", text="疏散出口只有1个能打开", basis="《中华人民共和国消防法》第十五条")
    road.act(sign, *WAY)
    assert set(road.results(3)) == {licence, food, sign}
    until(lambda: road.status() == "delivered")
    assert road.status(fire) == "denied"
    told = road.told("warning")
    assert (
        "疏散出口只有1个能打开" in told
        and "消防法》第十五条" in told
        and "六十日内申请行政复议" in told
        and "六个月内提起行政诉讼" in told
    )
    asked = road.asked()
    assert "没有准予" in asked and all(held["url"] in asked for held in road.results(3).values()), "nobody has to look for them"
    road.rate("fair")


def test_a_child_is_on_all_registers_but_the_one_taken_back(server: Stack, office: Office) -> None:
    road = Road(server, office, NEWBORN)
    birth, notice, household = "birth-certificate-first", "birth-notice", "birth-registration"
    assert {road.file(part)["part"] for part in (birth, notice)} == {file["part"] for file in office.files(road.case_no)}
    road.citizen.say("我要撤回")
    road.citizen.choose(notice)
    until(lambda: road.status(notice) == "withdrawn")
    assert road.file(notice)["status"] == "withdrawn" and road.status() == "submitted", "the others go on"
    later = {
        household: birth,
        "vaccination-record": birth,
        "newborn-medical-insurance": household,
        "newborn-social-card": household,
    }
    for part in (birth, *later):
        road.act(part, *WAY)
    until(lambda: road.status() == "delivered")
    held = road.results(5)
    assert set(held) == {birth, *later} and held[birth]["title"] == "出生医学证明"
    parts = road.citizen.get(f"/cases/{road.case_no}").json()["parts"]
    received = {part["item"]: datetime.fromisoformat(part["received_at"]) for part in parts if part["received_at"]}
    assert all(received[part] > received[before] for part, before in later.items())
    assert "您已经撤回" in road.asked()
    road.rate("satisfied")


@pytest.fixture
def window(server: Stack) -> Iterator[httpx.Client]:
    """Staff at the office's own page, in a browser without scripts."""
    with httpx.Client(base_url=server.office_url, follow_redirects=True, trust_env=False) as http:
        assert http.post("login", data={"key": server.office_key}).status_code == 200
        yield http


def press(window: httpx.Client, receipt_no: str, action: str, **form: str) -> None:
    """One button of a file's page, which has to be there."""
    page = window.get(f"submissions/{receipt_no}").text
    csrf = re.search(r'name="csrf" value="([^"]+)"', page)
    assert csrf is not None and f'value="{action}"' in page
    done = window.post(f"submissions/{receipt_no}/actions", data={"csrf": csrf[1], "action": action, **form})
    assert done.status_code == 200, done.text[:2000]


def test_a_paper_the_window_cannot_read_is_all_that_is_asked_for_again(
    server: Stack, office: Office, window: httpx.Client
) -> None:
    road = Road(server, office, DRIVER)
    receipt_no = road.file()["receipt_no"]
    press(window, receipt_no, "correct", wanting="material:body_certificate", text="", due="2099-01-08")
    until(lambda: road.status() == "correction_needed")
    road.citizen.say("继续")
    assert road.until_asked("submit") == ["material:body_certificate", "review"]
    road.citizen.choose("yes")
    until(lambda: road.file()["version"] == 2)
    for action in WAY:
        press(window, receipt_no, action)
    road.results(1)
    road.delivered()
    assert "结果已经送达" in road.asked()
    road.rate("very_dissatisfied")
    assert road.citizen.asking == "rating_reasons", "a bad grade is asked for its reasons"
    road.citizen.say("等得太久")
    assert road.citizen.asking is None


def test_what_the_register_knows_is_not_asked_on_the_way_to_the_renewed_permit(server: Stack, office: Office) -> None:
    road = Road(server, office, PERMIT)
    assert road.citizen.get(f"/cases/{road.case_no}").json()["prefilled"] > 3
    road.act("", *WAY)
    held = road.results(1)[""]
    assert held["title"] == "食品经营许可证" and held["expires"]
    road.delivered()

    road.citizen.say("证照到期提醒我")
    first = road.case_no
    turn = road.citizen.say(t("notices.renew_message", item="食品经营许可延续"))  # the reminder's one tap
    assert turn["case"]["case_no"] != first and turn["case"]["prefilled"] == 10, road.citizen.texts()
    assert road.until_asked("submit") == ["moved", "conditions_changed", "content_changed", "review"], "what no register knows"
    road.case_no = road.citizen.case_no
    fields = road.citizen.get(f"/cases/{road.case_no}").json()["fields"]
    assert {"previous_case", "licence", "register"} <= {field["source"]["kind"] for field in fields}
    assert road.citizen.choose("yes")["status"] == "submitted"
    assert road.file()["status"] == "received" and road.file()["case_no"] != first


def test_what_was_delivered_and_rated_is_closed(carded: Road) -> None:
    until(lambda: carded.status() == "closed")
