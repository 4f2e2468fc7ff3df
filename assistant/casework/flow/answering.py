"""An answer to the pending question, whatever that question is."""

from __future__ import annotations

import re

from assistant.casework import interview
from assistant.casework.fields import corrections, english, extract, options
from assistant.casework.fields.parse import parse
from assistant.casework.fields.result import Accepted, Parsed, Rejected
from assistant.casework.flow import besides, choosing, closing, materials
from assistant.casework.flow.asking import advance, ask, ask_again, reject
from assistant.casework.flow.confirming import confirmation
from assistant.casework.flow.summary import shown
from assistant.casework.flow.talk import Insisted, Talk
from assistant.casework.model import Source
from assistant.foundation.messages import t
from knowledge.schema import GuideField, Option
from knowledge.translation import called_in_full

_QUESTION = re.compile(r"[?？]|吗[。！!]*$|(什么|怎么|哪里|哪儿|多少|几天|多久|为什么|为啥|干嘛)")
_EDIT_ENGLISH = re.compile(
    r"^\s*(?:i (?:want|need|would like) to |i'd like to |please |can you |let me )*"
    r"(?:change|edit|correct|modify|fix|update)\s+(?:the |my |our )?"
    r"(.+?)(?:\s+(?:to|into)\s+(.+?))?[.! ]*$",
    re.I,
)
#: Longer answers may hold more than a yes or no: the engine reads them.
PLAIN_LENGTH = 8
#: A wish for another item this sure leaves the question, even where any words would do as an answer.
WISH = 0.6
_SKIP = re.compile(r"^(?:跳过|略过|不填|先?不填了?|没有|无|不知道|不清楚|暂无|下一[个项题]|pass|skip)[了吧。.！! ]*$", re.I)
_EDIT = re.compile(r"^\s*(?:我?(?:想|要|来)?)?(?:修改|更改|改一下|改下|编辑|重填|改)\s*[:：]?\s*(.+?)[。.！!吧 ]*$")


def take(talk: Talk) -> None:
    """Read the turn as the answer to the pending question, or as a correction or wish made in its place."""
    pending = talk.state.ask
    if pending is None:
        return
    if talk.tapped is None and talk.case and pending.field not in ("guide", "start", "switch") and _corrects(talk):
        return
    if talk.attachments or pending.field.startswith(interview.MATERIAL_PREFIX):
        materials.take(talk)
        return
    match pending.field:
        case "guide":
            _guide(talk)
        case "start":
            _start(talk)
        case "switch":
            _switch(talk)
        case "review":
            closing.review(talk)
        case "submit":
            closing.submit(talk)
        case "rating":
            closing.rate(talk)
        case _:
            _field(talk)


def plainly(talk: Talk) -> bool:
    """Whether the words are nothing but an answer to the pending question, so that no other reading of them is sensible."""
    pending, guide, text = talk.state.ask, talk.guide, talk.text.strip()
    if pending is None:
        return False
    if pending.options and any(text.lower() in (o.value.lower(), o.label.lower()) for o in pending.options):
        return True
    if _QUESTION.search(text) or english.asks(text) or talk.attachments:
        return bool(talk.attachments)
    if english.command(text) and options.yes_or_no(text) is None:
        return False
    if pending.kind == "confirm":
        return (len(text) <= PLAIN_LENGTH or english.is_latin(text)) and options.yes_or_no(text) is not None
    if pending.field in ("guide", "rating"):
        return options.ordinal(text, len(pending.options or [])) is not None
    if pending.field.startswith(interview.MATERIAL_PREFIX):
        return materials.plainly(talk)
    field = guide.field(pending.field) if guide else None
    return field is not None and extract.plainly_answers(field, text, talk.now.date())


def _field(talk: Talk) -> None:
    case, guide, pending = talk.case, talk.guide, talk.state.ask
    field = guide.field(pending.field) if guide and pending else None
    if case is None or guide is None or field is None:
        advance(talk)
        return
    if talk.intent == "skip" or (
        talk.tapped is None
        and (_SKIP.match(talk.text.strip()) or english.command(talk.text) == english.SKIP)
        and field.type not in ("choice", "yes_no", "multi")
    ):
        skip(talk)
        return
    answer: str | list[str] = talk.tapped if talk.tapped is not None else talk.text
    if talk.tapped is None and talk.intent == "apply" and talk.confidence >= WISH and _wants_another(talk):
        choosing.apply(talk)
        return
    if _insisted(talk, field, answer):
        return
    values = {k: v for k, v in case.values().items() if k != field.key}
    parsed = parse(field, answer, talk.now.date(), values)
    others = (
        [f for f in interview.applying_fields(guide, case) if f.key != field.key and f.key not in case.answers]
        if talk.tapped is None
        else []
    )
    more = extract.by_name(talk.text, [field, *others], talk.now.date(), case.values()) if others and len(talk.text) > 8 else {}
    if field.key in more:
        parsed = more.pop(field.key)
    if isinstance(parsed, Rejected):
        _store_more(talk, more)
        if parsed.insist:
            talk.state.insisted = Insisted(
                field=field.key,
                text=str(answer),
                value=parsed.insist.value,
                display=parsed.insist.display,
                warning=parsed.insist.warning,
            )
        reject(talk, parsed.code, parsed.message)
        return
    _store(talk, field, parsed)
    unanswered = [f for f in others if f.key not in more and f.key not in case.answers and f.type != field.type]
    if not more and len(talk.text) > 12:
        more = {
            k: v for k, v in extract.by_shape(talk.text, unanswered, talk.now.date(), case.values()).items() if k != field.key
        }
    _store_more(talk, more)
    advance(talk)


def _wants_another(talk: Talk) -> bool:
    guide, _ = choosing.meant(talk)
    return guide is not None and talk.case is not None and guide.code != talk.case.guide_code


def _insisted(talk: Talk, field: GuideField, answer: str | list[str]) -> bool:
    held = talk.state.insisted
    if held is None or held.field != field.key or isinstance(answer, list):
        return False
    same = re.sub(r"\W", "", answer).upper().endswith(re.sub(r"\W", "", str(held.value)).upper())
    if not same and options.yes_or_no(answer) is not True:
        return False
    _store(talk, field, Accepted(held.value, held.display, held.warning))
    advance(talk)
    return True


def _store(talk: Talk, field: GuideField, value: Accepted, skipped: bool = False) -> None:
    assert talk.case is not None and talk.guide is not None
    source = Source(kind="tapped" if talk.tapped is not None else "said", turn=talk.turn)
    gone = interview.record(talk.guide, talk.case, field, talk.on_paper(field, value), source, talk.now, skipped)
    talk.state.insisted = None
    talk.state.failures = 0
    talk.state.context_guide = talk.case.guide_code
    talk.note("case.answered", field=field.key, source=source.kind)
    if value.warning and not skipped:
        talk.notice("warning", value.warning)
    if gone:
        talk.notice("info", t("casework.fell_away", labels=t("fields.list_separator").join(f.label for f in gone)))
    talk.status = "collecting"


def _store_more(talk: Talk, more: dict[str, Accepted]) -> None:
    labels = []
    for key, value in more.items():
        field = talk.guide.field(key) if talk.guide else None
        if field:
            _store(talk, field, value)
            labels.append(field.label)
    if labels:
        talk.notice("info", t("casework.also_noted", labels=t("fields.list_separator").join(labels)))


def skip(talk: Talk) -> None:
    """Leave the pending question unanswered where it is optional."""
    field = talk.guide.field(talk.asking) if talk.guide and talk.asking else None
    if field is not None and field.optional:
        _store(talk, field, Accepted("", ""), skipped=True)
        advance(talk)
    elif field is not None:
        reject(talk, "required", t("casework.required", label=field.label))
    elif talk.asking and talk.asking.startswith(interview.MATERIAL_PREFIX):
        materials.take(talk)
    else:
        talk.say(t("casework.cannot_skip"))
        talk.status = "clarify"


def correct(talk: Talk) -> None:
    """A correction that came outside any question, or in the middle of one."""
    if talk.case is None:
        talk.say(t("casework.nothing_to_correct"))
        talk.status = "clarify"
        return
    if not _corrects(talk, wanted=True):
        labels = t("fields.list_separator").join(f.label for f in _answered(talk)[-6:])
        talk.say(t("casework.correct_which", labels=labels) if labels else t("casework.nothing_to_correct"))
        talk.status = "clarify"


def _answered(talk: Talk) -> list[GuideField]:
    case, guide = talk.case, talk.guide
    return [f for f in (guide.field(k) for k in case.asked if k in case.answers) if f] if case and guide else []


def _corrects(talk: Talk, wanted: bool = False) -> bool:
    """Handle the turn as a correction if it is one: by its intent, or by 修改X on the review card."""
    case, guide = talk.case, talk.guide
    if case is None or guide is None:
        return False
    answered = _answered(talk)
    edit = _EDIT.match(talk.text)
    spoken = None if edit else _EDIT_ENGLISH.match(talk.text)
    if edit or spoken:
        called = edit[1] if edit else ""
        exact = _called(spoken[1], answered) if spoken else next((f for f in answered if called in (f.label, *f.names)), None)
        if exact and spoken and spoken[2] and _editable(talk):
            _correct_to(talk, exact, parse(exact, spoken[2], talk.now.date(), case.values()))
            return True
        if exact:
            if not _editable(talk):
                return True
            ask_again(talk, exact)
            talk.status = "collecting"
            return True
    if not (wanted or talk.intent == "correct_info") or not answered:
        return False
    if not _editable(talk):
        return True
    found = corrections.read_correction(talk.text, answered, case.values(), talk.now.date())
    if found is None:
        return False
    _correct_to(talk, found.field, found.parsed)
    return True


def _correct_to(talk: Talk, field: GuideField, parsed: Parsed | None) -> None:
    """Change an answer; where the new one is missing or unusable, ask for it."""
    assert talk.case is not None
    if parsed is None or isinstance(parsed, Rejected):
        ask_again(talk, field)
        talk.status = "collecting"
        if parsed is not None:
            reject(talk, parsed.code, parsed.message)
        return
    _store(talk, field, parsed)
    talk.notice("info", t("casework.corrected", label=field.label, value=shown(field, talk.case.answers[field.key])))
    advance(talk)


def _called(name: str, answered: list[GuideField]) -> GuideField | None:
    """The answered field an English speaker calls so: by its whole name, else the latest whose name has all the words."""
    whole = next((f for f in answered if name.lower() in map(str.lower, (f.label, *f.names))), None)
    said = set(english.words(name))
    return whole or next((f for f in reversed(answered) if said and said <= set(english.words(f.label))), None)


def _editable(talk: Talk) -> bool:
    assert talk.case is not None
    if talk.case.status in choosing.OPEN:
        return True
    talk.say(t("casework.too_late_to_edit", status=t(f"casework.status_{talk.case.status.value}")))
    talk.status = "answered"
    return False


def _guide(talk: Talk) -> None:
    pending = talk.state.ask
    assert pending is not None
    known = [Option(value=o.value, label=o.label) for o in pending.options or []]
    schema_options = [Option(value=o.value, label=o.label, aliases=_aliases(talk, o.value)) for o in known]
    picked = talk.tapped[0] if talk.tapped else None
    if picked is None:
        match = options.match_option(talk.text, schema_options)
        picked = match.value if match else None
    guide = talk.guide_for(picked)
    if guide is None:
        meant, codes = choosing.meant(talk)
        if meant is None and options.yes_or_no(talk.text) is False:
            ask(talk, None)
            talk.say(t("casework.none_of_these"))
            talk.status = "clarify"
            return
        if meant is None:
            talk.state.failures += 1
            choosing.which(talk, codes or [o.value for o in known], talk.state.purpose or "apply")
            return
        guide = meant
    purpose = talk.state.purpose or "apply"
    talk.state.purpose = None
    ask(talk, None)
    if purpose.startswith("ask_"):
        choosing.answer(talk, guide, purpose)
    else:
        talk._hits = []
        _begin_chosen(talk, guide.code)
    besides.serve_waiting(talk, guide)


def _aliases(talk: Talk, code: str) -> list[str]:
    guide = talk.guide_for(code)
    return [guide.name, *guide.names.aliases, *guide.names.colloquial] if guide else []


def _begin_chosen(talk: Talk, code: str) -> None:
    guide = talk.guide_for(code)
    if guide is None or guide.outline:
        talk.say(t("casework.outline", item=called_in_full(guide) if guide else ""))
        talk.status = "unanswerable_unknown"
        return
    choosing.begin(talk, guide)


def _start(talk: Talk) -> None:
    said = confirmation(talk)
    code = talk.state.context_guide
    if said is None and talk.intent == "apply":
        ask(talk, None)
        choosing.apply(talk)
    elif said is None:
        reject(talk, "yes_or_no", t("casework.yes_or_no"))
    elif said and code:
        ask(talk, None)
        _begin_chosen(talk, code)
    else:
        ask(talk, None)
        talk.say(t("casework.not_started"))
        talk.status = "answered"


def _switch(talk: Talk) -> None:
    said = confirmation(talk)
    if said is None:
        reject(talk, "yes_or_no", t("casework.yes_or_no"))
        return
    target, talk.state.switch_to = talk.state.switch_to, None
    ask(talk, None)
    if said and target:
        assert talk.case is not None
        talk.say(t("casework.kept_as_draft", item=talk.name_of(talk.case), case_no=talk.case.case_no))
        _begin_chosen(talk, target)
    else:
        talk.status = "collecting"
        advance(talk)
