"""A small guide, services without a world, and a talk to try flows on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from assistant.casework.bookings.counter import Counter
from assistant.casework.bookings.model import Handing
from assistant.casework.flow.asking import say_question
from assistant.casework.flow.talk import Built, DialogueState, PackageFailed, Talk
from assistant.casework.model import Case
from assistant.casework.notices.wishes import Outside
from assistant.casework.prefill.records import Register
from assistant.casework.results.store import Result
from assistant.casework.shipping.store import Shipment
from assistant.casework.signing import Level
from assistant.foundation.clock import SHANGHAI
from knowledge.catalogue import Catalogue
from knowledge.schema import Guide
from knowledge.search import Decision, Hit

NOW = datetime(2026, 11, 10, 10, 0, tzinfo=SHANGHAI)
FACT = {"text": "示例事实", "evidence": ["law"]}


def small_guide(code: str = "address", name: str = "示例变更登记") -> Guide:
    """A guide with a situation, a dependent field, an optional one, and materials met in every way."""
    return Guide.model_validate({
        "code": code, "name": name, "version": "2026.1", "effective": date(2026, 1, 1), "applicant": ["enterprise"], "summary": "示例",
        "department": "示例局", "evidence": {"law": {"title": "示例条例", "article": "第一条"}}, "conditions": [FACT],
        "legal_limit": {"days": 3, **FACT}, "fee": {"charged": False, **FACT}, "process": [{"name": "受理", "text": "受理", "evidence": ["law"]}],
        "places": [{"name": "示例窗口", "evidence": ["law"]}], "result": {"name": "执照", **FACT},
        "faqs": [{"question": "要钱吗", "answer": "不要", "evidence": ["law"]}],
        "fields": [
            {"key": "company", "label": "公司名称", "type": "company_name", "question": "公司叫什么？", "why": "要核对", "names": ["名称"]},
            {"key": "source", "label": "房屋来源", "type": "choice", "question": "自有还是租？", "why": "决定材料", "situation": True,
             "options": [{"value": "own", "label": "自有", "aliases": ["自己的"]}, {"value": "leased", "label": "租赁", "aliases": ["租的"]}]},
            {"key": "landlord", "label": "出租人", "type": "person_name", "question": "房东是谁？", "why": "要核对", "when": {"field": "source", "is": "leased"}},
            {"key": "phone", "label": "联系电话", "type": "phone", "question": "电话？", "why": "要联系您", "example": "13800138000", "names": ["电话"]},
            {"key": "note", "label": "备注", "type": "text", "question": "还有什么要说明的？", "why": "方便办理", "optional": True},
        ],
        "materials": [
            {"code": "form", "name": "申请书", "form": "original", "met_by": ["generated"], "document": "form", "evidence": ["law"]},
            {"code": "licence", "name": "营业执照", "form": "electronic", "met_by": ["licence"], "evidence": ["law"]},
            {"code": "lease", "name": "租赁合同", "form": "copy", "when": {"field": "source", "is": "leased"}, "met_by": ["upload", "promise", "tolerate"],
             "promise_document": "promise", "tolerance_days": 5, "evidence": ["law"]},
        ],
        "documents": [{"key": "form", "title": "申请书", "template": "form.docx", "kind": "form"},
                      {"key": "promise", "title": "承诺书", "template": "promise.docx", "kind": "commitment"}],
    })  # fmt: skip


@dataclass
class World:
    """Services without a world: search finds an item by its name, packages are a counter."""

    guides: dict[str, Guide] = field(default_factory=lambda: {g.code: g for g in (small_guide(), small_guide("food", "示例食品许可"))})
    built: int = 0
    broken: bool = False
    reachable: bool = True
    numbers: int = 0
    upload_max_bytes: int = 1 << 20
    register: Register | None = None
    page: str | None = None
    sent: list[Shipment] = field(default_factory=list)
    made: list[Result] = field(default_factory=list)
    notice_channels: frozenset[Outside] = frozenset({"sms", "email"})
    counter: Counter = field(default_factory=lambda: Counter({}))
    handing: Handing | None = None
    needed: Level | None = None

    @property
    def catalogue(self) -> Catalogue:
        return Catalogue(self.guides)

    def catalogue_in(self, region: str | None) -> Catalogue:
        return self.catalogue

    def find(self, text: str) -> list[Hit]:
        return [Hit(g.code, g.name, 0.99, []) for g in self.guides.values() if g.name in text]

    def decide(self, hits: Sequence[Hit], *, expected: bool = True) -> Decision:
        return Decision("none" if not hits else "one" if len(hits) == 1 else "which", list(hits), {})

    def guide_of(self, case: Case) -> Guide:
        return self.guides[case.guide_code]

    def new_case_no(self, now: datetime) -> str:
        self.numbers += 1
        return f"BD{now:%Y%m%d}{self.numbers:08d}"

    def build_package(self, case: Case, guide: Guide, now: datetime) -> Built:
        if self.broken:
            raise PackageFailed("模板坏了")
        self.built += 1
        return Built(f"{self.built:064d}", f"blob{self.built}", ["申请书.pdf"], [])

    def office_reachable(self) -> bool:
        return self.reachable

    def sign_in_needed(self, item: str) -> Level | None:
        return self.needed

    def progress_page(self) -> str | None:
        return self.page

    def parcels(self, case_no: str) -> Sequence[Shipment]:
        return [parcel for parcel in self.sent if parcel.case_no == case_no]

    def results(self, case_no: str) -> Sequence[Result]:
        return [made for made in self.made if made.case_no == case_no]

    def handing_of(self, item: str, department: str) -> Handing | None:
        return self.handing.model_copy(update={"department": department}) if self.handing else None

    def hash_resume_code(self, code: str) -> str:
        return f"hash of {code}"

    def resume_code_fits(self, code: str, stored: str) -> bool:
        return stored == f"hash of {code}"


@dataclass
class Conversation:
    """Turns in a row on one state, each by the flow function the test names."""

    world: World = field(default_factory=World)
    state: DialogueState = field(default_factory=DialogueState)
    case: Case | None = None
    others: list[Case] = field(default_factory=list)
    turns: int = 0

    def talk(self, text: str = "", tapped: list[str] | None = None, intent: str = "provide") -> Talk:
        """A new turn's talk."""
        self.turns += 1
        return Talk(conversation_id="c", turn=self.turns, now=NOW, text=text, state=self.state, services=self.world, case=self.case,
                    other_cases=self.others, tapped=tapped, intent=intent, confidence=1.0)  # fmt: skip

    def done(self, talk: Talk) -> Talk:
        """Keep what the turn changed."""
        say_question(talk)
        self.state, self.case, self.others = talk.state, talk.case, talk.other_cases
        return talk

    @property
    def asking(self) -> str | None:
        return self.state.ask.field if self.state.ask else None
