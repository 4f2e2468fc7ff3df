"""The office decides, and the citizen is told: in the conversation, by SMS and by mail, where she agreed to be; and no longer."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.citizens.citizen import Citizen
from benchmarks.stack import Stack
from tests.e2e.test_office import Office, office, prepared, until
from tests.messages import MessageAdmin

__all__ = ["office"]
MAIL = "told@example.com"


def sandbox(server: Stack) -> MessageAdmin:
    secret = (server.data_dir / "keys" / "messages.key").read_text(encoding="ascii").strip()
    return MessageAdmin(server.office_url.split("/office")[0], secret)


def notices(citizen: Citizen) -> str:
    return "\n".join(str(data.get("text", "")) for _, kind, data in citizen.events() if kind == "notice")


def about(messages: list[dict[str, Any]], case_no: str) -> list[str]:
    return [str(one["body"]) for one in reversed(messages) if case_no[-4:] in one["body"]]


@pytest.mark.timeout(400)
def test_accepted_is_told_here_and_by_sms_and_mail_and_then_only_here(server: Stack, office: Office) -> None:
    far, citizen = sandbox(server), prepared(server)
    case_no = citizen.case_no
    turn = citizen.choose("yes")
    assert turn["status"] == "submitted" and any(reply.get("title") == "有进展怎么告诉您" for reply in turn["replies"])
    assert "发短信" in str(citizen.say("有进展发短信给我")["replies"])
    assert "told@example.com" not in str(citizen.say(f"发邮件到{MAIL}")["replies"]), "an address is shown masked"
    until(lambda: len(office.files(case_no)) == 1)
    receipt = office.files(case_no)[0]["receipt_no"]
    office.act(receipt, "accept")
    until(lambda: any("已受理" in text for text in about(far.sent(channel="sms"), case_no)))
    until(lambda: any("已受理" in text for text in about(far.sent(MAIL), case_no)))
    assert "已受理" in notices(citizen), "it is there again when the conversation is opened anew"
    texts = about(far.sent(channel="sms"), case_no)
    assert len(texts) == len(set(texts)) and not [text for text in texts if case_no in text]
    assert all(text.startswith("【办到】") and "/progress" in text for text in texts)

    assert "只在这里" not in str(citizen.say("不要给我发短信了")["replies"]), "mail is still agreed to"
    office.act(receipt, "review")
    office.act(receipt, "approve")
    until(lambda: any("已准予" in text for text in about(far.sent(MAIL), case_no)))
    assert not [text for text in about(far.sent(channel="sms"), case_no) if "准予" in text]
    assert "准予" in notices(citizen)


@pytest.mark.timeout(400)
def test_a_gateway_that_takes_it_in_and_falls_silent_sends_one_sms(server: Stack, office: Office) -> None:
    far, citizen = sandbox(server), prepared(server)
    citizen.choose("yes")
    citizen.say("有进展发短信给我")
    until(lambda: len(office.files(citizen.case_no)) == 1)
    until(lambda: bool(about(far.sent(channel="sms"), citizen.case_no)))
    far.fault("accept_then_timeout", channel="sms", count=1, seconds=12)
    try:
        office.act(office.files(citizen.case_no)[0]["receipt_no"], "accept")
        until(lambda: any("已受理" in text for text in about(far.sent(channel="sms"), citizen.case_no)))
    finally:
        far.fault("ok")
    citizen.say("谢谢")
    kept = [one for one in far.sent(channel="sms") if "已受理" in one["body"] and citizen.case_no[-4:] in one["body"]]
    assert len(kept) == 1


@pytest.mark.timeout(400)
def test_who_agreed_to_nothing_is_told_in_the_conversation_alone(server: Stack, office: Office) -> None:
    far, citizen = sandbox(server), prepared(server)
    citizen.choose("yes")
    until(lambda: len(office.files(citizen.case_no)) == 1)
    office.act(office.files(citizen.case_no)[0]["receipt_no"], "accept")
    until(lambda: "已受理" in notices(citizen))
    assert not about(far.sent(), citizen.case_no)
