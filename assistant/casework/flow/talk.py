"""One turn's working set: the state it starts from, what it changes, and what it says.

Flow functions change a ``Talk`` and nothing else; the conversation room loads it before the turn and saves it, whole, after.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from pydantic import BaseModel, Field

from assistant.casework.bookings.counter import Counter
from assistant.casework.bookings.model import Booking, Handing, Slot
from assistant.casework.fields.parse import printed, warning_of
from assistant.casework.fields.result import Accepted
from assistant.casework.flow.behalf import OnBehalf
from assistant.casework.flow.paper_questions import PaperQuestion
from assistant.casework.model import Case, PartPackage, Source
from assistant.casework.notices.wishes import Outside
from assistant.casework.package.unsigned import Unsigned
from assistant.casework.papers.reading import Read
from assistant.casework.prefill.records import Register
from assistant.casework.prefill.state import VerifiedIdentity
from assistant.casework.ratings.model import Said
from assistant.casework.results.store import Result
from assistant.casework.shipping.store import Shipment
from assistant.casework.signing import Level, PhoneCode, SignedIn
from assistant.foundation.messages import CHINESE, ENGLISH, use_language
from knowledge.catalogue import Catalogue
from knowledge.replies import Ask, Card, Choices, File, Notice, Option, Text
from knowledge.schema import Guide, GuideField
from knowledge.schema import Option as GuideOption
from knowledge.search import Decision, Hit
from knowledge.translation import called


class Insisted(BaseModel):
    """A doubted value that will be taken if the citizen sends it again."""

    field: str
    text: str
    value: Any
    display: str
    warning: str | None


class Offered(BaseModel):
    """Values that may be a field's answer, put to her to choose from: value, display and warning, and where each is from."""

    field: str
    values: list[tuple[Any, str, str | None]]
    sources: list[Source | None]


class Unclear(BaseModel):
    """Something named beside an item that may be one of several (``codes``), and what was asked of it."""

    name: str
    intent: str
    codes: list[str]


class Told(BaseModel):
    """What she told of her situation in one item, by field key; of ``supposed`` ones only 要是 was said."""

    values: dict[str, Any] = {}
    supposed: list[str] = []


class Deciding(BaseModel):
    """The situation (``field``) asked before a question (``intent``, in these ``words``) about an item can be answered.

    ``asked`` counts such questions in a row; ``turn`` is the one it was asked in, ``answered`` the one it was answered in.
    """

    code: str
    intent: str
    field: str
    words: str
    asked: int
    turn: int
    answered: int = 0


class Posting(BaseModel):
    """A parcel being agreed on: the case, whether her result comes or her papers go, and where to, as far as it is known."""

    case_no: str
    kind: Literal["delivery", "envelope"]
    name: str | None = None
    phone: str | None = None
    address: str | None = None


class SlotWish(BaseModel):
    """A slot being chosen for a part of a case: what is ``offered`` now, and the codes of all that was ``shown`` of that day."""

    case_no: str
    part: str = ""
    offered: list[Slot] = []
    shown: list[str] = []


class Refused(BaseModel):
    """How often what she gave for a field was not taken, since it was asked."""

    field: str
    times: int = 0


class PersonWish(BaseModel):
    """A call or an appointment with staff being agreed on: ``kept`` is what was asked before, ``number`` the number to call,
    ``wanted`` the time she named, ``offered`` the appointments put to her and ``shown`` the codes of all of that day."""

    kind: Literal["callback", "slot"]
    kept: Ask | None = None
    number: str | None = None
    wanted: datetime | None = None
    offered: list[Slot] = []
    shown: list[str] = []


class DialogueState(BaseModel):
    """What a conversation remembers between turns besides its cases.

    ``purpose`` is the intent to serve once a guide is chosen, ``also`` further ones of the same sentence; ``context_guide`` the
    item last talked about, ``last_question`` the intent of the question last answered; ``next_item`` an item she named beside the
    one in hand, ``later`` those after it, ``unclear`` what may be one of several; ``failures`` counts turns in a row not
    understood; ``told`` is what she told of her situation by item, ``deciding`` the situation asked now, ``every_case`` the items
    told for every situation; ``region`` is another place (GB/T 2260) she asks about; ``locale_chosen``: she chose language and
    script herself; ``identity`` is who signed in, ``signed_in`` how surely, ``phone_code`` by phone; ``notices_offered`` is the
    turn she was asked where to be told; ``openid`` is who she is to WeChat, set by its door; ``rating`` is the bad grade whose
    reasons are being asked, ``rated`` the cases and talks she rated or was asked to rate; ``posting`` is the parcel whose address
    is asked for; ``slot`` the slot being chosen; ``lost`` counts turns not understood, ``refused`` the answers not taken for one
    field; ``person`` is the call or appointment agreed on; ``handed`` is why a person was last to take over, ``judged`` for what
    of a case (``<case number>:<key>``), ``unjudged`` since when, ``changed`` how often a field was.
    """

    ask: Ask | None = None
    purpose: str | None = None
    also: list[str] = []
    context_guide: str | None = None
    last_question: str | None = None
    next_item: str | None = None
    later: list[str] = []
    unclear: list[Unclear] = []
    switch_to: str | None = None
    failures: int = 0
    insisted: Insisted | None = None
    offered: Offered | None = None
    editing: str | None = None
    to_edit: list[str] = []
    paused: bool = False
    locale_chosen: bool = False
    told: dict[str, Told] = {}
    deciding: Deciding | None = None
    every_case: list[str] = []
    papers: list[PaperQuestion] = []
    region: str | None = None
    identity: VerifiedIdentity | None = None
    signed_in: SignedIn | None = None
    phone_code: PhoneCode | None = None
    rating: Said | None = None
    rated: list[str] = []
    notices_offered: int | None = None
    openid: str | None = None
    posting: Posting | None = None
    slot: SlotWish | None = None
    lost: int = 0
    refused: Refused | None = None
    person: PersonWish | None = None
    handed: str | None = None
    judged: list[str] = []
    unjudged: dict[str, datetime] = {}
    changed: dict[str, int] = {}


@dataclass(frozen=True)
class Supposed:
    """What 那要是租的呢 takes for granted: another item (``code``), or one option of a question of the item in hand."""

    code: str
    about: GuideField | None = None
    option: GuideOption | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


class Attachment(BaseModel):
    """An upload of this conversation that the message attaches; of a spreadsheet also its bytes, to be read as a table."""

    upload_id: str
    name: str
    material: str | None
    ok: bool
    problems: list[str] = []
    paper: Read | None = None
    sheet: bytes | None = Field(default=None, repr=False)


@dataclass(frozen=True)
class Booked:
    """A slot booked in this turn, or given back (``kept`` False); ``told`` whether the office knows of that already."""

    case_no: str
    office: str
    part: str
    booking: Booking
    kept: bool = True
    told: bool = True


@dataclass(frozen=True)
class AuditNote:
    """A change to be written to the audit chain; ``detail`` holds codes and statuses, never personal data."""

    action: str
    subject: str
    detail: dict[str, Any]


@dataclass(frozen=True)
class Built:
    """A package as it was built and stored."""

    sha256: str
    blob_id: str
    files: list[str]
    notices: list[str]
    parts: list[PartPackage] = field(default_factory=list)
    previews: list[tuple[str, int]] = field(default_factory=list)
    unsigned: Sequence[Unsigned] = ()


class PackageFailed(Exception):
    """The package could not be made; ``message`` tells the citizen what happened and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Services(Protocol):
    """What a turn may use of the rest of the product."""

    @property
    def catalogue(self) -> Catalogue: ...
    def catalogue_in(self, region: str | None) -> Catalogue: ...
    @property
    def upload_max_bytes(self) -> int: ...
    @property
    def register(self) -> Register | None: ...
    @property
    def notice_channels(self) -> frozenset[Outside]: ...
    def find(self, text: str) -> list[Hit]: ...
    def decide(self, hits: Sequence[Hit], *, expected: bool = True) -> Decision: ...
    def guide_of(self, case: Case) -> Guide: ...
    def new_case_no(self, now: datetime) -> str: ...
    def build_package(self, case: Case, guide: Guide, now: datetime) -> Built: ...
    def office_reachable(self) -> bool: ...
    def sign_in_needed(self, item: str) -> Level | None: ...
    def progress_page(self) -> str | None: ...
    def parcels(self, case_no: str) -> Sequence[Shipment]: ...
    def results(self, case_no: str) -> Sequence[Result]: ...
    @property
    def counter(self) -> Counter: ...
    def handing_of(self, item: str, department: str) -> Handing | None: ...
    def hash_resume_code(self, code: str) -> str: ...
    def resume_code_fits(self, code: str, stored: str) -> bool: ...


@dataclass
class Talk:
    """See the module's docstring. ``text`` is what she said or the label she tapped; ``tapped`` the option values; ``focus`` the
    clause being served where a sentence asks for several things, ``more`` whether others are to be served before the question,
    ``several`` whether they are about different items, so that each answer says which it is about;
    ``by`` is who speaks for her, where it is not she herself;
    ``named`` the items that each of several requests names; ``supposed`` what a short question takes for granted, ``unmatched``
    the case it names that the guide does not know.
    """

    conversation_id: str
    turn: int
    now: datetime
    text: str
    state: DialogueState
    services: Services
    case: Case | None = None
    other_cases: list[Case] = field(default_factory=list)
    region: str | None = None
    tapped: list[str] | None = None
    attachments: list[Attachment] = field(default_factory=list)
    intent: str = ""
    confidence: float = 0.0
    second_intent: str | None = None
    focus: str | None = None
    more: bool = False
    several: bool = False
    named: list[tuple[Hit, ...]] = field(default_factory=list)
    supposed: Supposed | None = None
    unmatched: str | None = None
    ranking: list[tuple[str, float]] = field(default_factory=list)
    by: OnBehalf | None = None
    owner: str = "bot"
    language: str = CHINESE
    status: str | None = None
    replies: list[Text | Choices | Card | File | Notice] = field(default_factory=list)
    audit: list[AuditNote] = field(default_factory=list)
    submit: bool = False
    rating: Said | None = None
    #: Parts taken back from offices (case number, item); cases whose result's way she told; slots booked or given back, in order.
    withdraw: list[tuple[str, str]] = field(default_factory=list)
    posted: list[str] = field(default_factory=list)
    slots: list[Booked] = field(default_factory=list)
    #: Why a person is to take over, a code of the desk's reasons, and a note for her.
    wants_person: str | None = None
    person_note: str = ""
    question_said: bool = False
    _hits: list[Hit] | None = None

    @property
    def actor(self) -> str:
        """Who acts, as the audit chain names it."""
        return f"staff:{self.by.staff_id}" if self.by else "citizen"

    def source(self, kind: Literal["said", "tapped"] = "said", ref: str | None = None) -> Source:
        """Where a value of this turn comes from: her words or her tap, or the staff who answers for her."""
        return Source(kind="staff", turn=self.turn, ref=self.by.name) if self.by else Source(kind=kind, turn=self.turn, ref=ref)

    @property
    def hits(self) -> list[Hit]:
        """Items this sentence may mean, best first; searched once and only if somebody asks."""
        if self._hits is None:
            self._hits = self.services.find(self.text) if self.text.strip() else []
        return self._hits

    def focus_on(self, text: str, hits: Sequence[Hit]) -> None:
        """Serve one clause of the sentence, with the items it may mean."""
        self.focus, self._hits = text, list(hits)

    @property
    def question(self) -> str:
        """The words of the question being answered: the clause in focus, or all that was said."""
        return self.text if self.focus is None else self.focus

    @property
    def catalogue(self) -> Catalogue:
        """The guides as they are served in the citizen's region."""
        return self.services.catalogue_in(self.region)

    @property
    def asking(self) -> str | None:
        """The field being asked, or None."""
        return self.state.ask.field if self.state.ask else None

    @property
    def guide(self) -> Guide | None:
        """The guide of the active case, in the version the case was started on, as the citizen reads it."""
        return self.catalogue.in_english(self.official) if self.official and self.language == ENGLISH else self.official

    @property
    def official(self) -> Guide | None:
        """The same in Chinese: what is written on forms and handed to the office."""
        return self.services.guide_of(self.case) if self.case else None

    def guide_for(self, code: str | None) -> Guide | None:
        """The guide in force with this code, as the citizen reads it; None if there is none."""
        return self.catalogue.get(code, self.language) if code else None

    def name_of(self, case: Case) -> str:
        """What to call a case's item when talking to the citizen."""
        guide = self.guide_for(case.guide_code)
        return case.guide_name if guide is None or self.language != ENGLISH else called(guide)

    def on_paper(self, field: GuideField, value: Accepted) -> Accepted:
        """A value read with a translated field as it is kept: what forms and staff read of it is Chinese."""
        official = self.official.field(field.key) if self.official and self.language == ENGLISH else None
        if official is None or self.case is None:
            return value
        with use_language(CHINESE):
            warning = value.warning and (warning_of(official, value.value, self.now.date(), self.case.values()) or value.warning)
            return Accepted(value.value, printed(official, value), warning)

    def say(self, text: str, **kind: Any) -> None:
        """Add a text reply; ``citations`` may be given."""
        self.replies.append(Text(text=text, **kind))

    def notice(self, level: str, text: str) -> None:
        """Add a notice: ``info``, ``warning`` or ``error``."""
        self.replies.append(Notice.model_validate({"level": level, "text": text}))

    def choices(self, text: str, options: Sequence[Option]) -> None:
        """Offer options."""
        self.replies.append(Choices(text=text, options=list(options)))

    def note(self, action: str, **detail: Any) -> None:
        """Put a change of the active case on the audit chain."""
        self.audit.append(AuditNote(action, self.case.case_no if self.case else self.conversation_id, detail))
