"""Which item: beginning a case, answering a question about an item, asking which is meant."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from assistant.casework import interview
from assistant.casework.flow import notifying, situations, telling
from assistant.casework.flow.asking import advance, ask, confirm_question
from assistant.casework.flow.talk import Supposed, Talk
from assistant.casework.model import Case, CaseStatus
from assistant.foundation.messages import t
from knowledge import answers
from knowledge.deciding import decided_by
from knowledge.regions import region_name
from knowledge.replies import Action, Ask, Card, Option, Row, Text
from knowledge.resolving import NATION
from knowledge.schema import Guide
from knowledge.search import Decision, cautious
from knowledge.translation import called, called_in_full

#: A case in one of these states is still being prepared and can be continued by talking.
OPEN = (CaseStatus.DRAFT, CaseStatus.READY, CaseStatus.CORRECTION_NEEDED)


#: In the middle of a case another item must be named this clearly before the talk leaves the one in hand.
CLEARLY = 0.8
_LIST = re.compile(
    r"^(?:我?想?看看|请问|你们?|这里|这儿|都|一共)*(?:能|可以|会)?(?:帮我)?办理?(?:哪些|些?什么|些?啥)(?:事情?|业务|事项|证件?|服务)?[吗呢呀啊]?[?？。!！]*$|"
    r"^(?:我?想?看看|有)?(?:哪些|什么|全部|所有)?(?:能办的)?(?:事项|业务|服务)(?:清单|目录|列表|有哪些)?[?？。!！]*$|^浏览(?:一下)?(?:事项)?$|"
    r"^(?:what (?:services|items) (?:are there|do you (?:have|offer))|"
    r"(?:browse|list)(?: (?:all )?(?:items|services))?|see what can be done)[?.! ]*$",
    re.I,
)


def apply(talk: Talk) -> None:
    """She wants something done: begin its case, or ask which item, or whether to leave the present one."""
    guide, options = meant(talk)
    if guide is None and not options and talk.case and talk.case.status in OPEN:
        _continue(talk)
        return
    guide = guide or (None if options else _context(talk))
    if guide is None:
        which(talk, options, "apply")
    elif guide.outline:
        _outline(talk, guide)
    elif talk.case and talk.case.status in OPEN and talk.case.guide_code == guide.code:
        _continue(talk)
    elif talk.case and talk.case.status in OPEN:
        talk.state.switch_to = guide.code
        talk.say(t("casework.switch_question", current=talk.name_of(talk.case), other=called_in_full(guide)))
        ask(talk, confirm_question("switch"))
        talk.question_said = True
        talk.status = "clarify"
    else:
        begin(talk, guide)


def begin(talk: Talk, guide: Guide) -> None:
    """Open a case, say what it takes, take what the sentence already tells, and ask the first question."""
    waiting = next((c for c in talk.other_cases if c.guide_code == guide.code and c.status in OPEN), None)
    if talk.case is not None and talk.case not in talk.other_cases:
        talk.other_cases.append(talk.case)
    talk.state.context_guide = guide.code
    talk.state.paused = False
    if talk.state.next_item == guide.code:
        talk.state.next_item = talk.state.later.pop(0) if talk.state.later else None
    if waiting is not None:
        talk.case = waiting
        talk.say(t("casework.draft_found", item=called_in_full(guide), case_no=waiting.case_no))
        advance(talk)
        return
    talk.case = Case(
        case_no=talk.services.new_case_no(talk.now),
        guide_code=guide.code,
        guide_name=guide.name,
        guide_version=guide.version,
        region=talk.state.region or talk.region,
        created_at=talk.now,
        updated_at=talk.now,
    )
    talk.note("case.created", guide=guide.code, version=guide.version)
    talk.say(t("casework.begun", item=called_in_full(guide), case_no=talk.case.case_no))
    _place(talk, guide)
    _speak(talk, answers.overview(guide, {}, talk.now))
    interview.follow(guide, talk.case, talk.now)
    situations.carry(talk, guide)
    notifying.renew(talk, guide)
    done = telling.opening(talk)
    talk.say(t("casework.one_at_a_time"))
    if done:
        talk.status = "collecting"
        advance(talk)


def question(talk: Talk, intent: str) -> None:
    """Answer a question about the item named, or else the one in hand; a pending question stays as it was."""
    guide, options = (talk.guide_for(talk.supposed.code), []) if talk.supposed else meant(talk)
    context = in_hand(talk)
    if guide is None and context is not None and (not options or context.code in options):
        guide = context
    if guide is None:
        which(talk, options, intent)
        return
    if talk.unmatched and guide is context and not guide.outline:
        talk.intent = talk.state.last_question or intent
        _not_told_apart(talk, talk.unmatched)
        return
    answer(talk, guide, intent)


def _not_told_apart(talk: Talk, case: str) -> None:
    """The guide knows no such case: say so, and who does, instead of giving the same answer once more."""
    talk.say(t("casework.unmatched", case=case))
    label = t("conversation.start_person")
    talk.replies.append(
        Card(
            title=t("casework.unmatched_title"),
            text=t("casework.unmatched_text"),
            actions=[Action(label=label, message=label)],
        )
    )
    talk.status = "unanswerable_unknown"


def in_hand(talk: Talk) -> Guide | None:
    """The item being talked about: the one last answered about, or the case's."""
    return _context(talk) or talk.guide


def answer(talk: Talk, guide: Guide, intent: str) -> None:
    """Say what the guide says, with its sources; outside a case offer to begin."""
    if guide.outline:
        _outline(talk, guide)
        return
    values = situations.known(talk, guide)
    if situations.asked_first(talk, guide, intent, values):
        return
    _place(talk, guide)
    if talk.supposed is not None:
        _suppose(talk, talk.supposed, guide, intent, values)
    said = answers.answer(guide, intent, values, talk.now, talk.question)
    if talk.several:
        said = replace(said, text=t("casework.about", item=called_in_full(guide), text=said.text))
    _speak(talk, said)
    talk.status = said.status
    talk.state.failures = 0
    talk.state.context_guide, talk.state.last_question = guide.code, intent
    if talk.state.ask is None or talk.state.ask.field in situations.PASSING:
        if talk.case and talk.case.status in OPEN and talk.case.guide_code == guide.code and not talk.state.paused:
            advance(talk)
        else:
            ask(talk, confirm_question("start"))
        talk.status = said.status


def _place(talk: Talk, guide: Guide) -> None:
    """Where another place was asked about: that this holds there, or that only the nation's rules are known, and whom to ask."""
    if talk.state.region is None and (talk.region is None or talk.catalogue is talk.services.catalogue_in(None)):
        return
    everywhere = talk.services.catalogue_in(NATION).get(guide.code)
    known = everywhere is not None and everywhere.version != guide.version
    place = region_name(talk.state.region or talk.region or NATION)
    talk.say(t("casework.in_place" if known else "casework.in_place_nation", place=place))


def _suppose(talk: Talk, supposed: Supposed, guide: Guide, intent: str, values: dict[str, Any]) -> None:
    """Say which case is taken for granted, unless the answer says so itself, and what the guide holds against it."""
    if supposed.about is None or supposed.option is None:
        return
    if supposed.about.key not in {field.key for field, _ in decided_by(guide, intent, values)}:
        talk.say(t("casework.supposed", label=supposed.about.label, option=supposed.option.label))
    for rule in supposed.about.rules:
        if rule.kind == "differs_from" and rule.field is None and rule.value == supposed.option.value:
            talk.say(rule.message)


def _speak(talk: Talk, said: answers.Answered) -> None:
    talk.replies.append(Text(text=said.text, citations=said.citations or None))
    talk.replies.extend(said.cards)


def which(talk: Talk, codes: Sequence[str], purpose: str, name: str = "") -> None:
    """Ask which of up to four items is meant, the likeliest first, each with what tells it apart, and a way out.

    Args:
        purpose: the intent to serve once one is chosen.
        name: what was named, where more than that was said.
    """
    if not codes and talk.state.ask is not None and talk.asking == "guide":
        # 多久到账, while 公积金怎么提 waits for the item: both are answered once it is chosen
        codes = [option.value for option in talk.state.ask.options or []]
        if talk.state.purpose not in (None, purpose):
            talk.state.also.append(talk.state.purpose or "")
    guides = [g for g in map(talk.guide_for, codes) if g][:4]
    shown = [o.value for o in talk.state.ask.options or []] if talk.state.ask is not None and talk.asking == "guide" else []
    again = bool(guides) and [g.code for g in guides] == shown
    if again:
        talk.say(t("casework.which_again"))
    elif not guides:
        guides = [g for g in map(talk.guide_for, talk.catalogue.guides) if g and not g.outline][:4]
        talk.say(t("casework.which_open"))
    else:
        talk.say(t("casework.which_named", name=name) if name else t("casework.which_of"))
    talk.state.purpose = purpose
    options = [Option(value=g.code, label=called(g)) for g in guides]
    lines = [option.label for option in options] if again else [_line(g, i) for i, g in enumerate(guides, 1)]
    talk.choices("\n".join(lines), options)
    talk.replies.append(
        Card(
            title=t("casework.none_title"),
            text=t("casework.none_text"),
            actions=[Action(label=t("casework.none_label"), message=t("casework.none_label"))],
        )
    )
    if talk.state.ask is None or talk.state.ask.field in situations.PASSING:
        ask(talk, Ask(field="guide", label=t("casework.guide_label"), kind="choice", options=options))
    talk.question_said = True
    talk.status = "clarify"


def keep_for_later(talk: Talk, guide: Guide | None) -> None:
    """Note another item she wants, to be offered when the one in hand is done."""
    if guide is None or (talk.case and talk.case.guide_code == guide.code):
        return
    if talk.state.next_item is None:
        talk.state.next_item = guide.code
    elif guide.code != talk.state.next_item and guide.code not in talk.state.later:
        talk.state.later.append(guide.code)
    talk.say(t("casework.next_kept", item=called_in_full(guide)))


def offer_next(talk: Talk) -> None:
    """Offer the item that waited; called where the case in hand is done with for now."""
    later = talk.state.later
    guide, talk.state.next_item = talk.guide_for(talk.state.next_item), later.pop(0) if later else None
    if guide is None and talk.state.unclear and talk.state.ask is None:
        ask_unclear(talk)
        return
    if guide is None or talk.state.ask is not None or (talk.case and talk.case.guide_code == guide.code):
        return
    talk.say(t("casework.next_offer", item=called_in_full(guide)))
    talk.state.context_guide = guide.code
    if guide.outline:
        talk.say(t("casework.outline", item=called_in_full(guide)))
    else:
        ask(talk, confirm_question("start"))


def ask_unclear(talk: Talk) -> None:
    """Ask which item is meant by something that was named beside another; called where nothing else is asked."""
    waiting = talk.state.unclear.pop(0)
    which(talk, waiting.codes, waiting.intent, waiting.name)


def none_of_them(talk: Talk) -> None:
    """都不是: say it otherwise, look through the list, or talk to a person."""
    talk.state.purpose, talk.state.also, talk.state.unclear = None, [], []
    ask(talk, None)
    actions = [Action(label=t(key), message=t(key)) for key in ("casework.browse_label", "conversation.start_person")]
    talk.replies.append(Card(title=t("casework.none_title"), text=t("casework.none_of_these"), actions=actions))
    talk.status = "clarify"


def browse(talk: Talk) -> None:
    """All items by name, those that can be done here first."""
    guides = [g for g in map(talk.guide_for, talk.catalogue.guides) if g]
    rows = []
    for key, wanted in (("business", True), ("person", False)):
        names = [called(g) for g in guides if not g.outline and ("person" not in g.applicant) is wanted]
        if names:
            rows.append(Row(label=t(f"casework.browse_{key}"), value=t("fields.list_separator").join(names)))
    named = [called(g) for g in guides if g.outline]
    if named:
        rows.append(Row(label=t("casework.browse_named"), value=t("fields.list_separator").join(named)))
    talk.replies.append(Card(title=t("casework.browse_title"), text=t("casework.browse_text"), rows=rows))
    talk.status = "answered"


def wants_list(text: str) -> bool:
    """Whether she asks what can be done here at all."""
    return bool(_LIST.match(text.strip()))


def meant(talk: Talk) -> tuple[Guide | None, list[str]]:
    """The one guide the sentence means; or the codes worth offering; or nothing."""
    found = decision(talk)
    if found is not None and found.kind == "one":
        return talk.guide_for(found.hits[0].code), []
    return None, [hit.code for hit in found.hits] if found is not None and found.kind == "which" else []


def decision(talk: Talk) -> Decision | None:
    """Knowledge's verdict on the sentence; None where it is about the case in hand and nothing else."""
    found = talk.services.decide(talk.hits, expected=talk.intent not in ("check_progress", "complaint"))
    if talk.intent == "apply":
        found = cautious(found, talk.confidence)
    in_hand = talk.case.guide_code if talk.case and talk.case.status in OPEN else None
    if in_hand and not (found.kind == "one" and found.hits[0].code == in_hand) and not named(found, CLEARLY, in_hand):
        return None
    return found


def named(found: Decision | None, sure: float, but: str | None = None) -> bool:
    """Whether one item is named this surely: it is clear which of its family, and the family leaves little to all else.

    Args:
        but: the code of an item whose share counts for nothing, because it is in hand already.
    """
    return (
        found is not None
        and found.kind == "one"
        and found.hits[0].code != but
        and sum(hit.score for hit in found.hits if hit.code != but) >= sure
    )


def _context(talk: Talk) -> Guide | None:
    return talk.guide_for(talk.state.context_guide)


def _continue(talk: Talk) -> None:
    assert talk.case is not None
    talk.say(t("casework.already_doing", item=talk.name_of(talk.case)))
    talk.state.paused = False
    talk.status = "collecting"
    if talk.state.ask is None or talk.state.ask.field in situations.PASSING:
        advance(talk)


def _outline(talk: Talk, guide: Guide) -> None:
    talk.say(t("casework.outline", item=called_in_full(guide)))
    talk.state.context_guide = guide.code
    talk.state.failures = 0
    if talk.state.ask is not None and talk.state.ask.field in situations.PASSING:
        ask(talk, None)
    talk.status = "unanswerable_unknown"


def _line(guide: Guide, number: int) -> str:
    """An item among those offered: its name and, in a sentence, what it is for."""
    stop = t("casework.sentence_end")
    summary = (guide.summary or guide.department or "").partition(stop)[0].rstrip(stop)
    return t("casework.which_line", number=number, item=called_in_full(guide), summary=summary)
