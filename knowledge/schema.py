"""The shape of an item guide (办事指南): one YAML file per item, all of it data.

Field names are English renderings of GB/T 39554 (全国一体化政务服务平台 政务服务事项基本目录及实施清单); each
docstring gives the Chinese term. A guide is immutable once loaded, so a case can keep the version it was started on.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from knowledge.derivations import Settled
from knowledge.facts import (
    Change,
    Check,
    Condition,
    Contact,
    Evidence,
    Fact,
    Faq,
    Fee,
    FeeItem,
    FollowUp,
    Judgement,
    LimitCase,
    Names,
    Neighbour,
    Online,
    Option,
    Place,
    Receiving,
    Result,
    Step,
    Strict,
    TimeLimit,
    Visits,
    condition_fields,
)
from knowledge.papers import Shows, dangling_shows
from knowledge.prefill_paths import PREFILL_PATH
from knowledge.shares import PartShare
from knowledge.tables import Column, Rows, TableRule, table_problems, table_references

__all__ = [
    "Change", "Check", "Column", "Condition", "Contact", "DocumentSpec", "Evidence", "Fact", "Faq", "Fee", "FeeItem",
    "FieldType", "FollowUp", "Guide", "GuideField", "Judgement", "LimitCase", "Material", "MeetWay", "Names", "Neighbour",
    "Online", "Option", "Part", "Place", "Result", "Rows", "Rule", "Settled", "Step", "Strict", "TableRule", "TimeLimit",
    "Visits", "condition_fields",
]  # fmt: skip


class Rule(Strict):
    """What an answer must keep to, by itself or beside another one (``field``). ``soft`` ones warn and let pass.

    ``differs_from`` (two addresses differ where they are two places) · ``not_before`` ``not_after`` (dates; ``value: today``) ·
    ``at_least`` ``at_most`` (numbers) · ``age_at_least`` ``age_at_most`` (completed years on the day of asking, of an identity
    number or a date of birth) · ``within_days`` (a date at most ``value`` calendar days ago) · ``days_after`` (a date at least
    ``value`` calendar days after that of ``field``) · ``agrees_with`` (date of birth or sex and identity number are of one
    person) · ``sex_is`` (``value: male`` or ``female``, of an identity number) · ``has_word`` ``has_no_word`` (one, none of the
    words in ``value``, separated by ``|``).
    """

    kind: Literal[
        "differs_from", "not_before", "not_after", "at_least", "at_most", "age_at_least", "age_at_most", "within_days",
        "days_after", "agrees_with", "sex_is", "has_word", "has_no_word",
    ]  # fmt: skip
    field: str | None = None
    value: str | float | None = None
    message: str
    soft: bool = False


FieldType = Literal[
    "text",
    "company_name",
    "person_name",
    "id_number",
    "uscc",
    "phone",
    "email",
    "address",
    "date",
    "area",
    "amount",
    "integer",
    "scope",
    "choice",
    "multi",
    "yes_no",
    "table",
]


class GuideField(Strict):
    """One thing the application needs to know (申请表字段).

    ``situation`` marks a 情形 question, asked first because materials and other fields depend on it.
    ``when`` limits the field to the situations it applies in. ``mistakes`` lists what people get wrong.
    ``international`` lets a phone field take numbers of other countries, written with + and the country's code.
    ``prefill`` says where its value may be known already, tried in order: ``enterprise.address``, ``person.phone``,
    ``licence.food_permit.number``, ``identity.name``, ``filer.name``, ``previous.<key>``; of another than the subject
    ``person(her_number,her_name).phone``. ``subject`` marks what finds the enterprise or person there: the credit code or
    name, the identity number and name; ``herself`` are the answers that say it is she who files. ``not_barred`` names the
    field with the name of the person of this identity number, who must not be barred from holding the post.
    A ``table`` field's answer is a list of rows: ``columns`` are their cells, ``rows`` says how many there may be, and
    ``table_rules`` what must be true of all rows together.
    """

    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    label: str
    type: FieldType
    question: str
    why: str
    example: str | None = None
    options: list[Option] = []
    when: Condition | None = None
    optional: bool = False
    situation: bool = False
    international: bool = False
    mistakes: list[str] = []
    rules: list[Rule] = []
    columns: list[Column] = []
    rows: Rows | None = None
    table_rules: list[TableRule] = []
    names: list[str] = []
    prefill: list[Annotated[str, Field(pattern=PREFILL_PATH)]] = []
    subject: Literal["enterprise", "person"] | None = None
    herself: list[str] = []
    not_barred: str | None = None
    evidence: list[str] = []

    @model_validator(mode="after")
    def fits_its_type(self) -> GuideField:
        if self.type == "table" and (problems := table_problems(self.key, self.columns, self.table_rules)):
            raise ValueError("; ".join(problems))
        if self.type != "table" and (self.columns or self.rows or self.table_rules):
            raise ValueError(f"field {self.key}: only a table field has columns, rows and table_rules")
        if self.type in ("choice", "multi") and len(self.offered) < 2:
            raise ValueError(f"field {self.key}: a {self.type} field needs at least two options")
        if self.international and self.type != "phone":
            raise ValueError(f"field {self.key}: a {self.type} field cannot be international")
        return self

    @property
    def in_words(self) -> bool:
        """Whether the answer is free words, so that hardly anything said could not be one."""
        return self.type in ("text", "scope")

    @property
    def offered(self) -> list[Option]:
        """The options that can be chosen."""
        return [option for option in self.options if option.offered]


MeetWay = Literal["licence", "upload", "generated", "promise", "tolerate", "bring"]


class Material(Strict):
    """材料, and the ways it may be met, best first.

    licence 电子证照 (shared data, never asked again) · upload · generated (a form of ``documents``) · promise 告知承诺 ·
    tolerate 容缺 (due ``tolerance_days`` working days after submission) · bring (to the window).

    ``licence`` is the kind of electronic licence that meets it, ``holder`` the fields with the holder's number and, for a
    person, name; without them the licence store cannot be asked for it. ``shows`` is what an upload should show.
    """

    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    name: str
    form: Literal["original", "copy", "electronic"]
    required: bool = True
    when: Condition | None = None
    met_by: Annotated[list[MeetWay], Field(min_length=1)]
    document: str | None = None
    promise_document: str | None = None
    tolerance_days: int | None = None
    licence: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")] | None = None
    holder: Annotated[list[str], Field(max_length=2)] = []
    shows: Shows | None = None
    note: str | None = None
    evidence: Annotated[list[str], Field(min_length=1)]


class DocumentSpec(Strict):
    """A document of the package made from a Word template in ``knowledge/templates``.

    ``signature: required`` says that the office takes it only signed, ``signer`` by whom. It blocks nothing: the package says
    what is still to be signed, and handed over unsigned it carries the note that it is to be signed later (需补签).
    """

    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    title: str
    template: str
    kind: Literal["form", "commitment"]
    when: Condition | None = None
    signature: Literal["required"] | None = None
    signer: str | None = None

    @model_validator(mode="after")
    def names_who_signs(self) -> DocumentSpec:
        if (self.signature is None) != (self.signer is None):
            raise ValueError(f"document {self.key}: signature and signer belong together")
        return self


class Part(Strict):
    """One item of a composition (一件事): done where ``when`` holds, once the items named in ``after`` are done."""

    item: str
    when: Condition | None = None
    after: list[str] = []
    share: PartShare | None = None


class Guide(Strict):
    """One item (事项). ``outline`` guides carry names only: found and named, but not yet answerable or applicable.

    ``version`` has a suffix (``2026.1+3fa9c1``) where regional facts or other guides went into what is served.
    """

    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    name: str
    version: Annotated[str, Field(pattern=r"^\d{4}\.\d+(\+[0-9a-f]{6})?$")]
    effective: date
    expires: date | None = None
    checked: date | None = None
    history: list[Change] = []
    outline: bool = False
    task_code: str | None = None
    catalog_code: str | None = None
    task_type: str | None = None
    handling: Literal["immediate", "promised"] | None = None
    level: Literal["national", "province", "city", "county", "town"] | None = None
    applicant: list[Literal["person", "enterprise", "individual_business"]] = []
    themes: list[str] = []
    life_events: list[str] = []
    sector: str | None = None
    department: str | None = None
    coverage: Fact | None = None
    region: Annotated[str, Field(pattern=r"^\d{6}$")] = "000000"
    summary: str | None = None
    evidence: dict[str, Evidence] = {}
    conditions: list[Fact] = []
    legal_limit: TimeLimit | None = None
    promised_limit: TimeLimit | None = None
    fee: Fee | None = None
    process: list[Step] = []
    online: Online | None = None
    visits: Visits | None = None
    places: list[Place] = []
    contacts: list[Contact] = []
    result: Result | None = None
    faqs: list[Faq] = []
    fields: list[GuideField] = []
    settled: list[Settled] = []
    checks: list[Check] = []
    judgements: list[Judgement] = []
    materials: list[Material] = []
    documents: list[DocumentSpec] = []
    parts: list[Part] = []
    followups: list[FollowUp] = []
    names: Names = Names()

    @model_validator(mode="after")
    def complete_and_consistent(self) -> Guide:
        """Raise ValueError naming every reference that points nowhere; full guides must also be complete.

        What a composition takes from its parts is looked at once they are in it.
        """
        if self.waits_for_parts:
            problems = self._missing(
                "summary", "department", "legal_limit", "fee", "process", "places", "result", "applicant", "faqs"
            )
        else:
            problems = [*self._dangling_evidence(), *self._dangling_references()]
            if not self.outline:
                problems += self._missing(
                    "summary", "department", "conditions", "legal_limit", "fee", "process", "places", "result", "fields",
                    "materials", "documents", "applicant", "faqs",
                )
        if problems:
            raise ValueError("; ".join(problems))
        return self

    @property
    def waits_for_parts(self) -> bool:
        """Whether this is a composition as its file says it, its parts not in it yet."""
        return bool(self.parts) and "+" not in self.version

    def _missing(self, *parts: str) -> list[str]:
        return [f"{part} is missing (only an outline guide may leave it out)" for part in parts if not getattr(self, part)]

    def _dangling_evidence(self) -> list[str]:
        used: list[tuple[str, list[str]]] = [
            *((f"conditions[{i}]", fact.evidence) for i, fact in enumerate(self.conditions)),
            *((f"process[{i}]", step.evidence) for i, step in enumerate(self.process)),
            *((f"places[{i}]", place.evidence) for i, place in enumerate(self.places)),
            *((f"contacts[{i}]", contact.evidence) for i, contact in enumerate(self.contacts)),
            *((f"faqs[{i}]", faq.evidence) for i, faq in enumerate(self.faqs)),
            *((f"materials.{material.code}", material.evidence) for material in self.materials),
            *((f"fields.{field.key}", field.evidence) for field in self.fields),
            *((f"fee.items[{i}]", item.evidence) for i, item in enumerate(self.fee.items if self.fee else [])),
            *((f"followups[{i}]", followup.evidence) for i, followup in enumerate(self.followups)),
            *((f"judgements[{i}]", judgement.evidence) for i, judgement in enumerate(self.judgements)),
            *((name, case.evidence) for name, case in self._limit_cases()),
            *((name, way.evidence) for name, way in self._receiving()),
        ]
        for name in ("legal_limit", "promised_limit", "fee", "result", "online", "visits", "coverage"):
            part = getattr(self, name)
            if part is not None:
                used.append((name, part.evidence))
        return [f"{where} cites unknown evidence {key}" for where, keys in used for key in keys if key not in self.evidence]

    def _limit_cases(self) -> list[tuple[str, LimitCase]]:
        limits = (("legal_limit", self.legal_limit), ("promised_limit", self.promised_limit))
        return [(f"{name}.cases[{i}]", case) for name, limit in limits if limit for i, case in enumerate(limit.cases)]

    def _receiving(self) -> list[tuple[str, Receiving]]:
        return [(f"result.receiving[{i}]", way) for i, way in enumerate(self.result.receiving if self.result else [])]

    def _dangling_references(self) -> list[str]:
        keys = [field.key for field in self.fields]
        documents = {document.key for document in self.documents}
        problems = dangling_shows(self.materials, keys)
        problems += [f"field {key} is defined twice" for key in sorted({key for key in keys if keys.count(key) > 1})]
        places = [
            *((f"field {f.key}", f.when) for f in self.fields),
            *((f"material {m.code}", m.when) for m in self.materials),
            *((f"document {d.key}", d.when) for d in self.documents),
            *((f"part {p.item}", p.when) for p in self.parts),
            *((f"settled[{i}]", entry.when) for i, entry in enumerate(self.settled)),
            *((f"fee.items[{i}]", item.when) for i, item in enumerate(self.fee.items if self.fee else [])),
            *((f"conditions[{i}]", fact.when) for i, fact in enumerate(self.conditions)),
            *((f"places[{i}]", place.when) for i, place in enumerate(self.places)),
            *((name, case.when) for name, case in self._limit_cases()),
            *((name, way.when) for name, way in self._receiving()),
            *((f"checks[{i}]", part) for i, check in enumerate(self.checks) for part in (check.when, check.must)),
            *((f"judgements[{i}]", judgement.when) for i, judgement in enumerate(self.judgements)),
        ]
        problems += [
            f"{where} depends on unknown field {name}"
            for where, when in places
            if when is not None
            for name in condition_fields(when)
            if name not in keys
        ]
        for material in self.materials:
            if "generated" in material.met_by and material.document not in documents:
                problems.append(f"material {material.code} is generated from unknown document {material.document}")
            if "promise" in material.met_by and material.promise_document not in documents:
                problems.append(f"material {material.code} is promised in unknown document {material.promise_document}")
            if "tolerate" in material.met_by and material.tolerance_days is None:
                problems.append(f"material {material.code} may be tolerated but says no tolerance_days")
            if material.licence is not None and ("licence" not in material.met_by or not material.holder):
                problems.append(f"material {material.code} names a licence but no holder, or is not met by one")
            problems += [
                f"material {material.code} depends on unknown field {key}" for key in material.holder if key not in keys
            ]
        problems += [
            f"field {f.key} depends on unknown field {f.not_barred}"
            for f in self.fields
            if f.not_barred is not None and f.not_barred not in keys
        ]
        problems += [
            f"field {f.key}: rule {rule.kind} names unknown field {rule.field}"
            for f in self.fields
            for rule in f.rules
            if rule.field is not None and rule.field.partition(".")[0] not in keys
        ]
        problems += [
            f"settled[{i}] names unknown field {name}"
            for i, entry in enumerate(self.settled)
            for name in (entry.field, *entry.sources)
            if name.partition(".")[0] not in keys
        ]
        problems += table_references(self.fields)
        named = [judgement.key for judgement in self.judgements]
        problems += [f"judgement {key} is defined twice" for key in sorted({key for key in named if named.count(key) > 1})]
        problems += [
            f"checks[{i}] depends on unknown field {check.ask}" for i, check in enumerate(self.checks) if check.ask not in keys
        ]
        return problems

    def field(self, key: str) -> GuideField | None:
        """The field with this key, or None."""
        return next((field for field in self.fields if field.key == key), None)

    def material(self, code: str) -> Material | None:
        """The material with this code, or None."""
        return next((material for material in self.materials if material.code == code), None)
