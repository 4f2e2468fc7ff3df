"""The facts of a guide: what is told to a citizen, each with the keys of its evidence; and the conditions things depend on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Strict(BaseModel):
    """Base of every guide part: immutable, and an unknown key is an error rather than a silently ignored fact."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Evidence(Strict):
    """Where a fact comes from: a statute and article, or a public source (设定依据 / 来源)."""

    title: str
    article: str | None = None
    url: str | None = None
    verified: bool = True


class Stated(Strict):
    """Something said to a citizen. ``doubtful`` quotes the sentences nobody has checked, where the others have been."""

    doubtful: list[str] = []

    @model_validator(mode="after")
    def quotes_itself(self) -> Stated:
        """Raise ValueError for a doubtful sentence that is not in what is said."""
        said = getattr(self, "answer", "") or getattr(self, "text", "")
        strange = [quoted for quoted in self.doubtful if not quoted or quoted not in said]
        if strange:
            raise ValueError(f"doubtful is not in the text: {strange[0]}")
        return self


class Condition(Strict):
    """A declarative condition over field values; exactly one of the forms is used.

    ``{field: f, is: v}`` · ``{field: f, in: [v, …]}`` · ``{field: f, over: n}`` · ``{field: f, under: n}`` ·
    ``{field: f, known: true}`` · ``{field: f, sum_of: [g, …]}`` · ``{all: […]}`` · ``{any: […]}`` · ``{not: …}``.
    A comparison with an unanswered field is false; in a sum, unanswered fields count nothing. For ``multi`` fields
    ``is``/``in`` mean "contains". Of a table, ``f.rows`` is how many rows there are, ``f.column`` the cells of a column in
    all rows (so ``is``, ``in``, ``over`` and ``under`` mean "in any row") and ``f.first.column`` that of the first row.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    field: str | None = None
    is_: Any = Field(default=None, alias="is")
    in_: list[Any] | None = Field(default=None, alias="in")
    over: float | None = None
    under: float | None = None
    known: bool | None = None
    sum_of: Annotated[list[str], Field(min_length=1)] | None = None
    all_: list[Condition] | None = Field(default=None, alias="all")
    any_: list[Condition] | None = Field(default=None, alias="any")
    not_: Condition | None = Field(default=None, alias="not")

    @model_validator(mode="after")
    def one_form(self) -> Condition:
        groups = [name for name in ("all_", "any_", "not_") if getattr(self, name) is not None]
        tests = [name for name in ("is_", "in_", "over", "under", "known", "sum_of") if name in self.model_fields_set]
        if self.field is not None:
            if len(tests) != 1 or groups:
                raise ValueError("a condition on a field has exactly one of is, in, over, under, known, sum_of")
        elif len(groups) != 1 or tests:
            raise ValueError("a condition is either on a field, or exactly one of all, any, not")
        return self


class Check(Strict):
    """What must be true of the answers taken together, looked at once everything that applies is answered.

    ``when`` limits it. Where ``must`` does not hold, ``message`` says what is wrong and ``remedy`` what to do, and the
    question ``ask`` is put again; a ``soft`` one is only pointed out where all answers are confirmed.
    """

    when: Condition | None = None
    must: Condition
    message: str
    remedy: str
    ask: str
    soft: bool = False


class Judgement(Strict):
    """A case no rule can settle (需要人判断): where ``when`` holds, a person takes over.

    ``reason`` is told to staff (what is to be judged), ``message`` to the citizen; ``key`` names it. Handed over for it once.
    """

    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    when: Condition
    reason: Annotated[str, Field(min_length=1)]
    message: Annotated[str, Field(min_length=1)]
    evidence: Annotated[list[str], Field(min_length=1)]


class Range(Strict):
    """The quantities an option stands for: from ``min`` or ``over`` to ``max`` or ``under``; the first of each pair are in it.

    ``unit`` is what the bounds count: days, months (of a year's twelve), weeks of a pregnancy (four to a month), completed
    years of age, persons or things, yuan, kilograms.
    """

    unit: Literal["days", "months", "pregnancy_weeks", "age", "count", "yuan", "kilograms"]
    min: float | None = None
    over: float | None = None
    max: float | None = None
    under: float | None = None

    @model_validator(mode="after")
    def one_stretch(self) -> Range:
        """Raise ValueError for two bounds on one side, for none at all, and for bounds that leave nothing between them."""
        below = [bound for bound in (self.min, self.over) if bound is not None]
        above = [bound for bound in (self.max, self.under) if bound is not None]
        if len(below) > 1 or len(above) > 1 or not (below or above):
            raise ValueError("a range has min or over, max or under, at most one of each pair and at least one of all")
        if below and above and below[0] > above[0]:
            raise ValueError(f"a range from {below[0]} to {above[0]} holds nothing")
        return self


class Option(Strict):
    """One choice: ``value`` is stored, ``label`` shown, ``aliases`` are other words people type for it.

    ``range`` is for an option that stands for a stretch of quantities (满半年): whoever says 七个月 means it.

    One that is not ``offered`` has a box on a form and is no answer: a composition offers fewer than its parts' forms show.
    """

    value: str
    label: str
    aliases: list[str] = []
    range: Range | None = None
    offered: bool = True


class Fact(Stated):
    """One statement with the keys of the evidence that supports it; ``when`` limits it to the situations it holds in."""

    text: str
    when: Condition | None = None
    evidence: Annotated[list[str], Field(min_length=1)]


class LimitCase(Strict):
    """A time limit that differs in the situations where ``when`` holds."""

    when: Condition
    days: int = Field(ge=0)
    unit: Literal["working_day", "calendar_day"] = "working_day"
    text: str
    evidence: Annotated[list[str], Field(min_length=1)]


class TimeLimit(Stated):
    """法定 / 承诺办结时限. ``days`` is 0 for on the spot (即办); the first of ``cases`` that holds counts in its place."""

    days: int = Field(ge=0)
    unit: Literal["working_day", "calendar_day"] = "working_day"
    text: str
    cases: list[LimitCase] = []
    evidence: Annotated[list[str], Field(min_length=1)]


class FeeItem(Strict):
    """One line of the fee standard (收费项目和标准): ``yuan`` for each ``per`` (本, 件), where ``when`` holds.

    Without ``evidence`` of its own the fee's counts.
    """

    name: str
    yuan: Decimal = Field(ge=0, max_digits=10, decimal_places=2)
    per: str
    when: Condition | None = None
    evidence: list[str] = []


class Fee(Stated):
    """收费. ``charged`` says whether the citizen pays anything; ``text`` carries standard and basis, ``items`` the sums."""

    charged: bool
    text: str
    items: list[FeeItem] = []
    evidence: Annotated[list[str], Field(min_length=1)]


class Step(Stated):
    """One step of the process (办理流程).

    ``days`` is how long it takes at most, in the unit of the promised limit. ``after`` names the steps that must be done
    first; a step without it follows the one written before it, and ``after: []`` starts at once.
    """

    name: str
    text: str
    days: int | None = Field(default=None, ge=0)
    office: str | None = None
    after: list[str] | None = None
    evidence: list[str] = []


class Online(Fact):
    """网上办理. ``whole`` says that nobody has to come at all (全程网办)."""

    whole: bool = False


class Visits(Strict):
    """到现场次数: at most ``count`` visits to a window, and what for."""

    count: int = Field(ge=0)
    reason: str | None = None
    evidence: Annotated[list[str], Field(min_length=1)]


class Contact(Strict):
    """咨询方式 (``consult``) or 监督投诉方式 (``complain``)."""

    kind: Literal["consult", "complain"]
    name: str
    phone: str
    evidence: Annotated[list[str], Field(min_length=1)]


class Place(Strict):
    """办理地点/时间; ``when`` limits it to the situations it serves."""

    name: str
    address: str | None = None
    hours: str | None = None
    phone: str | None = None
    when: Condition | None = None
    evidence: Annotated[list[str], Field(min_length=1)]


class Faq(Stated):
    """常见问题."""

    question: str
    answer: str
    evidence: Annotated[list[str], Field(min_length=1)]


class Receiving(Stated):
    """One way the result comes to the citizen (送达方式): as a file, by post, or fetched at the window.

    ``yuan`` is what this way costs her, None where nothing says so. ``when`` limits it to the situations it is offered in.
    """

    way: Literal["electronic", "post", "counter"]
    text: str
    yuan: Decimal | None = Field(default=None, ge=0, max_digits=10, decimal_places=2)
    when: Condition | None = None
    evidence: Annotated[list[str], Field(min_length=1)]


class Result(Stated):
    """办理结果: what the citizen ends with, and what kind of thing it is (证照, 批文, 登记, 款项, 证明或者报告).

    ``receiving`` are the ways it comes to her, each with its source. Where nothing is said of that, nothing is offered.
    """

    name: str
    text: str
    kind: Literal["certificate", "decision", "record", "payment", "report"] | None = None
    receiving: list[Receiving] = []
    evidence: Annotated[list[str], Field(min_length=1)]


class FollowUp(Strict):
    """What people who did this item often need next: another item of the catalogue, and why."""

    item: str
    why: str
    evidence: list[str] = []


class Change(Strict):
    """What a version changed, in words for civil servants and for citizens whose case was started on the one before."""

    version: Annotated[str, Field(pattern=r"^\d{4}\.\d+$")]
    effective: date
    text: Annotated[list[str], Field(min_length=1)]


def condition_fields(condition: Condition) -> list[str]:
    """Every field key a condition looks at, in reading order; of a table's cells, the key of the table."""
    if condition.field is not None:
        return [path.partition(".")[0] for path in (condition.field, *(condition.sum_of or []))]
    parts = [*(condition.all_ or []), *(condition.any_ or []), *([condition.not_] if condition.not_ else [])]
    return [name for part in parts for name in condition_fields(part)]


class Neighbour(Strict):
    """A near-neighbour item and the sentence that tells the two apart."""

    name: str
    difference: str


class Names(Strict):
    """What people call the item: search knows it by these. ``keywords`` are words of its subject, shared with neighbours."""

    keywords: list[str] = []
    aliases: list[str] = []
    colloquial: list[str] = []
    samples: dict[str, list[str]] = {}
    neighbours: list[Neighbour] = []
