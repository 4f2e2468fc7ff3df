"""One turn at a time: begin, answer, go back, correct, skip, meet materials, confirm, submit, pause."""

from __future__ import annotations

import pytest

from assistant.casework.flow import acts, answering, choosing, reporting
from assistant.casework.flow.talk import Talk
from assistant.casework.model import CaseStatus
from assistant.casework.submission import parts
from knowledge.schema import GuideField
from tests.unit.casework.flow.support import NOW, Conversation, World, small_guide


def begun(world: World | None = None) -> Conversation:
    conv = Conversation(world or World())
    talk = conv.talk("我要办示例变更登记", intent="apply")
    choosing.apply(talk)
    conv.done(talk)
    return conv


def take(conv: Conversation, text: str = "", tapped: list[str] | None = None, intent: str = "provide") -> Talk:
    talk = conv.talk(text, tapped, intent)
    answering.take(talk)
    return conv.done(talk)


def filled(world: World | None = None) -> Conversation:
    """Everything answered; the review is asked."""
    conv = begun(world)
    for text in ("租的", "示例商贸有限公司", "张三", "13800138000", "跳过"):
        take(conv, text)
    take(conv, tapped=["promise"])
    return conv


def said(talk: Talk) -> str:
    return "\n".join(getattr(r, "text", "") for r in talk.replies)


def test_applying_begins_a_case_and_asks_the_situation_first() -> None:
    conv = begun()
    assert conv.case is not None and conv.case.status is CaseStatus.DRAFT and conv.asking == "source"


def test_naming_nothing_asks_which() -> None:
    conv = Conversation()
    talk = conv.talk("我要办证", intent="apply")
    choosing.apply(talk)
    conv.done(talk)
    assert talk.status == "clarify" and conv.asking == "guide" and conv.case is None
    assert take(conv, tapped=["food"]).status == "collecting"
    assert conv.case is not None and conv.case.guide_code == "food"


def test_a_question_answers_and_offers_to_begin() -> None:
    conv = Conversation()
    talk = conv.talk("示例变更登记要钱吗", intent="ask_fee")
    choosing.question(talk, "ask_fee")
    conv.done(talk)
    assert talk.status == "answered" and conv.asking == "start"
    take(conv, "好的开始吧")
    assert conv.case is not None and conv.asking == "source"


def test_a_digression_leaves_the_pending_question_unchanged() -> None:
    conv = begun()
    take(conv, "租的")
    pending = conv.state.ask
    talk = conv.talk("要钱吗", intent="ask_fee")
    choosing.question(talk, "ask_fee")
    conv.done(talk)
    assert talk.status == "answered" and conv.state.ask == pending


def test_a_refused_answer_repeats_the_field_with_the_reason() -> None:
    conv = begun()
    for text in ("自有", "示例商贸有限公司"):
        take(conv, text)
    talk = take(conv, "1380013")
    assert talk.status == "rejected_answer" and conv.asking == "phone"
    assert conv.state.ask is not None and conv.state.ask.error is not None and conv.state.ask.error.code == "phone_shape"
    take(conv, "13800138000")
    assert conv.asking == "note" and conv.state.ask.error is None


def test_changing_a_situation_drops_what_depended_on_it_and_says_so() -> None:
    conv = filled()
    talk = take(conv, "修改房屋来源")
    assert conv.asking == "source" and conv.state.ask is not None and conv.state.ask.value == "leased"
    talk = take(conv, "自有")
    assert "出租人" in said(talk) and conv.case is not None
    assert "landlord" not in conv.case.answers and "lease" not in conv.case.materials
    assert conv.asking == "review"


def test_going_back_walks_the_answers_in_reverse_and_stops_at_the_first() -> None:
    conv = begun()
    for text in ("租的", "示例商贸有限公司", "张三"):
        take(conv, text)
    seen = []
    for _ in range(4):
        talk = conv.talk("上一步", intent="back")
        acts.perform(talk, "back")
        conv.done(talk)
        seen.append(conv.asking)
    assert seen == ["landlord", "company", "source", "source"]
    assert "第一步" in said(talk)
    take(conv, "租的")
    assert conv.asking == "phone", "what was answered is not asked again"


def test_a_correction_in_passing_keeps_the_question() -> None:
    conv = begun()
    for text in ("租的", "示例商贸有限公司"):
        take(conv, text)
    take(conv, "公司名称说错了，应该是样板商贸有限公司", intent="correct_info")
    assert conv.asking == "landlord" and conv.case is not None
    assert conv.case.answers["company"].display == "样板商贸有限公司"


@pytest.mark.parametrize("told", ["没有", "一分钱都没有", "没有收入", "无"])
def test_nothing_is_nought_where_a_sum_is_asked_and_may_be(told: str) -> None:
    income = {"key": "phone", "label": "每月收入", "type": "amount", "question": "每个月收入多少？", "why": "要核对", "optional": True}
    small = small_guide()
    guide = small.model_copy(update={"fields": [*small.fields[:3], GuideField.model_validate(income)]})
    conv = begun(World(guides={guide.code: guide}))
    for text in ("自有", "示例商贸有限公司"):
        take(conv, text)
    take(conv, told, intent="skip")
    assert conv.case is not None and not conv.case.answers["phone"].skipped
    assert conv.case.answers["phone"].value == 0


def test_optional_may_be_skipped_required_may_not() -> None:
    conv = begun()
    for text in ("自有", "示例商贸有限公司"):
        take(conv, text)
    assert take(conv, "跳过", intent="skip").status == "rejected_answer" and conv.asking == "phone"
    take(conv, "13800138000")
    take(conv, "没有", intent="skip")
    assert conv.asking == "review" and conv.case is not None and conv.case.answers["note"].skipped


def test_a_tolerated_material_has_its_due_date() -> None:
    conv = begun()
    for text in ("租的", "示例商贸有限公司", "张三", "13800138000", "跳过"):
        take(conv, text)
    assert conv.asking == "material:lease"
    talk = take(conv, "以后补行不")
    assert conv.case is not None and conv.case.materials["lease"].status == "tolerated"
    assert str(conv.case.materials["lease"].due) == "2026-11-17" and "2026年11月17日" in said(talk)


def test_confirming_builds_and_a_later_change_takes_the_package_back() -> None:
    conv = filled()
    assert take(conv, "确认无误").status == "ready"
    assert conv.case is not None and conv.case.status is CaseStatus.READY and conv.asking == "submit"
    assert conv.case.package is not None and conv.case.package.version == 1
    take(conv, "修改联系电话")
    take(conv, "13900139000")
    assert conv.case.package is None and conv.asking == "review"
    take(conv, "确认无误")
    assert conv.case.package is not None and conv.case.package.version == 2


def test_a_package_that_cannot_be_made_loses_nothing() -> None:
    world = World(broken=True)
    conv = filled(world)
    assert take(conv, "确认无误").status == "error_document"
    assert conv.asking == "review" and conv.case is not None and conv.case.package is None and conv.case.status is CaseStatus.DRAFT
    world.broken = False
    assert take(conv, "确认无误").status == "ready"


def test_nothing_is_submitted_without_a_yes() -> None:
    conv = filled()
    take(conv, "确认无误")
    talk = take(conv, "先不提交")
    assert not talk.submit and conv.case is not None and conv.case.status is CaseStatus.READY
    talk = conv.talk("继续", intent="resume")
    acts.perform(talk, "resume")
    conv.done(talk)
    assert conv.asking == "submit"
    talk = take(conv, "提交吧")
    assert talk.submit and conv.case.status is CaseStatus.SUBMITTED and conv.asking is None


def test_submitting_while_the_office_is_down_says_so() -> None:
    conv = filled(World(reachable=False))
    take(conv, "确认无误")
    talk = take(conv, tapped=["yes"])
    assert talk.status == "submitted" and talk.submit and "还没有送到" in said(talk)
    assert len(talk.replies) <= 4, "sent and what next, that it has not arrived, the code, one offer"


def test_correction_from_the_office_leads_to_a_second_version() -> None:
    conv = filled()
    take(conv, "确认无误")
    take(conv, "提交")
    assert conv.case is not None
    parts.move(conv.case, "", CaseStatus.CORRECTION_NEEDED, NOW)
    talk = conv.talk("继续", intent="resume")
    acts.perform(talk, "resume")
    conv.done(talk)
    assert conv.asking == "review"
    take(conv, "修改联系电话")
    take(conv, "13900139000")
    take(conv, "确认无误")
    talk = take(conv, "提交")
    assert talk.submit and conv.case.status is CaseStatus.SUBMITTED and conv.case.package is not None and conv.case.package.version == 2


def test_pausing_gives_a_code_and_resuming_asks_the_same() -> None:
    conv = begun()
    take(conv, "租的")
    talk = conv.talk("先到这里", intent="pause")
    acts.perform(talk, "pause")
    conv.done(talk)
    assert talk.status == "paused" and conv.asking is None and conv.case is not None and conv.case.resume_code_hash is not None
    code = conv.case.resume_code_hash.removeprefix("hash of ")
    assert code in said(talk) and conv.case.case_no in said(talk)
    talk = conv.talk("继续", intent="resume")
    acts.perform(talk, "resume")
    conv.done(talk)
    assert conv.asking == "company"


def test_another_item_asks_before_it_leaves_this_one() -> None:
    conv = begun()
    take(conv, "租的")
    first = conv.case
    talk = take(conv, "我要办示例食品许可", intent="apply")
    assert conv.asking == "switch" and talk.status == "clarify"
    take(conv, "换")
    assert conv.case is not first and conv.case is not None and conv.case.guide_code == "food" and first in conv.others
    assert first is not None and first.status is CaseStatus.DRAFT


def act(conv: Conversation, intent: str, text: str) -> Talk:
    talk = conv.talk(text, intent=intent)
    acts.perform(talk, intent)
    return conv.done(talk)


def test_giving_up_keeps_the_draft_and_beginning_anew_does_not() -> None:
    conv = begun()
    take(conv, "租的")
    act(conv, "cancel", "不办了")
    assert conv.asking is None and conv.case is not None and conv.case.status is CaseStatus.DRAFT and conv.case.answers
    act(conv, "resume", "继续")
    assert conv.asking == "company"
    first = conv.case
    act(conv, "restart", "重新开始")
    assert first.status is CaseStatus.WITHDRAWN and conv.case is not first and conv.case is not None
    assert conv.asking == "source" and not conv.case.answers


def test_reporting_names_status_and_next_step() -> None:
    conv = filled()
    talk = conv.talk("办到哪一步了", intent="check_progress")
    reporting.report(talk)
    assert talk.status == "answered" and "草稿" in said(talk)
