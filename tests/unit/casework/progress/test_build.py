"""Who has it, since when, until when, what next: read off a case's history, with nothing invented."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from assistant.casework.bookings.model import Handing
from assistant.casework.model import Case, CasePart, Correction, OfficeExtension, TimelineEntry, Urging, Verdict, Wanting
from assistant.casework.progress.build import progress
from assistant.casework.progress.view import ProgressView
from assistant.casework.shipping.address import Address, Wish
from assistant.casework.shipping.courier import Step
from assistant.casework.shipping.store import Held, Shipment
from assistant.foundation.messages import use_language
from knowledge.schema import Contact, Guide
from tests.unit.casework.clocks.support import S, at, case_of
from tests.unit.casework.flow.support import small_guide

PERMIT = small_guide().model_copy(
    update={
        "task_type": "行政许可",
        "contacts": [Contact(kind="consult", name="示例热线", phone="12345", evidence=["law"])],
    }
)
SERVICE = small_guide().model_copy(update={"task_type": "公共服务", "legal_limit": None})
SENT = (("2026-11-09", S.SUBMITTED, "me"),)
RECEIVED = (*SENT, ("2026-11-09", S.SUBMITTED, "office"))
ACCEPTED = (*RECEIVED, ("2026-11-10", S.ACCEPTED, "office"))


def view(case: Case, guide: Guide = PERMIT, day: str = "2026-11-11") -> ProgressView:
    return progress(case, guide, at(day))


def states(shown: ProgressView) -> str:
    """The stages' states, one letter each: d(one) n(ow) h(alt) a(head)."""
    return "".join(stage.state[0] for stage in shown.lines[0].stages)


def test_before_the_papers_are_there_no_number_of_the_offices_looks_like_a_receipt() -> None:
    case = case_of(*SENT)
    part = CasePart(status=S.SUBMITTED, office_ref="SJ20261109000001", handing=Handing(way="post"))
    case.parts = [part]
    (line,) = view(case).lines
    assert line.office_ref is None and line.who == "您" and "纸质材料" in line.next
    part.handing = Handing(way="post", received_at=at("2026-11-10"))
    assert view(case).lines[0].office_ref == "SJ20261109000001"


@pytest.mark.parametrize(
    ("lines", "expected", "who"),
    [
        (SENT, "naaaa", "办到"),
        (RECEIVED, "dnaaa", "示例局"),
        ((*RECEIVED, ("2026-11-10", S.CORRECTION_NEEDED, "office")), "dhaaa", "您"),
        ((*RECEIVED, ("2026-11-10", S.REFUSED, "office")), "dhaaa", "没有人在办"),
        (ACCEPTED, "ddnaa", "示例局"),
        ((*ACCEPTED, ("2026-11-10", S.IN_REVIEW, "office")), "ddnaa", "示例局"),
        ((*ACCEPTED, ("2026-11-10", S.CORRECTION_NEEDED, "office")), "ddhaa", "您"),
        ((*ACCEPTED, ("2026-11-10", S.CORRECTION_NEEDED, "office"), ("2026-11-11", S.SUBMITTED, "me")), "ddnaa", "示例局"),
        ((*ACCEPTED, ("2026-11-11", S.DENIED, "office")), "dddha", "没有人在办"),
        ((*ACCEPTED, ("2026-11-11", S.APPROVED, "office")), "ddddn", "示例局"),
        ((*ACCEPTED, ("2026-11-11", S.APPROVED, "office"), ("2026-11-11", S.DELIVERED, "office")), "ddddd", "没有人在办"),
        ((*SENT, ("2026-11-10", S.WITHDRAWN, "me")), "haaaa", "没有人在办"),
    ],
)
def test_the_stage_and_who_has_it(lines: tuple[tuple[str, S, str], ...], expected: str, who: str) -> None:
    shown = view(case_of(*lines))
    assert states(shown) == expected
    assert shown.lines[0].who == who


def test_every_status_can_be_shown_in_both_languages() -> None:
    for status in S:
        case = case_of(("2026-11-09", S.SUBMITTED, "me"), ("2026-11-09", status, "office"))
        for language in ("zh-CN", "en"):
            with use_language(language):
                shown = view(case)
            assert shown.summary
            assert shown.lines[0].next
            assert "{" not in json.dumps(shown.model_dump(), ensure_ascii=False).replace('{"', "")


def test_what_has_not_arrived_has_no_date() -> None:
    shown = view(case_of(*SENT))
    (due,) = shown.lines[0].until
    assert due.date is None
    assert "现在不知道" in due.text
    assert "没有签收不算收件" in shown.lines[0].now


def test_the_answer_on_acceptance_is_due_by_law_for_a_licence_only() -> None:
    (due,) = view(case_of(*RECEIVED)).lines[0].until
    assert (due.kind, due.date, due.remaining, due.basis) == ("acceptance", "2026-11-16", 3, "《行政许可法》第三十二条")
    assert "2026年11月16日" in due.text
    assert "还剩3个工作日" in due.text
    (unknown,) = view(case_of(*RECEIVED), SERVICE).lines[0].until
    assert (unknown.date, unknown.remaining) == (None, None)
    assert "没有查到规定" in unknown.text


def test_the_decision_is_due_by_the_guide_or_not_known() -> None:
    (due,) = view(case_of(*ACCEPTED)).lines[0].until
    assert (due.kind, due.date, due.basis) == ("legal", "2026-11-13", "《示例条例》第一条")
    (last_day,) = view(case_of(*ACCEPTED), day="2026-11-13").lines[0].until
    assert "今天是最后一天" in last_day.text
    (late,) = view(case_of(*ACCEPTED), day="2026-11-17").lines[0].until
    assert (late.level, late.remaining) == ("overdue", -2)
    assert "超了2个工作日" in late.text
    (unknown,) = view(case_of(*ACCEPTED), SERVICE).lines[0].until
    assert "说不准日子" in unknown.text


def test_a_day_in_an_unpublished_year_and_an_unchecked_limit_are_said_to_be_so() -> None:
    doubted = PERMIT.model_copy(
        update={"evidence": {key: one.model_copy(update={"verified": False}) for key, one in PERMIT.evidence.items()}}
    )
    late = (("2026-12-30", S.SUBMITTED, "me"), ("2026-12-30", S.ACCEPTED, "office"))
    (due,) = view(case_of(*late), doubted, "2026-12-30").lines[0].until
    assert (due.preliminary, due.verified) == (True, False)
    assert "2027年的放假安排还没有公布" in due.text
    assert "还没有核实" in due.text


def test_a_correction_says_what_and_until_when_or_that_nobody_said() -> None:
    case = case_of(*ACCEPTED, ("2026-11-11", S.CORRECTION_NEEDED, "office"))
    case.correction = Correction(text="请补交场地图")
    shown = view(case)
    assert shown.todo == ["补正：请补交场地图"]
    correction, legal = shown.lines[0].until
    assert (correction.kind, correction.date) == ("correction", None)
    assert "没有说最晚哪天" in correction.text
    assert legal.stopped_since == "2026-11-11"
    assert "等您补正" in legal.text
    case.correction.due = date(2026, 11, 25)
    assert view(case).lines[0].until[0].date == "2026-11-25"
    case.correction = None
    assert "没有写" in view(case).todo[0]


def test_what_the_law_accepted_and_the_office_refused_says_both() -> None:
    case = case_of(*RECEIVED, ("2026-11-17", S.ACCEPTED, "law"), ("2026-11-18", S.REFUSED, "office"), deemed=date(2026, 11, 9))
    shown = view(case, day="2026-11-18")
    assert "《行政许可法》第三十二条" in shown.lines[0].now
    assert "2026年11月9日" in shown.lines[0].now


def test_whom_to_ask_comes_with_whether_it_was_checked() -> None:
    contacts = view(case_of(*ACCEPTED)).lines[0].contacts
    assert [(one.kind, one.phone) for one in contacts] == [("consult", "12345"), ("window", None)]
    assert all(one.verified for one in contacts)


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (SENT, "还没有送到"),
        ((*ACCEPTED, ("2026-11-11", S.CORRECTION_NEEDED, "office")), "等您补正"),
        ((*ACCEPTED, ("2026-11-11", S.APPROVED, "office"), ("2026-11-11", S.DELIVERED, "office")), "已经有结果"),
    ],
)
def test_urging_needs_somebody_to_urge(lines: tuple[tuple[str, S, str], ...], why: str) -> None:
    urging = view(case_of(*lines)).urging
    assert not urging.possible
    assert why in urging.text


def test_urging_is_once_a_day() -> None:
    case = case_of(*ACCEPTED)
    assert view(case).urging.possible
    case.urgings.append(Urging(at=at("2026-11-11", 8)))
    assert not view(case).urging.possible
    assert view(case, day="2026-11-12").urging.possible


def whole(*parts: CasePart, entries: tuple[tuple[str, S, str, str], ...] = ()) -> Case:
    """A 一件事 that was sent on Monday, with its parts and what their departments said: (day, status, who, part)."""
    case = case_of(*SENT)
    case.parts = list(parts)
    case.timeline += [
        TimelineEntry(at=at(day), status=status, who=who, text="示例", part=part) for day, status, who, part in entries
    ]
    return case


def test_of_several_departments_each_has_its_line() -> None:
    company = CasePart(
        item="company",
        name="公司设立登记",
        department="市场监管局",
        status=S.ACCEPTED,
        office_ref="SJ1",
        received_at=at("2026-11-09"),
    )
    food = CasePart(item="food", name="食品经营许可", department="食药科", after=["company"])
    fire = CasePart(item="fire", name="消防检查", department="消防救援", status=S.CORRECTION_NEEDED, office_ref="SJ3", received_at=at("2026-11-09"),
                    correction=Correction(wanting=[Wanting(kind="material", code="plan", text="平面图"), Wanting(kind="other", text="电话打不通")]))  # fmt: skip
    case = whole(
        company,
        food,
        fire,
        entries=(("2026-11-10", S.ACCEPTED, "市场监管局", "company"), ("2026-11-11", S.CORRECTION_NEEDED, "消防救援", "fire")),
    )
    shown = view(case)
    first, second, third = shown.lines
    assert [line.name for line in shown.lines] == ["公司设立登记", "食品经营许可", "消防检查"]
    assert (first.who, first.until[0].date, first.since) == ("市场监管局", "2026-11-13", "2026-11-10")
    assert (second.who, second.until, second.after) == ("等前面的事项", [], ["公司设立登记"])
    assert "公司设立登记" in second.now
    food.status = S.DENIED
    assert view(case).lines[1].after == [], "what was sent waits for nothing any more"
    assert third.who == "您"
    assert shown.todo == ["补正：平面图", "补正：电话打不通"]
    assert shown.urging.possible


def test_what_she_corrected_for_one_department_does_not_set_another_back() -> None:
    company = CasePart(item="company", name="公司", department="甲", status=S.ACCEPTED, received_at=at("2026-11-09"))
    fire = CasePart(item="fire", name="消防", department="乙", status=S.SUBMITTED, received_at=at("2026-11-09"))
    case = whole(
        company, fire, entries=(("2026-11-10", S.ACCEPTED, "甲", "company"), ("2026-11-10", S.CORRECTION_NEEDED, "乙", "fire"), ("2026-11-12", S.SUBMITTED, "申请人", ""))
    )  # fmt: skip
    first, second = view(case, day="2026-11-12").lines
    assert (first.since, first.stages[0].since) == ("2026-11-10", "2026-11-09")
    assert second.stages[0].state == "now"
    assert "还没有签收" in second.now


def test_why_it_was_denied_is_in_the_offices_words_with_law_and_remedy() -> None:
    denied = CasePart(
        status=S.DENIED,
        received_at=at("2026-11-09"),
        verdict=Verdict(reason="面积不够", basis="示例条例第五条", remedy="可以申请复议"),
    )
    case = case_of(*ACCEPTED, ("2026-11-12", S.DENIED, "office"))
    assert view(case).lines[0].verdict is not None
    case.parts = [denied]
    verdict = view(case).lines[0].verdict
    assert verdict is not None
    assert (verdict.reason, verdict.basis, verdict.remedy) == ("面积不够", "示例条例第五条", "可以申请复议")


def test_what_cannot_be_sent_says_that_a_person_looks_at_it() -> None:
    case = case_of(*SENT)
    case.parts = [CasePart(status=S.SUBMITTED, stuck=True)]
    assert "已经请工作人员处理" in view(case).lines[0].now
    assert not view(case).urging.possible


@pytest.mark.parametrize(
    ("article", "days", "words"), [("第四十二条", 13, "延长了10个工作日，理由：须外地协查"), ("第一条", 3, "超出的没有算进")]
)
def test_more_time_is_shown_with_the_reason_and_counts_where_the_law_allows_it(article: str, days: int, words: str) -> None:
    law = PERMIT.evidence["law"].model_copy(update={"title": "行政许可法", "article": article})
    case = case_of(*ACCEPTED)
    case.parts = [CasePart(status=S.ACCEPTED, extension=OfficeExtension(days=10, reason="须外地协查", at=at("2026-11-11")))]
    (due,) = view(case, PERMIT.model_copy(update={"evidence": {"law": law}})).lines[0].until
    assert due.days == days and words in due.text


def test_a_correction_whose_day_has_passed_is_said_to_be_late_and_nothing_more() -> None:
    case = case_of(*RECEIVED, ("2026-11-10", S.CORRECTION_NEEDED, "office"))
    case.parts = [CasePart(status=S.CORRECTION_NEEDED, correction=Correction(text="缺一页", due=date(2026, 11, 13)))]
    for day, level, words in (("2026-11-13", "normal", "请在"), ("2026-11-14", "overdue", "还收不收，由受理部门决定")):
        due = view(case, PERMIT, day).lines[0].until[0]
        assert (due.kind, due.level) == ("correction", level) and words in due.text


def test_how_it_comes_and_where_each_parcel_is_without_name_or_address() -> None:
    case = case_of(*ACCEPTED)
    shown = view(case)
    assert shown.receiving is None and shown.withdrawable
    place = Address(name="张三", phone="13800138000", address="上海市浦东新区示例路1号101室")
    case.receiving = Wish(way="post", at=at("2026-11-10"), address=place)
    step = Step(at=at("2026-11-11"), status="in_transit", text="运输中")
    sent = Shipment("s1", case.case_no, "delivery", "r1", "in_transit", "YS1", 0, None,
                    Held(address=place, contents="示例证", agreed_at=at("2026-11-10"), history=[step]), at("2026-11-10"), at("2026-11-11"))  # fmt: skip
    called_back = replace(sent, id="s2", state="cancelled")
    told = progress(case, PERMIT, at("2026-11-11"), parcels=[called_back, sent]).receiving
    assert told is not None and told.way == "post" and [(one.state, one.text, one.tracking_no) for one in told.parcels] == [("in_transit", "运输中", "YS1")]
    assert "示例路" not in told.model_dump_json() and "张三" not in told.model_dump_json()


def test_what_was_decided_is_not_taken_back() -> None:
    assert not view(case_of(*ACCEPTED, ("2026-11-11", S.DENIED, "office"))).withdrawable


def test_sentences_stand_side_by_side_in_chinese_and_apart_in_english() -> None:
    shown = view(case_of(*RECEIVED), SERVICE)
    assert "受理。几天内" in shown.summary and "。。" not in shown.summary and "。 " not in shown.summary
    with use_language("en"):
        assert ". " in view(case_of(*RECEIVED), SERVICE).summary


def test_what_is_wanting_is_named_where_the_offices_words_alone_do_not_say_what() -> None:
    case = case_of(*RECEIVED, ("2026-11-10", S.CORRECTION_NEEDED, "office"))
    field, material = PERMIT.fields[0], PERMIT.materials[0]
    case.correction = Correction(wanting=[
        Wanting(kind="field", code=field.key, text="不对"), Wanting(kind="material", code=material.code, text="看不清"),
        Wanting(kind="material", code=material.code, text=f"{material.name}看不清"), Wanting(kind="material", code=material.code),
        Wanting(kind="field", code="gone", text="请写清楚"),
    ])  # fmt: skip
    assert view(case).todo == [
        f"补正“{field.label}”：不对", f"补正“{material.name}”：看不清", f"补正：{material.name}看不清", f"补正：{material.name}", "补正：请写清楚",
    ]  # fmt: skip


@pytest.mark.parametrize("status", [S.REFUSED, S.DENIED])
def test_who_was_told_no_reads_what_can_be_done_against_it(status: S) -> None:
    case = case_of(*RECEIVED, ("2026-11-10", status, "office"))
    case.parts = [CasePart(status=status, verdict=Verdict(reason="不属于本机关职权范围"))]
    shown = view(case)
    verdict = shown.lines[0].verdict
    assert verdict is not None and "六十日内申请行政复议" in verdict.remedy and "六个月内提起行政诉讼" in verdict.remedy
    assert "救济途径" in shown.todo[0] and "重新申请" in shown.todo[0]
    case.parts[0].verdict = None
    case.timeline[-1].text = f"材料不实\n{verdict.remedy}"
    assert (told := view(case).lines[0].verdict) is not None and (told.reason, told.remedy) == ("材料不实", verdict.remedy)
