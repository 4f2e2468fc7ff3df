"""Notices by WeChat's own interface, and short-lived addresses of files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from assistant.casework.notices.notice import Notice, Rejected, Sent, Unavailable, Words
from assistant.foundation.clock import FixedClock
from assistant.foundation.crypto import KeyRing
from channels import tickets
from channels.wechat.api import Failed, Kind
from channels.wechat.notices import BadTemplates, Subscription, Template, templates_of

NOTICE = Notice("key", "status", "wechat", "oSandbox000001", Words(title="公司住所变更登记办件有新的进展请查看", text="您的办件已受理，" * 5, link="pages/case"))


class Account:
    """Takes what is sent, or fails."""

    def __init__(self, failing: Kind | None = None) -> None:
        self.failing, self.sent = failing, list[tuple[str, Mapping[str, Any]]]()

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        if self.failing:
            raise Failed(self.failing, 1)
        self.sent.append((path, body))
        return {"errcode": 0, "msgid": 7}


def by(account: Account, templates: str = "*=T1", *, official: bool = False) -> Subscription:
    return Subscription(account, templates_of(templates), official=official)  # type: ignore[arg-type]


def test_a_notice_fills_in_the_template_of_its_kind() -> None:
    account = Account()
    assert by(account, "status=T2,thing4,thing5;*=T1").send(NOTICE) == Sent("7")
    ((path, body),) = account.sent
    assert path == "/cgi-bin/message/subscribe/send"
    assert (body["touser"], body["template_id"], body["page"]) == ("oSandbox000001", "T2", "pages/case")
    assert set(body["data"]) == {"thing4", "thing5"} and all(len(held["value"]) <= 20 for held in body["data"].values())


def test_the_official_accounts_template_has_an_address() -> None:
    account = Account()
    by(account, official=True).send(NOTICE)
    ((path, body),) = account.sent
    assert path == "/cgi-bin/message/template/send" and body["url"] == "pages/case"


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        ("busy", Unavailable("busy")), ("quota", Unavailable("busy")), ("away", Unavailable("no-connection")),
        ("stale", Unavailable("not-authorised")), ("gone", Rejected("wechat-gone")), ("refused", Rejected("wechat-refused")),
    ],
)  # fmt: skip
def test_what_goes_wrong(kind: Kind, outcome: object) -> None:
    assert by(Account(kind)).send(NOTICE) == outcome


def test_without_a_template_nothing_is_sent() -> None:
    assert by(Account(), "result=T1").send(NOTICE) == Rejected("no-template")
    assert by(Account()).find("key") is None


@pytest.mark.parametrize("setting", ["status", "status=", "=T", "status=T,one", "status=T,a,b,c"])
def test_a_setting_that_is_none_stops_the_start(setting: str) -> None:
    with pytest.raises(BadTemplates):
        templates_of(setting)


def test_no_setting_is_no_template() -> None:
    assert templates_of(" ; ") == {}
    assert templates_of("a=T") == {"a": Template("T")}


PATH = "/api/v1/cases/BD20261123ABCD2345/package"


@pytest.mark.parametrize("path", [PATH, f"{PATH}?part=food-permit", f"{PATH}?part=a&b="])
def test_a_ticket_opens_its_path_for_its_time(tmp_path: Any, clock: FixedClock, path: str) -> None:
    ring = KeyRing.open(tmp_path / "ring.json")
    address = tickets.made(ring, "conversation-1", path, clock.now() + timedelta(minutes=30))
    assert tickets.opened(ring, address, clock.now()) == "conversation-1"
    ring.rotate()
    assert tickets.opened(ring, address, clock.now()) == "conversation-1", "the index key outlives rotations"
    clock.advance(timedelta(minutes=31))
    assert tickets.opened(ring, address, clock.now()) is None


def test_a_ticket_opens_nothing_else(tmp_path: Any, clock: FixedClock) -> None:
    ring = KeyRing.open(tmp_path / "ring.json")
    address = tickets.made(ring, "conversation-1", PATH, clock.now() + timedelta(minutes=30))
    moment = address.split(".")[-2]
    for wrong in (
        address.replace("2345", "2346"), address.replace("conversation-1", "conversation-2"), f"{address}&part=x", f"{address}&ticket=x",
        address.replace(moment, str(int(moment) + 60)), PATH, f"{PATH}?ticket=", f"{PATH}?ticket=a.b.c", f"{PATH}?ticket=a.é.c",
    ):
        assert tickets.opened(ring, wrong, clock.now()) is None, wrong
    assert tickets.opened(KeyRing.open(tmp_path / "other.json"), address, clock.now()) is None
