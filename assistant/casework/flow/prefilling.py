"""Looking up what is known already: when to ask for consent, whom to look up, what to tell of what came of it.

Registers are asked here and nowhere else, inside a turn; whatever goes wrong there, everything is asked instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.casework import interview
from assistant.casework.fields.parse import parse
from assistant.casework.fields.result import Accepted
from assistant.casework.flow.summary import difference_words, shown, source_words
from assistant.casework.flow.talk import Talk
from assistant.casework.model import Case, CaseStatus
from assistant.casework.prefill import filling, identity, sources
from assistant.casework.prefill.licences import holder_of
from assistant.casework.prefill.previous import finds_subject, subject_of
from assistant.casework.prefill.provider import Found, Subject, SubjectKind, of_another
from assistant.casework.prefill.records import Enterprise, FarSideUnavailable
from assistant.foundation.logging import get_logger
from assistant.foundation.masking import mask_value
from assistant.foundation.messages import t
from knowledge.conditions import holds
from knowledge.prefill_paths import parts_of
from knowledge.replies import Action, Card, Row
from knowledge.schema import Guide, GuideField, condition_fields

log = get_logger(__name__)
CONSENT = "consent"
_CLAUSES = re.compile(r"[，,。；;]\s*")
_CALLED = re.compile(r"^(?:我们?)?(?:公司|单位|企业|店)?(?:的)?(?:名称|名字|全称)?(?:就)?(?:是|叫做?)\s*")
#: So many subjects may be asked about in one case; nobody tries names on somebody's number here.
MOST_SUBJECTS = 12


def due(talk: Talk, wanted: GuideField | None) -> bool:
    """Whether it is time to ask for consent: once a case, when what comes next may be known already or finds the subject."""
    case, guide = talk.case, talk.guide
    if case is None or guide is None or case.consent is not None or case.status is not CaseStatus.DRAFT:
        return False
    if wanted is not None:
        return _may_be_known(talk, guide, wanted)
    return talk.services.register is not None and (
        any(m.licence and case.materials[m.code].status == "missing" for m in interview.applying_materials(guide, case))
        or any(field.not_barred for field in interview.applying_fields(guide, case))
    )


def reaches_out(talk: Talk) -> bool:
    """Whether the turn may ask a register, and so may take a moment."""
    if talk.services.register is None or talk.case is None:
        return False
    consent = talk.case.consent
    return talk.asking == CONSENT or (consent is not None and consent.given and not consent.broken)


def _may_be_known(talk: Talk, guide: Guide, field: GuideField) -> bool:
    remote = talk.services.register is not None
    if field.not_barred is not None and remote:
        return True
    if field.subject is not None and (remote or (field.subject == "person" and talk.state.identity is not None)):
        return True
    kinds = filling.kinds(guide)
    for path in field.prefill:
        source, whose, key = parts_of(path)
        if whose:
            if remote and filling.nameable(guide, talk.case, whose):
                return True
            continue
        match source:
            case "previous":
                if any(key in case.answers and not case.answers[key].skipped for case in _earlier(talk)):
                    return True
            case "identity" | "filer":
                if talk.state.identity is not None:
                    return True
            case "licence":
                if remote and kinds:
                    return True
            case _:
                if remote and source in kinds:
                    return True
    return False


def _earlier(talk: Talk) -> list[Case]:
    return [case for case in talk.other_cases if talk.case is None or case.case_no != talk.case.case_no]


def first(talk: Talk, wanted: GuideField | None) -> GuideField | None:
    """What to ask next: what finds the subject, where she agreed to a look-up and it is not known yet; else ``wanted``."""
    case, guide = talk.case, talk.guide
    consent = case.consent if case else None
    if case is None or guide is None or consent is None or not consent.given or consent.broken:
        return wanted
    if talk.services.register is None:
        return wanted
    open_ones = interview.progress(guide, case).missing
    if talk.state.identity is not None and identity.files_for_another(guide, case) is None:
        for field in identity.telling(guide, case):  # whose name it is that signing in told
            if field in open_ones and field.key not in case.deferred:
                return field
    missing = [field for field in open_ones if field.subject and field.key not in case.deferred]
    for kind in filling.kinds(guide):
        if subject_of(guide, case, kind).complete:
            continue
        finding = [field for field in missing if field.subject == kind]
        if finding:
            return next((field for field in finding if finds_subject(field)), finding[0])
    return wanted


def named_instead(talk: Talk, asked: GuideField) -> dict[str, Accepted]:
    """The enterprise's name, given where its credit code was asked: it is found by either."""
    case, guide = talk.case, talk.guide
    consent = case.consent if case else None
    if case is None or guide is None or asked.subject != "enterprise" or not finds_subject(asked):
        return {}
    names = (field for field in guide.fields if field.subject == "enterprise" and field.type == "company_name")
    name = next((field for field in names if field.key not in case.answers), None)
    if name is None or consent is None or not consent.given:
        return {}
    clause = _CLAUSES.split(talk.text.strip(" 。.！!"))[-1]
    parsed = parse(name, _CALLED.sub("", clause), talk.now.date(), case.values())
    return {name.key: parsed} if isinstance(parsed, Accepted) and parsed.warning is None else {}


def look_up(talk: Talk) -> None:
    """Ask about every subject that is known now and was not asked about yet, fill in what came of it, and say so."""
    case, guide = talk.case, talk.official
    consent = case.consent if case else None
    if case is None or guide is None or consent is None or not consent.given:
        return
    done: list[GuideField] = []
    _offer_identity(talk, case, guide)
    for kind in filling.kinds(guide):
        done += filling.fill(guide, case, talk.now, talk.turn, only=kind)
        done += _about(talk, case, guide, kind)
    _offer_identity(talk, case, guide)
    done += filling.fill(guide, case, talk.now, talk.turn)
    done += _named(talk, case, guide)
    for whom in filling.others(guide, case):
        if whom.key not in consent.asked_about and whom.number not in consent.confirmed:
            _other(talk, case, guide, whom)
    filling.compare(guide, case, talk.now)
    interview.refresh_materials(guide, case)
    tell(talk, case, done)


def _offer_identity(talk: Talk, case: Case, guide: Guide) -> None:
    """Offer what she signed in with, for what she is in the case as it stands now."""
    consent = case.consent
    assert consent is not None
    filling.withdraw(consent, identity.REF)
    found, others = identity.signed_in(talk.state.identity, guide, case, talk.now)
    filling.offer(guide, consent, found, talk.now.date(), but=others)


def _named(talk: Talk, case: Case, guide: Guide) -> list[GuideField]:
    """Look up whom else the answers name and fields may be known of; where another was named since, that falls away."""
    consent, done = case.consent, []
    assert consent is not None
    if gone := filling.forget_named(guide, case):
        talk.note("case.prefill_dropped", fields=gone)
    while (new := next(_unasked(guide, case), None)) is not None:
        whose, whom = new
        consent.named[",".join(whose)] = whom.key
        found = _other(talk, case, guide, whom)
        filling.offer(guide, consent, of_another(found, whose), talk.now.date())
        done += filling.fill(guide, case, talk.now, talk.turn)
    return done


def _unasked(guide: Guide, case: Case) -> Iterator[tuple[tuple[str, ...], Subject]]:
    """Whom fields may be known of and nobody was asked about, or only for another reason; none once a register failed."""
    consent = case.consent
    assert consent is not None
    for whose, whom in filling.named_persons(guide, case).items():
        known = consent.asked_about.get(whom.key)
        if ",".join(whose) not in consent.named and known in (None, "found") and not consent.broken:
            yield whose, whom


def _about(talk: Talk, case: Case, guide: Guide, kind: SubjectKind) -> list[GuideField]:
    """Look up the subject itself; where another one was named since, what was looked up for the first falls away."""
    consent, done = case.consent, []
    assert consent is not None
    for _ in range(2):  # an earlier case or the identity may first say who it is
        subject = subject_of(guide, case, kind)
        if subject.key in consent.asked_about:
            break
        if consent.subjects.get(kind, subject.key) != subject.key:
            gone = filling.forget(case)
            consent.subjects.clear()
            consent.asked_about = {key: how for key, how in consent.asked_about.items() if how == "failed"}
            talk.note("case.prefill_dropped", fields=gone)
            subject = subject_of(guide, case, kind)
        found = _ask(talk, case, subject)
        filling.offer(guide, consent, found, talk.now.date())
        if subject.complete:
            consent.subjects[kind] = subject.key
        filled = filling.fill(guide, case, talk.now, talk.turn, only=None if subject.complete else kind)
        done += filled
        filling.see_licences(guide, case, subject, found, talk.now.date())
        filling.see_barred(guide, case, found)
        _mind(talk, next((one.record for one in found if isinstance(one.record, Enterprise)), None))
        if subject.complete or not filled:
            break
    return done


def _other(talk: Talk, case: Case, guide: Guide, whom: Subject) -> list[Found]:
    """Look up somebody besides the subject: whether licences of theirs meet a material, whether they may hold a post."""
    consent = case.consent
    assert consent is not None
    found = _ask(talk, case, whom, quiet=True)
    filling.see_licences(guide, case, whom, found, talk.now.date())
    filling.see_barred(guide, case, found)
    if consent.asked_about.get(whom.key) == "unknown" and whom.kind == "person":
        talk.notice("warning", t("prefill.person_unmatched", name=mask_value("person_name", whom.name or "")))
    return found


def _ask(talk: Talk, case: Case, subject: Subject, quiet: bool = False) -> list[Found]:
    """Ask the sources about one subject and note how that went. A register that failed once is left alone in this case."""
    consent = case.consent
    assert consent is not None
    register = None if consent.broken or len(consent.asked_about) >= MOST_SUBJECTS else talk.services.register
    asked = sources.providers(register, case.region, _earlier(talk), talk.services.guide_of)
    remote = subject.complete and register is not None
    try:
        found = sources.ask(asked, subject, talk.now.date(), remote=remote)
    except FarSideUnavailable as error:
        log.warning("prefill.failed", kind=subject.kind, code=error.code)
        consent.asked_about[subject.key] = "failed"
        talk.notice("warning", t("prefill.failed"))
        return sources.ask(asked, subject, talk.now.date(), remote=False)
    if remote:
        number = next((held for one in found if (held := holder_of(one)) is not None), None)
        consent.asked_about[subject.key] = "found" if number else "unknown"
        consent.confirmed += [number] if number else []
        if number is None and not quiet:
            talk.notice("info", t(f"prefill.{subject.kind}_unknown"))
    return found


def _mind(talk: Talk, enterprise: Enterprise | None) -> None:
    """Say what stands against any change of this enterprise now."""
    if enterprise is None:
        return
    if enterprise.status not in (None, "active"):
        talk.notice("warning", t(f"prefill.enterprise_{enterprise.status}"))
    if enterprise.barred:
        reason = t("prefill.reason", reason=enterprise.barred_reason) if enterprise.barred_reason else ""
        talk.notice("warning", t("prefill.enterprise_barred", reason=reason))


def tell(talk: Talk, case: Case, done: list[GuideField]) -> None:
    """One card: what was filled in, where each value came from, and how to change it."""
    guide = talk.guide
    assert guide is not None
    fields = [field for key in dict.fromkeys(f.key for f in done) if key in case.answers and (field := guide.field(key))]
    if not fields:
        return
    kinds = sorted({case.answers[f.key].source.kind for f in fields})
    talk.note("case.prefilled", fields=[f.key for f in fields], sources=kinds)
    found = t("knowledge.clause_separator").join(_by_source(case, fields))
    talk.replies.append(
        Card(
            title=t("prefill.filled_title", count=len(fields)),
            text=t("prefill.filled_text", found=found, label=fields[0].label),
            rows=[
                Row(label=f.label, value=shown(f, case.answers[f.key]), source=source_words(case.answers[f.key])) for f in fields
            ],
            actions=[Action(label=t("casework.edit", label=f.label), message=t("casework.edit", label=f.label)) for f in fields],
        )
    )


def _by_source(case: Case, fields: list[GuideField]) -> list[str]:
    """The fields' labels, source by source."""
    held: dict[str, list[str]] = {}
    for field in fields:
        held.setdefault(source_words(case.answers[field.key]), []).append(field.label)
    separator = t("fields.list_separator")
    return [t("prefill.filled_from", source=source, labels=separator.join(labels)) for source, labels in held.items()]


def differing(talk: Talk) -> tuple[GuideField, str] | None:
    """The next answer a register has otherwise, with what to say of it; each is put to her once."""
    case, guide = talk.case, talk.guide
    consent = case.consent if case else None
    if case is None or guide is None or consent is None:
        return None
    for key, difference in consent.differences.items():
        field = guide.field(key)
        if difference.asked or field is None or key not in case.answers:
            continue
        difference.asked = True
        return field, difference_words("prefill.differs", field, case)
    return None


def barred(talk: Talk) -> tuple[GuideField, str] | None:
    """A person who may not hold the post the case is about: the field to ask again, and what to say."""
    case, guide = talk.case, talk.guide
    consent = case.consent if case else None
    if case is None or guide is None or consent is None:
        return None
    for field in interview.applying_fields(guide, case):
        held = consent.barred.get(field.key)
        answer = case.answers.get(field.key)
        if held is None or answer is None or str(answer.value).upper() != held.number.upper():
            continue
        reason = t("prefill.reason", reason=held.reason) if held.reason else ""
        return _to_ask_again(guide, case, field), t("prefill.person_barred", reason=reason)
    return None


def _to_ask_again(guide: Guide, case: Case, number: GuideField) -> GuideField:
    """The question that names another person: the name, or, where that follows from another answer, who it shall be."""
    name = guide.field(number.not_barred or "") or number
    answer = case.answers.get(name.key)
    if answer is None or not interview.follows(answer):
        return name if answer is not None else number
    values = case.values()
    deciding: list[str] = []
    for entry in guide.settled:
        if entry.field == name.key and holds(entry.when, values):
            deciding += [*(condition_fields(entry.when) if entry.when else ()), (entry.from_ or "").partition(".")[0]]
    hers = (key for key in deciding if key in case.answers and not interview.follows(case.answers[key]))
    return next((field for key in hers if (field := guide.field(key)) is not None), name)
