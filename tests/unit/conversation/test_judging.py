"""What a guide wants judged by a person, and what is corrected again and again: it goes over, and what nobody has looked at she alone sends off."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from assistant.casework.flow import acts, answering, asking, choosing
from assistant.desk import accounts
from assistant.desk.queue import Ending
from knowledge.schema import Guide
from tests.unit.casework.flow.support import World, small_guide
from tests.unit.conversation.test_handing_off import PHONE, Hall, ScriptedEngine, hall, said
from tests.unit.conversation.test_turn import Parse

__all__ = ["hall"]

JUDGED = {
    "key": "leased_house", "when": {"field": "source", "is": "leased"}, "reason": "看房东同意没有", "message": "租的房子要工作人员看一看。",
    "evidence": ["law"],
}  # fmt: skip
ANSWERS = ("租的", "示例有限公司", "李四", PHONE, "跳过", "承诺", "都对")
"""From the beginning of the case to its confirmed package, a leased house among them."""


class Asking(ScriptedEngine):
    """Takes what is said as the answer to the pending question."""

    async def turn(self, sender: str, text: str, asked: dict[str, Any] | None, slots: dict[str, str | None]) -> Parse:
        assert self.runner is not None
        talk = self.runner.current(sender).talk
        if talk.case is None:
            choosing.begin(talk, talk.catalogue.guides["address"])
            asking.advance(talk)
        elif text == "继续":
            acts.perform(talk, "resume")
        else:
            answering.take(talk)
        return Parse("provide")

    async def parse(self, text: str, asked: dict[str, Any] | None) -> Parse:
        return Parse("cancel" if "取消" in text else "provide")


@pytest.fixture
def judged(hall: Hall) -> Hall:
    """The guide has a case that a person must judge; the citizen has begun and is asked for it."""
    guide = Guide.model_validate({**small_guide().model_dump(by_alias=True, exclude_unset=True), "judgements": [JUDGED]})
    hall.runner.services = World(guides={guide.code: guide})
    hall.runner.engine = engine = Asking()
    engine.runner = hall.runner
    return hall


async def test_what_a_guide_wants_judged_goes_over_at_once_and_the_interview_goes_on(judged: Hall) -> None:
    hall = judged
    assert (await hall.say("我要办示例变更登记"))["ask"]["field"] == "source"
    turn = await hall.say("租的")
    assert (turn["owner"], turn["status"], turn["ask"]["field"]) == ("queue", "collecting", "company")
    assert "租的房子要工作人员看一看。" in said(turn) and "要由工作人员来判断" in said(turn)
    [stay] = hall.stays()
    assert (stay.reason, stay.item) == ("guide_rule", "address")
    assert hall.notes() == ["指南规定要人判断：\n看房东同意没有"]
    turn = await hall.say("示例有限公司")
    assert (turn["owner"], turn["ask"]["field"]) == ("queue", "landlord") and "第1位" in said(turn), "she keeps her place"
    assert len(hall.stays()) == 1, "handed over once"
    turn = await hall.say("1")
    assert (turn["owner"], turn["status"]) == ("queue", "rejected_answer") and "第1位" in said(turn), "she is told what is wrong with it"


async def test_what_nobody_judged_is_sent_off_only_by_who_leaves_the_queue_and_she_is_told(judged: Hall) -> None:
    hall = judged
    await hall.say("我要办示例变更登记")
    for words in ANSWERS:
        turn = await hall.say(words)
    assert (turn["owner"], turn["ask"]["field"]) == ("queue", "submit")
    turn = await hall.say("提交")
    assert (turn["owner"], turn["status"], turn["case"]["status"]) == ("queue", "queued", "ready")
    await hall.say("取消排队")
    turn = await hall.say("提交")
    assert (turn["owner"], turn["status"]) == ("bot", "submitted")
    [notice] = [reply["text"] for reply in turn["replies"] if reply["kind"] == "notice" and reply["level"] == "warning"]
    assert "租的房子要工作人员看一看。" in notice and "工作人员还没有看过" in notice
    assert [stay.state for stay in hall.stays()] == ["left"], "she is offered a person, and not put in the queue again"


@pytest.mark.parametrize(("ended", "told"), [("released", False), ("vanished", True)])
async def test_what_a_person_has_looked_at_is_sent_off_without_such_words(judged: Hall, ended: str, told: bool) -> None:
    hall = judged
    await hall.say("我要办示例变更登记")
    for words in ANSWERS:
        await hall.say(words)
    hall.clock.advance(timedelta(seconds=5))
    now = hall.clock.now()
    with hall.db.write() as conn:
        staff = accounts.add(conn, "zhuo-1", "Fictitious-Pass-2026", "1号坐席", "operator", now)
        hall.desk.claim(conn, "c1", staff, "1号坐席", now)
    with hall.db.write() as conn:
        if ended == "released":
            hall.desk.release(conn, "c1", staff, now, Ending("solved"))
        else:
            hall.desk.requeue(conn, ["c1"], now)
    if ended == "vanished":
        await hall.say("取消排队")
    turn = await hall.say("提交")
    assert turn["status"] == "submitted"
    assert ("工作人员还没有看过" in said(turn)) == told


async def test_what_became_so_after_a_person_was_there_is_for_another(judged: Hall) -> None:
    hall = judged
    await hall.say("我要办示例变更登记")
    now = hall.clock.now()
    with hall.db.write() as conn:
        staff = accounts.add(conn, "zhuo-1", "Fictitious-Pass-2026", "1号坐席", "operator", now)
        hall.desk.enqueue(conn, "c1", "to_human", now)
        hall.desk.claim(conn, "c1", staff, "1号坐席", now)
        hall.desk.release(conn, "c1", staff, now, Ending("solved"))
    hall.clock.advance(timedelta(seconds=5))
    for words in (*ANSWERS, "取消排队"):
        await hall.say(words)
    assert "工作人员还没有看过" in said(await hall.say("提交"))


async def test_an_answer_changed_again_and_again_goes_over(judged: Hall) -> None:
    hall = judged
    await hall.say("我要办示例变更登记")
    for words in ("自己的", "示例有限公司", PHONE):
        await hall.say(words)
    for number in ("13900139000", PHONE, PHONE):
        await hall.say("修改联系电话")
        assert (await hall.say(number))["owner"] == "bot", "twice is nothing, and neither is the same number again"
    await hall.say("修改联系电话")
    turn = await hall.say("13700137000")
    assert (turn["owner"], turn["ask"]["field"]) == ("queue", "note") and "改了几次还没有改好" in said(turn)
    assert [stay.reason for stay in hall.stays()] == ["correction"]
    assert hall.notes() == ["“联系电话”改了3次。"]
    assert (await hall.say("跳过"))["owner"] == "queue", "she goes on and keeps her place"


async def test_a_second_request_for_corrections_goes_over_once_she_knows_what_is_wanted(judged: Hall) -> None:
    hall = judged
    await hall.say("我要办示例变更登记")
    for words in ("自己的", "示例有限公司", PHONE, "跳过", "都对", "提交"):
        turn = await hall.say(words)
    case_no = turn["case"]["case_no"]
    hall.corrected(case_no)
    assert (await hall.say("继续"))["owner"] == "bot", "once is usual"
    for words in ("13900139000", "都对", "提交"):
        assert (await hall.say(words))["owner"] == "bot"
    hall.corrected(case_no)
    turn = await hall.say("继续")
    assert (turn["owner"], turn["ask"]["field"]) == ("queue", "phone") and "已经是第2次要求补正" in said(turn)
    assert [stay.reason for stay in hall.stays()] == ["correction"] and hall.notes() == ["“示例变更登记”第2次要求补正：电话不通"]
    for words in ("13700137000", "都对"):
        assert (await hall.say(words))["owner"] == "queue"
    turn = await hall.say("提交")
    assert (turn["owner"], turn["case"]["status"]) == ("queue", "submitted"), "the office's day does not wait for the desk"


async def test_a_changed_answer_is_judged_anew(judged: Hall) -> None:
    hall = judged
    await hall.say("我要办示例变更登记")
    await hall.say("租的")
    await hall.say("取消排队")
    assert (await hall.say("修改房屋来源"))["owner"] == "bot", "it was handed over for that"
    assert (await hall.say("自己的"))["owner"] == "bot"
    await hall.say("修改房屋来源")
    assert (await hall.say("租的"))["owner"] == "queue"
    assert [stay.reason for stay in hall.stays()] == ["guide_rule", "guide_rule"]
