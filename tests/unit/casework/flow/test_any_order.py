"""No order of answers, edits, steps back and pauses loses or invents a value."""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from assistant.casework import interview
from assistant.casework.flow import acts, answering, choosing
from assistant.casework.model import CaseStatus
from tests.unit.casework.flow.support import Conversation

GIVEN: dict[str, list[tuple[str, Any]]] = {
    "source": [("自有", "own"), ("租的", "leased"), ("第二个", "leased")],
    "company": [("示例商贸有限公司", "示例商贸有限公司"), ("叫样板餐饮店", "样板餐饮店")],
    "landlord": [("张三", "张三"), ("房东是李四", None)],
    "phone": [("13800138000", "13800138000"), ("139 0013 9000", "13900139000")],
    "note": [("尽快办", "尽快办"), ("跳过", "")],
}
LABELS = {"source": "房屋来源", "company": "公司名称", "landlord": "出租人", "phone": "联系电话", "note": "备注"}


class Interview(RuleBasedStateMachine):
    """Keeps, beside the product, what was said last for each field."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = Conversation()
        self.known: dict[str, Any] = {}
        self.fallen: dict[str, Any] = {}

    @initialize()
    def begin(self) -> None:
        talk = self.conv.talk("办示例变更登记", intent="apply")
        choosing.apply(talk)
        self.conv.done(talk)

    @precondition(lambda self: self.conv.asking in GIVEN)
    @rule(data=st.data())
    def answer(self, data: st.DataObject) -> None:
        field = self.conv.asking
        assert field is not None
        text, value = data.draw(st.sampled_from([pair for pair in GIVEN[field] if pair[1] is not None]))
        self._take(text)
        self.known[field] = value
        if field == "source" and value == "own" and "landlord" in self.known:
            self.fallen["landlord"] = self.known.pop("landlord")
        elif field == "source" and value == "leased":
            self.known.update(self.fallen)
            self.fallen = {}

    @precondition(lambda self: self.conv.asking in GIVEN and self.conv.asking in ("source", "phone"))
    @rule()
    def say_nonsense(self) -> None:
        asking = self.conv.asking
        self._take("呃那个什么来着")
        assert self.conv.asking == asking

    @precondition(lambda self: self.conv.asking == "material:lease")
    @rule(way=st.sampled_from(["promise", "tolerate"]))
    def meet(self, way: str) -> None:
        self._take("", [way])

    @precondition(lambda self: bool(self.known))
    @rule(data=st.data())
    def edit(self, data: st.DataObject) -> None:
        field = data.draw(st.sampled_from(sorted(self.known)))
        if self.conv.asking is None:
            return
        self._take(f"修改{LABELS[field]}")
        assert self.conv.asking == field

    @rule(act=st.sampled_from(["back", "pause", "resume", "why", "repeat", "review"]))
    def act(self, act: str) -> None:
        talk = self.conv.talk(act, intent=act)
        acts.perform(talk, act)
        self.conv.done(talk)

    @precondition(lambda self: self.conv.asking == "review")
    @rule(yes=st.booleans())
    def confirm(self, yes: bool) -> None:
        self._take("", ["yes" if yes else "no"])

    @invariant()
    def values_are_what_was_said_last(self) -> None:
        if self.conv.case is not None:
            held = {key: answer.value for key, answer in self.conv.case.answers.items()}
            assert held == self.known

    @invariant()
    def a_package_only_of_confirmed_answers(self) -> None:
        case = self.conv.case
        if case is not None and case.package is not None:
            assert case.status is CaseStatus.READY
            assert interview.next_field(self.conv.world.guide_of(case), case) is None

    def _take(self, text: str, tapped: list[str] | None = None) -> None:
        talk = self.conv.talk(text, tapped)
        answering.take(talk)
        self.conv.done(talk)


TestInterview = Interview.TestCase
TestInterview.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
