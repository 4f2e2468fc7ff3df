"""Over real guides, compositions among them: no order of answers, edits, skips, deferrals and undoing loses or invents a value.

Beside the product the test keeps what was said last for each question. At any moment each of these values is the case's
answer or, where its question does not apply, laid aside; and the case holds nothing else. No question is put that has an
answer, unless she goes back to it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from assistant.casework import interview
from assistant.casework.fields.parse import field_options, parse
from assistant.casework.fields.result import Accepted
from assistant.casework.flow import acts, answering, choosing
from assistant.casework.model import Case
from knowledge.catalogue import Catalogue
from knowledge.schema import Guide, GuideField
from knowledge.settling import settled
from tests.unit.casework.flow.support import NOW, Conversation, World

CATALOGUE = Catalogue.load(Path("knowledge/guides"))
CODES = ["company-address-change", "restaurant-opening", "freight-company-opening", "household-move", "food-permit-new", "fund-rent"]
OTHERS = {
    "person_name": ["王五", "阿卜杜拉·买买提"], "phone": ["13900139000", "13700137000"], "id_number": ["440106199801020017", "310101198512120024"],
    "address": ["上海市静安区范例路20号3号楼1101室", "上海市杨浦区样板路9号2号楼601室"], "company_name": ["上海样板贸易有限公司", "上海范例材料股份有限公司"],
    "uscc": ["91310106MA1FY0TL4L"], "date": ["2026-11-01", "2026年10月9日"], "area": ["80平方米", "120.5"], "amount": ["3000", "五千元"], "integer": ["2", "3"],
    "text": ["甲方说明", "另一种说法"], "email": ["a@example.com"],
}  # fmt: skip


class RealInterview(RuleBasedStateMachine):
    """``said`` is what was given last for each question, ``undoable`` what the messages changed, the latest last."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = Conversation(world=World(guides=dict(CATALOGUE.guides)))
        self.said: dict[str, Any] = {}
        self.undoable: list[tuple[str, Any]] = []
        self.going_back = False

    @initialize(code=st.sampled_from(CODES))
    def begin(self, code: str) -> None:
        talk = self.conv.talk("我要办", intent="apply")
        choosing.begin(talk, self.conv.world.guides[code])
        self.conv.done(talk)

    @property
    def case(self) -> Case:
        assert self.conv.case is not None
        return self.conv.case

    @property
    def guide(self) -> Guide:
        return self.conv.world.guide_of(self.case)

    @property
    def asked(self) -> GuideField | None:
        field = self.guide.field(self.conv.asking) if self.conv.case and self.conv.asking else None
        return field if field is not None and field.type not in ("table", "scope") else None

    @precondition(lambda self: self.asked is not None)
    @rule(data=st.data(), tap=st.booleans())
    def answer(self, data: st.DataObject, tap: bool) -> None:
        field = self.asked
        assert field is not None
        text, value = data.draw(st.sampled_from(_values(field)))
        self._give(field, [text] if tap and field.offered and field.type != "multi" else None, text, value)

    @precondition(lambda self: bool(self.said))
    @rule(data=st.data())
    def edit(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.said)))
        field = self.guide.field(key)
        assert field is not None
        if key not in self.case.answers or interview.follows(self.case.answers[key]) or self.conv.asking is None:
            return
        same = [f.key for f in interview.applying_fields(self.guide, self.case) if field.label in (f.label, *f.names)]
        self._say(f"修改{field.label}")
        assert self.conv.asking in same
        if self.conv.asking == key and field.type != "scope":
            text, value = data.draw(st.sampled_from(_values(field)))
            self._give(field, None, text, value)

    @precondition(lambda self: self.asked is not None and self.asked.optional)
    @rule()
    def skip(self) -> None:
        field = self.asked
        assert field is not None
        self._remember(field.key, "")
        self._say("跳过")

    @precondition(lambda self: self.asked is not None)
    @rule(text=st.sampled_from(["等下再说", "先跳过", "这个晚点填"]))
    def defer(self, text: str) -> None:
        field, missing = self.asked, interview.progress(self.guide, self.case).missing
        assert field is not None
        answered = field.key in self.case.answers
        self._say(text)
        if not answered and len(missing) > 1:
            assert field.key in self.case.deferred and self.conv.asking != field.key

    @rule(text=st.sampled_from(["撤销", "改回去"]))
    def undo(self, text: str) -> None:
        if self.conv.asking is None or not self.undoable:
            return
        self._say(text)
        key, before = self.undoable.pop()
        self.said.pop(key, None)
        if before is not None:
            self.said[key] = before

    @rule(act=st.sampled_from(["pause", "resume", "why", "repeat", "review", "back"]))
    def act(self, act: str) -> None:
        talk = self.conv.talk(act, intent=act)
        acts.perform(talk, act)
        self.conv.done(talk)
        self.going_back = act == "back" or (self.going_back and act not in ("pause", "resume"))

    @precondition(lambda self: (self.conv.asking or "").startswith(interview.MATERIAL_PREFIX))
    @rule()
    def meet(self) -> None:
        options = self.conv.state.ask.options if self.conv.state.ask else None
        if options:
            self._say("", [options[0].value])

    @rule(text=st.sampled_from(["为什么要这个", "举个例子", "这个在哪里看"]))
    def ask_back(self, text: str) -> None:
        asking = self.conv.asking
        if self.asked is not None and not (self.asked.optional and text.endswith("看")):
            self._say(text)
            assert self.conv.asking == asking

    @invariant()
    def nothing_is_lost_and_nothing_invented(self) -> None:
        if self.conv.case is None:
            return
        case, guide = self.case, self.guide
        given = {key: "" if a.skipped else a.value for key, a in case.answers.items() if not interview.follows(a)}
        aside = {key: "" if a.skipped else a.value for key, a in case.fallen.items()}
        assert {key: value for key, value in {**aside, **given}.items()} == {k: v for k, v in self.said.items() if k in aside or k in given}
        follow = settled(guide, {key: value for key, value in given.items() if value != ""})
        applying = {field.key: field for field in interview.applying_fields(guide, case)}
        for key, value in self.said.items():
            assert key in given or key in aside or key in follow, key
            if key in aside and key in applying and key not in case.answers and value != "":
                others = {k: v for k, v in case.values().items() if k != key}
                again = parse(applying[key], value if isinstance(value, list) else str(value), NOW.date(), others)
                assert not isinstance(again, Accepted), key
        assert not set(given) & set(aside)
        worked_out = settled(guide, {key: value for key, value in given.items() if value != ""}, NOW.date(), standing=given)
        assert {key: a.value for key, a in case.answers.items() if interview.follows(a)} == worked_out

    @invariant()
    def nothing_answered_is_asked(self) -> None:
        if self.conv.case is None or self.asked is None:
            return
        again = self.conv.state.editing == self.asked.key or self.going_back
        assert again or self.asked.key not in self.case.answers, self.asked.key
        missing = [field.key for field in interview.progress(self.guide, self.case).missing]
        assert len(missing) == len(set(missing)) and not set(missing) & set(self.case.answers)

    def _give(self, field: GuideField, tapped: list[str] | None, text: str, value: Any) -> None:
        others = {k: v for k, v in self.case.values().items() if k != field.key}
        parsed = parse(field, tapped or text, NOW.date(), others)
        if isinstance(parsed, Accepted):
            assert parsed.value == value
            self._remember(field.key, value)
        self._say(text, tapped)

    def _remember(self, key: str, value: Any) -> None:
        self.undoable = [*self.undoable, (key, self.said.get(key))][-10:]
        self.said[key] = value

    def _say(self, text: str, tapped: list[str] | None = None) -> None:
        self.going_back = False
        talk = self.conv.talk(text, tapped)
        answering.take(talk)
        self.conv.done(talk)


def _values(field: GuideField) -> list[tuple[str, Any]]:
    """Texts that answer a question, each with the value it is read as; choices by their value."""
    if field.type == "multi":
        texts = [option.label for option in field.offered]
    elif field.offered or field.type == "yes_no":
        texts = [option.value for option in field_options(field)]
    else:
        texts = [str(field.example), *OTHERS.get(field.type, [])]
    read = [(text, parse(field, text, NOW.date(), {})) for text in texts]
    found = [(text, parsed.value) for text, parsed in read if isinstance(parsed, Accepted) and parsed.warning is None]
    return found or [(text, parsed.value) for text, parsed in read if isinstance(parsed, Accepted)] or [("呃", None)]


TestRealInterview = RealInterview.TestCase
TestRealInterview.settings = settings(
    max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
)
