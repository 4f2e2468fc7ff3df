"""What an auditor of item guides (政务服务事项实施清单) would put a finger on, in one guide as it is served.

The rules are those a city's real audit uses (办件类型, 时限, 到现场次数, 收费, 联系方式, 结果), and those of plain sense: ask
for nothing that data sharing provides, let nothing hang on what cannot be, leave nothing unchecked for a year.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from knowledge.categories import categories
from knowledge.prefill_paths import known_path, parts_of
from knowledge.satisfiable import can_hold, options_of
from knowledge.schema import Condition, Guide, Material, TimeLimit, condition_fields
from knowledge.settled_audit import unfit

STALE_DAYS = 365
"""After so many days somebody has to hold a guide against its sources again."""
LEAST_FAQS = 5
#: 国办发〔2020〕53号 makes 12345 the one line for questions and complaints alike; trades have five-digit lines of their own.
_HOTLINE = re.compile(r"12\d{3}")
_WITH_AREA = re.compile(r"0\d{2,3}-?\d{7,8}(?:-\d+)?|1[3-9]\d{9}|400-?\d{3}-?\d{4}")
_SHARED = re.compile(
    r"^(?:.{0,12}(?:的|人|方|双方))?(?:居民)?(?:身份证(?:件)?|户口簿|营业执照|结婚证|离婚证|居住证|不动产权证书?|机动车驾驶证|行驶证|社会保障卡|"
    r"出生医学证明|食品经营许可证|道路运输经营许可证)(?:（.*）|原件|复印件)*$"
)
_HANDED_BACK = re.compile(r"交回|收回|缴回|收缴|换下|旧证|原证|注销的")
_KINDS = (
    (re.compile(r"证书?$|执照$|证明$|证（.*）$|卡$|护照$"), frozenset({"certificate", "report"})),
    (re.compile(r"批复$|决定书?$"), frozenset({"decision"})),
    (re.compile(r"报告$"), frozenset({"report", "certificate"})),
)
_STREET = re.compile(r"[路街道弄]\d+号")
_DESK = re.compile(r"窗口|号窗|层|楼|室|厅")


@dataclass(frozen=True, slots=True)
class Finding:
    """Where in the guide (a path of keys and positions), which rule (a key of the messages), and what to name in the sentence."""

    path: tuple[Any, ...]
    rule: str
    named: dict[str, Any]


def audit(guide: Guide, items: Iterable[str], today: date) -> Iterator[Finding]:
    """Everything to put right in one full guide.

    Args:
        guide: as it is served somewhere: overlays laid on, parts in it.
        items: the official names of all items there are.
        today: the day verification dates are counted from.
    """
    yield from _whole(guide)
    yield from _categories(guide)
    yield from _limits(guide)
    yield from _visits(guide)
    yield from _fee(guide)
    yield from _contacts(guide)
    yield from _result(guide)
    yield from _receiving(guide)
    yield from _materials(guide)
    yield from _conditions(guide)
    yield from _followups(guide, frozenset(items))
    yield from _kept(guide, today)
    yield from _prefill(guide)
    yield from (Finding(*found) for found in unfit(guide))


def _prefill(guide: Guide) -> Iterator[Finding]:
    """Hints that lead nowhere: a slip of the pen, or a register nobody can be looked up in, as no field finds the subject."""
    keys = {field.key for field in guide.fields}
    subjects = {field.subject for field in guide.fields}
    for number, field in enumerate(guide.fields):
        for value in field.herself:
            if value not in options_of(field):
                yield Finding(("fields", number, "herself"), "herself_unknown", {"field": field.key, "value": value})
        for place, path in enumerate(field.prefill):
            where = ("fields", number, "prefill", place)
            source, whose, _ = parts_of(path)
            if not known_path(path, keys):
                yield Finding(where, "prefill_unknown", {"path": path})
            elif source in ("enterprise", "person") and not whose and source not in subjects:
                yield Finding(where, "prefill_without_subject", {"path": path, "kind": source})


_CONTRADICTIONS = frozenset(
    {"promise_too_long", "audit_handling_at_once", "audit_handling_later", "audit_fee_free", "audit_whole"}
)


def contradictions(guide: Guide) -> Iterator[Finding]:
    """Where a guide says two things that cannot both be true: whichever a citizen is told, she may be told wrong."""
    for finding in (*_limits(guide), *_visits(guide), *_fee(guide)):
        if finding.rule in _CONTRADICTIONS:
            yield finding


def _finding(path: tuple[Any, ...] | str, rule: str, **named: Any) -> Finding:
    return Finding((path,) if isinstance(path, str) else path, rule, named)


def _whole(guide: Guide) -> Iterator[Finding]:
    for part in ("handling", "level", "sector", "themes", "life_events", "visits", "contacts", "online", "checked", "coverage"):
        if not getattr(guide, part):
            yield _finding("name", "audit_missing", part=part)
    if guide.result is not None and guide.result.kind is None:
        yield _finding("result", "audit_missing", part="result.kind")
    if len(guide.faqs) < LEAST_FAQS:
        yield _finding("faqs", "audit_few_faqs", count=len(guide.faqs), least=LEAST_FAQS)


def _categories(guide: Guide) -> Iterator[Finding]:
    known = categories()
    unknown = [("themes", theme) for theme in guide.themes if theme not in known.themes]
    unknown += [("life_events", event) for event in guide.life_events if known.life_event(event) is None]
    unknown += [("sector", guide.sector)] if guide.sector and guide.sector not in known.sectors else []
    for part, code in unknown:
        yield _finding(part, "audit_category", part=part, code=code)


def _limits(guide: Guide) -> Iterator[Finding]:
    legal, promised = guide.legal_limit, guide.promised_limit
    # 20 calendar days are never more than 20 working days, so only the other way round is undecided.
    if legal and promised and promised.days > legal.days and (promised.unit == legal.unit or promised.unit == "working_day"):
        yield _finding(("promised_limit", "days"), "promise_too_long", promised=promised.days, legal=legal.days)
    shortest = promised or legal
    if guide.handling and shortest:
        at_once = shortest.days == 0
        if at_once != (guide.handling == "immediate"):
            yield _finding("handling", "audit_handling_at_once" if at_once else "audit_handling_later", days=shortest.days)
    if not guide.parts:  # the steps of a composition run side by side
        yield from _steps(guide, promised)


def _steps(guide: Guide, promised: TimeLimit | None) -> Iterator[Finding]:
    total, side_by_side = sum(step.days or 0 for step in guide.process), any(step.after is not None for step in guide.process)
    if promised is not None and not side_by_side and total != promised.days:
        yield _finding("process", "audit_steps", total=total, promised=promised.days)
    named = {step.name for step in guide.process}
    for number, step in enumerate(guide.process):
        for name in step.after or []:
            if name not in named:
                yield _finding(("process", number), "audit_step_unknown", step=step.name, name=name)


def _visits(guide: Guide) -> Iterator[Finding]:
    if guide.visits is None:
        return
    if guide.visits.count == 0:
        if guide.visits.reason:
            yield _finding("visits", "audit_visit_reason")
        if guide.online is None or not guide.online.whole:
            yield _finding("visits", "audit_no_way")
    elif guide.online is not None and guide.online.whole:
        yield _finding("online", "audit_whole", count=guide.visits.count)


def _fee(guide: Guide) -> Iterator[Finding]:
    if guide.fee is None:
        return
    if guide.fee.charged and not guide.fee.items:
        yield _finding("fee", "audit_fee_items")
    if not guide.fee.charged and guide.fee.items:
        yield _finding("fee", "audit_fee_free")


def _contacts(guide: Guide) -> Iterator[Finding]:
    phones: dict[str, set[str]] = {"consult": set(), "complain": set()}
    for number, contact in enumerate(guide.contacts):
        phones[contact.kind].add(contact.phone)
        if not _HOTLINE.fullmatch(contact.phone) and not _WITH_AREA.fullmatch(contact.phone):
            yield _finding(("contacts", number), "audit_phone", phone=contact.phone)
    for kind, rule in (("consult", "audit_no_consult"), ("complain", "audit_no_complain")):
        if guide.contacts and not phones[kind]:
            yield _finding("contacts", rule)
    for phone in sorted(phones["consult"] & phones["complain"]):
        if phone != "12345":
            yield _finding("contacts", "audit_same_phone", phone=phone)
    for number, place in enumerate(guide.places):
        address = f"{place.name}{place.address or ''}"
        if _STREET.search(address) and not _DESK.search(address):
            yield _finding(("places", number), "audit_address", address=place.address)


def _result(guide: Guide) -> Iterator[Finding]:
    if guide.result is None or guide.result.kind is None:
        return
    for pattern, kinds in _KINDS:
        if pattern.search(guide.result.name):
            if guide.result.kind not in kinds:
                yield _finding("result", "audit_result", name=guide.result.name, kind=guide.result.kind)
            return


def _receiving(guide: Guide) -> Iterator[Finding]:
    """Ways the result comes to her: each once in any situation, and none where there is nothing to hold in her hand."""
    ways = guide.result.receiving if guide.result else []
    for number, way in enumerate(ways):
        path = ("result", "receiving", number)
        if guide.result is not None and guide.result.kind == "payment":
            yield _finding(path, "audit_receiving_nothing", name=guide.result.name)
        if any(other.way == way.way and (other.when is None or other.when == way.when) for other in ways[:number]):
            yield _finding(path, "audit_receiving_twice", way=way.way)


def _materials(guide: Guide) -> Iterator[Finding]:
    for number, material in enumerate(guide.materials):
        if "licence" not in material.met_by and _SHARED.search(material.name) and not _given_back(material):
            yield _finding(("materials", number), "audit_shared", name=material.name)


def _given_back(material: Material) -> bool:
    return bool(_HANDED_BACK.search(f"{material.name}{material.note or ''}"))


def _conditions(guide: Guide) -> Iterator[Finding]:
    """Conditions that no set of answers fulfils: what hangs on them is never asked, never wanted, or never checked."""
    for path, when in whens(guide):
        if can_hold(when, guide):
            continue
        yield _finding(path, "audit_never", fields="、".join(dict.fromkeys(condition_fields(when))))


def whens(guide: Guide) -> Iterator[tuple[tuple[Any, ...], Condition]]:
    """Every condition something of the guide depends on, with its place."""
    for part in ("fields", "materials", "documents", "parts", "conditions", "places"):
        for number, entry in enumerate(getattr(guide, part)):
            if entry.when is not None:
                yield (part, number, "when"), entry.when
    for number, check in enumerate(guide.checks):
        if check.when is not None:
            yield ("checks", number, "when"), check.when
    for number, judgement in enumerate(guide.judgements):
        yield ("judgements", number, "when"), judgement.when
    for number, item in enumerate(guide.fee.items if guide.fee else []):
        if item.when is not None:
            yield ("fee", "items", number), item.when
    for name in ("legal_limit", "promised_limit"):
        limit = getattr(guide, name)
        for number, case in enumerate(limit.cases if limit else []):
            yield (name, "cases", number), case.when


def _followups(guide: Guide, items: frozenset[str]) -> Iterator[Finding]:
    for number, followup in enumerate(guide.followups):
        if followup.item not in items or followup.item == guide.name:
            yield _finding(("followups", number), "audit_followup", name=followup.item)


def _kept(guide: Guide, today: date) -> Iterator[Finding]:
    if guide.checked is not None and guide.checked > today:
        yield _finding("checked", "audit_checked_later", day=guide.checked.isoformat())
    elif guide.checked is not None and (today - guide.checked).days > STALE_DAYS:
        yield _finding("checked", "audit_stale", day=guide.checked.isoformat(), days=(today - guide.checked).days)
    if guide.expires is not None and guide.expires < today:
        yield _finding("expires", "audit_expired", day=guide.expires.isoformat())
    if guide.version.partition("+")[0].partition(".")[2] != "1" and not any(
        change.version == guide.version.partition("+")[0] for change in guide.history
    ):
        yield _finding("version", "audit_no_history", version=guide.version.partition("+")[0])
