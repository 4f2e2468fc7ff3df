"""The public API's shapes, version 1. OpenAPI is published from these."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from assistant.casework.progress.view import ProgressView
from assistant.conversation.understanding import Understanding
from knowledge.replies import Ask, Reply

MessageId = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f\x7f]+$")]
OptionValue = Annotated[str, Field(min_length=1, max_length=200)]


class In(BaseModel):
    """Base of request bodies: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid")


class OpenConversation(In):
    """``region`` is a GB/T 2260 code or a name; ``locale_chosen`` says that the citizen chose the locale herself."""

    channel: Literal["web", "miniprogram", "kiosk", "wechat", "phone", "counter"]
    locale: Literal["zh-CN", "zh-Hant", "en"] = "zh-CN"
    locale_chosen: bool = False
    region: Annotated[str, Field(max_length=40)] | None = None


class Opened(BaseModel):
    """``token`` opens this conversation and its cases, and nothing else."""

    conversation_id: str
    token: str
    replies: list[Reply]


class PostMessage(In):
    """Exactly one of ``text``, ``choice`` or ``attachments``; ``attachments`` may carry ``text`` too."""

    client_message_id: MessageId
    text: Annotated[str, Field(max_length=200_000)] | None = None
    choice: OptionValue | Annotated[list[OptionValue], Field(min_length=1, max_length=50)] | None = None
    attachments: Annotated[list[Annotated[str, Field(max_length=64)]], Field(min_length=1, max_length=20)] | None = None

    @model_validator(mode="after")
    def exactly_one(self) -> PostMessage:
        given = [name for name in ("text", "choice", "attachments") if getattr(self, name) is not None]
        if not given or (len(given) > 1 and set(given) != {"text", "attachments"}):
            raise ValueError("exactly one of text, choice, attachments (attachments may carry text too)")
        return self


class GuideRef(BaseModel):
    code: str
    name: str
    version: str


class FieldRef(BaseModel):
    field: str
    label: str


class MaterialView(BaseModel):
    code: str
    name: str
    required: bool
    status: Literal["licence", "uploaded", "generated", "promised", "tolerated", "bring", "missing"]
    due: str | None = None


class PackageView(BaseModel):
    url: str
    sha256: str
    version: int


class CaseView(BaseModel):
    """Counts are over the fields that apply now; ``missing`` is in asking order. ``title`` is what the citizen calls the item."""

    case_no: str
    title: str
    guide: GuideRef
    status: str
    filled: int
    total: int
    prefilled: int
    missing: list[FieldRef]
    materials: list[MaterialView]
    package: PackageView | None


class FieldView(BaseModel):
    """An answered field; ``value`` is masked."""

    field: str
    label: str
    value: str
    source: dict[str, Any]


class PartPackageView(BaseModel):
    """One department's own package of a 一件事; ``after`` are the ``item`` codes of the parts that come first."""

    item: str
    name: str
    department: str
    after: list[str]
    url: str
    sha256: str


class ReceiptView(BaseModel):
    """The receiving office's receipt for a package, as PDF under ``url``. ``part`` is the item of a department's share, or ""."""

    number: str
    at: str
    part: str
    version: int
    sha256: str = Field(description="of the package the office took; the receipt is a file of its own")
    url: str


class WantingView(BaseModel):
    """One thing to be corrected; ``code`` is a field's key or a material's code, empty where it is said in words only."""

    kind: Literal["field", "material", "other"]
    code: str
    text: str


class CorrectionView(BaseModel):
    """What an office wants corrected (一次性告知), and until when (ISO 8601) where it said so."""

    text: str
    wanting: list[WantingView]
    due: str | None


class VerdictView(BaseModel):
    """Why an office refused or denied, on what basis, and what can be done against it; empty where it did not say."""

    reason: str
    basis: str
    remedy: str


class CasePartView(BaseModel):
    """How a case stands at one department. A plain case has one, whose ``item`` is empty.

    ``status`` is a case's, or ``waiting`` (for the items in ``after``), or ``blocked`` (one of them will not be granted).
    ``withdrawing``: taken back by the citizen, and not yet confirmed by the office.
    """

    item: str
    name: str
    department: str
    after: list[str]
    status: str
    office_ref: str | None
    received_at: str | None
    package_version: int | None
    withdrawing: bool
    correction: CorrectionView | None
    verdict: VerdictView | None


class CaseDetail(CaseView):
    fields: list[FieldView]
    packages: list[PartPackageView] = []
    parts: list[CasePartView] = []
    receipts: list[ReceiptView] = []
    signed_at: str | None = None


class Turn(BaseModel):
    """What one message leads to. ``turn`` counts from 1."""

    turn: int
    owner: Literal["bot", "queue", "staff", "closed"]
    status: Literal[
        "answered",
        "clarify",
        "collecting",
        "rejected_answer",
        "review",
        "ready",
        "submitted",
        "paused",
        "handed_off",
        "queued",
        "greeting",
        "smalltalk",
        "unanswerable_not_ours",
        "unanswerable_unknown",
        "unanswerable_unverified",
        "refused_illegal",
        "refused_privacy",
        "refused_abuse",
        "refused_injection",
        "refused_too_long",
        "care",
        "error_engine",
        "error_document",
        "error_far_side",
    ]
    understanding: Understanding
    replies: list[Reply]
    ask: Ask | None
    case: CaseView | None


class Check(BaseModel):
    code: str
    ok: bool
    message: str


class Uploaded(BaseModel):
    """Failed checks may still be attached; the next turn decides."""

    upload_id: str
    media_type: str
    pages: int | None
    checks: list[Check]


class TimelineItem(BaseModel):
    """One line; ``part`` is the item's code where it is about one department's part of a case."""

    at: str
    status: str
    who: str
    text: str
    due: str | None = None
    part: str | None = None


class Timeline(BaseModel):
    """``progress`` is missing only where the case's guide is no longer kept."""

    items: list[TimelineItem]
    progress: ProgressView | None = None


class GuideItem(GuideRef):
    aliases: list[str]
    applicant: list[str]
    themes: list[str]
    department: str | None
    region: str


class GuideList(BaseModel):
    items: list[GuideItem]
    total: int


class PopularItem(GuideItem):
    """``count``: cases started in the last 90 days; null below five."""

    count: int | None


class PopularList(BaseModel):
    items: list[PopularItem]
    total: int


class SuggestedItem(GuideRef):
    """``reason`` is for people; ``count``: conversations that went on to this item, null where fewer than five did."""

    reason: str
    count: int | None


class SuggestionList(BaseModel):
    items: list[SuggestedItem]
    total: int


class CategoryItem(BaseModel):
    """``total``: how many guides are in it, never 0."""

    code: str
    name: str
    total: int


class LifeEvents(BaseModel):
    person: list[CategoryItem]
    enterprise: list[CategoryItem]


class CategoryList(BaseModel):
    """In the order people meet them; ``sectors`` are departments."""

    themes: list[CategoryItem]
    life_events: LifeEvents
    sectors: list[CategoryItem]
    applicants: list[CategoryItem]


class SearchItem(GuideItem):
    score: float
    because: list[str]


class SearchList(BaseModel):
    items: list[SearchItem]
    total: int


class Understand(In):
    text: Annotated[str, Field(max_length=200_000)]


class Resume(In):
    """``proof``: the last four characters of the identity number given in the case, then the resume code."""

    proof: Annotated[str, Field(min_length=1, max_length=64)]


class Ready(BaseModel):
    ready: bool
    parts: dict[str, bool]
