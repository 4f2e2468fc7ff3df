"""An answer to the pending question, whatever that question is."""

from __future__ import annotations

import re

from assistant.casework import interview
from assistant.casework.fields import english, extract, options
from assistant.casework.fields.parse import parse
from assistant.casework.fields.result import Accepted, Rejected
from assistant.casework.flow import (
    besides,
    choosing,
    closing,
    consent,
    correcting,
    handing,
    instead,
    materials,
    offering,
    posting,
    prefilling,
    rating,
    situations,
    slots,
    tables,
    telling,
    withdrawing,
)
from assistant.casework.flow.asking import advance, ask, reject
from assistant.casework.flow.confirming import confirmation
from assistant.casework.flow.grading import grade_in, is_time_of_day
from assistant.casework.flow.reading_papers import settle_paper, settles_paper
from assistant.casework.flow.storing import store, store_more
from assistant.casework.flow.talk import Insisted, Talk
from assistant.foundation.messages import t
from knowledge.schema import GuideField, Option
from knowledge.translation import called_in_full

_QUESTION = re.compile(r"[?？]|吗[。！!]*$|(什么|怎么|哪里|哪儿|多少|几天|多久|为什么|为啥|干嘛)")
#: Longer answers may hold more than a yes or no: the engine reads them.
PLAIN_LENGTH = 8
#: A wish for another item this sure leaves the question, even where any words would do as an answer.
WISH = 0.6
_SKIP = re.compile(r"^(?:跳过|略过|不填|先?不填了?|没有|无|不知道|不清楚|暂无|下一[个项题]|pass|skip)[了吧。.！! ]*$", re.I)

_NOUGHT = re.compile(r"^(?:一分(?:钱)?|一个|暂时)?(?:都|也)?(?:没有|无)(?:收入|了|啊|呢)*[。.！! ]*$")


#: 他叫张三 is a name and nothing else, where a name was asked.
_CALLED = re.compile(
    r"^(?:嗯|哦|[，, ])*(?:[他她我]|本人|孩子|法人|老板|房东)?的?(?:名字|姓名)?(?:就)?叫做?[一-鿿·]{2,6}[。.！!]*$"
)
#: A question in free words (怎么丢的？) takes whatever is told, however far from our matters: 水管漏水泡坏. Only what steers
#: the talk, greets or asks is for the engine to read; so is a word or two.
_STEERS = re.compile(
    r"人工|客服|排队|返回|回到|上一|暂停|取消|不办|重新|重来|退出|提交|进度|哪一步|改[成为]|不对|错了|说错|等[下会一]|稍后|晚点|再见|拜拜|谢|你好|您好|投诉|"
    r"帮我|我要|我想|想[办问]|跳过|不填|没有|不知道|不清楚|好的|可以|能不能|要不要|是不是|[几谁哪啥呢吗]|多[少久长]|怎么|为什么|上次|一样|刚才|不是.*是"
)
_TELLS = 4
#: What steers elsewhere is the very answer where it was asked what has changed.
_CHANGES = re.compile(r"改[成为到]|应[该为]|不是|印错|登错")
#: 记不得的，写“记不清”: the guide's own advice for those who cannot answer, and so an answer.
_ADVISED = re.compile(r"(?<![没了不别成])[写填]“([^”]+)”(?=[，。；]|$)")
_NONE = re.compile(
    r"^(?:这些?|上面|以上|这几[个件])?(?:都|全|一个都|哪个都)?(?:不是|不对|不要|没有)(?:这些?|这几[个件]|我要的|我想要的)?[的了啊呀]?[。.！!]*$|"
    r"^(?:其他|其它|别的|其他的|另外的)(?:事|事项)?[。.！!]*$|"
    r"^(?:none(?: of (?:these|them|the above))?|neither|something else|other)[.! ]*$",
    re.I,
)


def take(talk: Talk) -> None:
    """Read the turn as the answer to the pending question, or as a correction or wish made in its place."""
    pending = talk.state.ask
    if pending is None:
        return
    if slots.wanted(talk):  # 取消预约 takes nothing else back
        slots.serve(talk)
        return
    if withdrawing.wanted(talk):
        withdrawing.offer(talk)
        return
    if not talk.attachments and settle_paper(talk):
        return
    if not correcting.edits_another(talk) and tables.take(talk):
        return
    if instead.take(talk) or (talk.tapped is None and correcting.corrects(talk)):
        return
    if talk.attachments or pending.field.startswith(interview.MATERIAL_PREFIX):
        materials.take(talk)
        return
    match pending.field:
        case "guide":
            _guide(talk)
        case situations.SITUATION:
            _situation(talk)
        case "start":
            _start(talk)
        case "switch":
            _switch(talk)
        case "review":
            closing.review(talk)
        case "submit":
            closing.submit(talk)
        case "consent":
            consent.take(talk)
        case withdrawing.FIELD:
            withdrawing.take(talk)
        case field if field in posting.FIELDS:
            posting.take(talk)
        case handing.FIELD:
            slots.take(talk)
        case rating.GRADE:
            rating.take_grade(talk)
        case rating.WHY:
            rating.take_reasons(talk)
        case _:
            _field(talk)


def plainly(talk: Talk) -> bool:
    """Whether the words are nothing but an answer to the pending question, so that no other reading of them is sensible."""
    pending, guide, text = talk.state.ask, talk.guide, talk.text.strip()
    if pending is None:
        return False
    if not talk.attachments and settles_paper(talk):
        return True
    if tables.plainly(talk) and not correcting.edits_another(talk):
        return True
    if pending.options and any(text.lower() in (o.value.lower(), o.label.lower()) for o in pending.options):
        return True
    if instead.noticed(talk):
        return True
    if _QUESTION.search(text) or english.asks(text) or talk.attachments:
        return bool(talk.attachments)
    if english.command(text) and options.yes_or_no(text) is None:
        return False
    if pending.kind == "confirm":
        return (len(text) <= PLAIN_LENGTH or english.is_latin(text)) and options.yes_or_no(text) is not None
    if pending.field == "guide" and _NONE.match(text):
        return True
    if pending.field == situations.SITUATION:
        return situations.plainly(talk)
    if pending.field == handing.FIELD:
        return slots.plainly(talk)
    if pending.field == "rating" and grade_in(text) is not None:
        return True
    if pending.field in ("guide", "rating"):
        return options.ordinal(text, len(pending.options or [])) is not None
    if pending.field.startswith(interview.MATERIAL_PREFIX):
        return materials.plainly(talk)
    field = guide.field(pending.field) if guide else None
    if field is not None and telling.names_what_it_tells(talk, field):
        return True
    if field is not None and field.type == "person_name" and _CALLED.match(text):
        return isinstance(parse(field, text, talk.now.date(), {}), Accepted)
    if field is not None and field.in_words and not english.is_latin(text):
        if _told_to_write(field, text) or is_time_of_day(text):
            return True
        steers = _STEERS.search(text if not correcting.asks_for_change(field) else _CHANGES.sub("", text))
        return len(text) >= _TELLS and steers is None
    return field is not None and extract.plainly_answers(field, text, talk.now.date())


def _told_to_write(field: GuideField, text: str) -> bool:
    return any(text.strip(" 。.") == words for hint in (field.question, *field.mistakes) for words in _ADVISED.findall(hint))


def _field(talk: Talk) -> None:
    case, guide, pending = talk.case, talk.guide, talk.state.ask
    field = guide.field(pending.field) if guide and pending else None
    if case is None or guide is None or field is None:
        advance(talk)
        return
    left_out = talk.intent == "skip" or (
        talk.tapped is None
        and (_SKIP.match(talk.text.strip()) or english.command(talk.text) == english.SKIP)
        and field.type not in ("choice", "yes_no", "multi")
    )
    if left_out and not _none_at_all(talk, field):
        skip(talk)
        return
    if offering.taken(talk, field):
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
    more = telling.by_name(talk, talk.text, [field, *others]) if talk.tapped is None and len(talk.text) > 8 else {}
    if field.key in more:
        named = more.pop(field.key)
        # 护照A00000000, where words were asked, is the answer as it stands
        parsed = named if more or not field.in_words or isinstance(parsed, Rejected) else parsed
    elif isinstance(parsed, Rejected) and (rest := telling.unnamed(talk, answer)):
        beside = parse(field, rest, talk.now.date(), values)
        parsed = beside if isinstance(beside, Accepted) else parsed
    if isinstance(parsed, Rejected) and not more and talk.tapped is None:
        more = prefilling.named_instead(talk, field)
    if isinstance(parsed, Rejected):
        store_more(talk, more)
        if more and not parsed.insist:  # 不对，电话是… answers another question than the one asked, which is put again
            advance(talk)
            return
        if not parsed.insist and _told_elsewhere(talk, field, others):
            return
        if parsed.insist:
            talk.state.insisted = Insisted(
                field=field.key,
                text=str(answer),
                value=parsed.insist.value,
                display=parsed.insist.display,
                warning=parsed.insist.warning,
            )
        reject(talk, parsed.code, parsed.message, parsed.mend)
        return
    store(talk, field, parsed)
    unanswered = [f for f in others if f.key not in more and f.key not in case.answers and f.type != field.type]
    if not more and len(talk.text) > 12:
        more = extract.by_shape(talk.text, unanswered, talk.now.date(), case.values())
    elif more and (rest := telling.unnamed(talk, talk.text)):
        # 张三，电话是138…，3205…: what has no name may still be told by its looks
        plain = [f for f in unanswered if f.type in extract.UNMISTAKABLE]
        more |= extract.by_shape(rest, plain, talk.now.date(), case.values())
    store_more(talk, more)
    advance(talk)


def _told_elsewhere(talk: Talk, asked: GuideField, others: list[GuideField]) -> bool:
    """A telephone number where a name was asked is kept for the one question it can answer; what was asked is asked again."""
    assert talk.case is not None
    if asked.type == "table":
        return False  # a cell that is not right is a cell
    others = [other for other in others if other.type in extract.UNMISTAKABLE and other.type != asked.type]
    found = extract.by_shape(talk.text, others, talk.now.date(), talk.case.values())
    if len(found) != 1:
        return False
    store_more(talk, found)
    advance(talk)
    return True


def _none_at_all(talk: Talk, field: GuideField) -> bool:
    """没有 to how much or how many is nought, where nought can be; it leaves nothing out."""
    if talk.tapped is not None or field.type not in ("amount", "integer") or not _NOUGHT.match(talk.text.strip()):
        return False
    return isinstance(parse(field, talk.text, talk.now.date(), {}), Accepted)


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
    store(talk, field, Accepted(held.value, held.display, held.warning))
    advance(talk)
    return True


def skip(talk: Talk) -> None:
    """Leave the pending question unanswered where it is optional."""
    field = talk.guide.field(talk.asking) if talk.guide and talk.asking else None
    if field is not None and field.optional:
        store(talk, field, Accepted("", ""), skipped=True)
        advance(talk)
    elif field is not None:
        reject(talk, "required", t("casework.required", label=field.label))
    elif talk.asking and talk.asking.startswith(interview.MATERIAL_PREFIX):
        materials.take(talk)
    elif talk.asking == situations.SITUATION:
        _situation(talk)
    elif talk.asking == "consent":
        consent.decide(talk, given=False)
    elif talk.asking == handing.FIELD:
        slots.leave(talk)
    elif talk.asking == rating.WHY:
        rating.skip_reasons(talk)
    else:
        talk.say(t("casework.cannot_skip"))
        talk.status = "clarify"


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
        if meant is None and (_NONE.match(talk.text.strip()) or options.yes_or_no(talk.text) is False):
            choosing.none_of_them(talk)
            return
        if meant is None:
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


def _situation(talk: Talk) -> None:
    found = situations.answered(talk)
    if found is not None:
        choosing.answer(talk, *found)


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
