"""How her result is to come (电子、邮寄、到窗口取), and papers fetched by courier: offered once, said at any time."""

from __future__ import annotations

from assistant.casework.fields import dates
from assistant.casework.flow import posting
from assistant.casework.flow.talk import AuditNote, Talk
from assistant.casework.model import Case
from assistant.casework.shipping import words
from assistant.casework.shipping.address import Way, Wish
from assistant.casework.shipping.store import OVER, Shipment
from assistant.casework.shipping.ways import AT_OFFICE, WAITING, nothing_to_send, originals, way_of, ways
from assistant.casework.shipping.words import Said
from assistant.foundation.messages import t
from knowledge.composer import source_name
from knowledge.conditions import holds
from knowledge.doubt import marked
from knowledge.facts import Receiving
from knowledge.originals import in_person
from knowledge.replies import Action, Card, Citation, Row
from knowledge.schema import Guide

#: Beside these questions a sentence of hers is heard; to any other it may be the answer.
_FREE = (None, "start", "rating", "rating_reasons")


def offer(talk: Talk) -> None:
    """After a submission, once: the ways there are to choose from, and that originals can be fetched. It obliges to nothing."""
    case, guide = talk.case, talk.guide
    if case is None or guide is None:
        return
    found = ways(guide, case)
    if case.receiving is None and (len(found) > 1 or [way.way for way in found] == ["post"]):
        talk.replies.append(_choices(guide, found))
    papers = originals(guide, case)
    if papers and case.envelope is None and not in_person(talk.services.guide_of(case)):
        listed = t("fields.list_separator").join(papers)
        fetch = Action(label=t("receiving.envelope_take"), message=t("receiving.envelope_message"))
        talk.replies.append(
            Card(title=t("receiving.envelope_title"), text=t("receiving.envelope_offer", papers=listed), actions=[fetch])
        )


def plainly(talk: Talk) -> bool:
    """Whether her words are a whole sentence about receiving or a parcel."""
    return talk.tapped is None and not posting.declined(talk) and words.read(talk.text) is not None


def heard(talk: Talk) -> bool:
    """Settle what the turn says of parcels if it is about that and nothing else; whether it was."""
    if talk.attachments:
        return False
    if talk.asking in posting.FIELDS:
        said = words.read(talk.text) if plainly(talk) else None
        if said is None:
            return posting.answered(talk)
        if said == "address":
            posting.other_address(talk)
        else:
            posting.drop(talk)
            _serve(talk, said)
    else:
        said = words.read(talk.text) if talk.tapped is None and talk.asking in _FREE else None
        if said is None:
            return False
        if _which(talk) is not None:
            _serve(talk, said)
        elif said in ("where", "envelope"):
            talk.say(t("receiving.nothing_now"))  # 叫快递 is no call for a person
        else:
            return False
    talk.intent, talk.confidence = "provide", 1.0
    talk.status = talk.status or "answered"
    return True


def _serve(talk: Talk, said: Said) -> None:
    case = _which(talk)
    if case is None:
        return
    guide = talk.services.guide_of(case)
    match said:
        case "where":
            _where(talk, case)
        case "envelope":
            _envelope(talk, case, guide)
        case "choices":
            found = ways(guide, case)
            if found:
                talk.replies.append(_choices(guide, found))
            else:
                talk.say(t("receiving.not_in_guide", item=talk.name_of(case)))
        case "address":
            held = _under_way(talk, case)
            if held is not None:
                talk.say(t("receiving.too_late", number=held.tracking_no or ""))
            elif case.receiving is not None and case.receiving.way == "post":
                posting.begin(talk, case, "delivery", anew=True)
            elif case.envelope is not None and case.status in AT_OFFICE:
                posting.begin(talk, case, "envelope", anew=True)
            else:
                talk.say(t("receiving.no_address_yet"))
        case _:
            _choose(talk, case, guide, said)


def _choose(talk: Talk, case: Case, guide: Guide, way: Way) -> None:
    if nothing_to_send(guide):
        talk.say(t("receiving.nothing_to_send", item=talk.name_of(case)))
        return
    held = _under_way(talk, case)
    if held is not None:
        talk.say(t("receiving.too_late", number=held.tracking_no or ""))
        return
    said = way_of(guide, case, way)
    if said is not None:
        talk.say(_words(guide, said), citations=_citations(guide, [said]))
    elif (other := next((one for one in (guide.result.receiving if guide.result else []) if one.way == way), None)) is not None:
        talk.say(t("receiving.otherwise", text=_words(guide, other)), citations=_citations(guide, [other]))
    elif way != "electronic" or ways(guide, case):
        talk.notice("warning", t(f"receiving.unsaid_{way}", item=talk.name_of(case)))
    if way == "post":
        posting.begin(talk, case, "delivery")
        return
    case.receiving = Wish(way=way, at=talk.now)
    talk.audit.append(AuditNote("case.receiving", case.case_no, {"way": way}))
    talk.posted.append(case.case_no)
    talk.say(t(f"receiving.chosen_{way}", item=talk.name_of(case)))
    if way == "counter":
        window = next((place for place in guide.places if holds(place.when, case.values())), None)
        if window is not None:
            place = " ".join(part for part in (window.name, window.address, window.hours, window.phone) if part)
            talk.say(t("receiving.window", place=marked(guide, place, window.evidence)), citations=_cited(guide, window.evidence))


def _envelope(talk: Talk, case: Case, guide: Guide) -> None:
    held = next((one for one in _parcels(talk, case) if one.kind == "envelope"), None)
    if held is not None:
        _where(talk, case)
    elif case.status not in AT_OFFICE:
        talk.say(t("receiving.envelope_not_now", item=talk.name_of(case)))
    elif guide.visits is not None and in_person(guide):
        talk.say(t("receiving.envelope_in_person", reason=guide.visits.reason), citations=_cited(guide, guide.visits.evidence))
    else:
        papers = originals(guide, case)
        if not papers:
            talk.notice("info", t("receiving.envelope_no_papers"))
        posting.begin(talk, case, "envelope")


def _where(talk: Talk, case: Case) -> None:
    """快递到哪了: every parcel of the case, the latest line of the courier's first."""
    found = talk.services.parcels(case.case_no)
    for parcel in found:
        talk.replies.append(card(parcel))
    if found:
        return
    if case.receiving is not None and case.receiving.way == "post":
        talk.say(t("receiving.not_sent_yet", item=talk.name_of(case)))
    else:
        talk.say(t("receiving.no_parcel", item=talk.name_of(case)))


def card(parcel: Shipment, state: str | None = None) -> Card:
    """Where one parcel is; what was last said of it first. ``state`` where it is not yet as kept."""
    state = state or parcel.state
    rows = [Row(label=t("receiving.number"), value=parcel.tracking_no)] if parcel.tracking_no else []
    rows += [Row(label=dates.said_at(step.at), value=step.text) for step in reversed(parcel.data.history)]
    actions = []
    if state in ("failed", "rejected"):
        actions = [
            Action(label=t("receiving.other_address"), message=t("receiving.other_address_message", case_no=parcel.case_no)),
            Action(label=t("receiving.counter"), message=t("receiving.counter_message", case_no=parcel.case_no)),
        ]
    return Card(
        title=t(f"receiving.parcel_{parcel.kind}", title=parcel.data.contents), text=t(f"receiving.state_{state}"),
        rows=rows, actions=actions,
    )  # fmt: skip


def _choices(guide: Guide, found: list[Receiving]) -> Card:
    """The ways, each with its price and where that is said; the electronic one counts where she says nothing."""
    default = "offer_default" if any(way.way == "electronic" for way in found) else "offer_open"
    rows = [
        Row(
            label=t(f"receiving.way_{way.way}"), value=_words(guide, way),
            source=t("fields.list_separator").join(source_name(guide.evidence[key]) for key in way.evidence),
        )
        for way in found
    ]  # fmt: skip
    actions = [Action(label=t(f"receiving.take_{way.way}"), message=t(f"receiving.take_{way.way}_message")) for way in found]
    return Card(
        title=t("receiving.offer_title"), text=t(f"receiving.{default}"), rows=rows, actions=actions,
        citations=_citations(guide, found),
    )  # fmt: skip


def _words(guide: Guide, way: Receiving) -> str:
    said = marked(guide, way.text, way.evidence, way.doubtful)
    if way.yuan is None:
        return said
    return said + t("receiving.price" if way.yuan else "receiving.no_price", yuan=f"{way.yuan.normalize():f}")


def _citations(guide: Guide, found: list[Receiving]) -> list[Citation]:
    return _cited(guide, [key for way in found for key in way.evidence])


def _cited(guide: Guide, keys: list[str]) -> list[Citation]:
    return [Citation(**guide.evidence[key].model_dump()) for key in dict.fromkeys(keys)]


def _parcels(talk: Talk, case: Case) -> list[Shipment]:
    """What is on its way or has arrived."""
    return [one for one in talk.services.parcels(case.case_no) if one.state not in ("failed", "rejected", "cancelled")]


def _under_way(talk: Talk, case: Case) -> Shipment | None:
    """The result's parcel that the courier has already: too late for another way."""
    found = (one for one in _parcels(talk, case) if one.kind == "delivery" and (one.attempts or one.tracking_no))
    return next((one for one in found if one.state not in OVER or one.state == "delivered"), None)


def _which(talk: Talk) -> Case | None:
    """The case that is meant: by its number, the one in hand, or the one that changed last."""
    sent = [case for case in [talk.case, *talk.other_cases] if case is not None and case.status in WAITING]
    number = words.number_in(talk.text)
    if number is not None:
        return next((case for case in sent if case.case_no == number), None)
    if talk.state.posting is not None:
        kept = next((case for case in sent if case.case_no == talk.state.posting.case_no), None)
        if kept is not None:
            return kept
    return talk.case if talk.case is not None and talk.case in sent else max(sent, key=lambda one: one.updated_at, default=None)
