"""Where a parcel goes: what is known is shown whole and agreed to with one tap; what is not is asked, one thing at a time."""

from __future__ import annotations

import re
from typing import Literal

from assistant.casework.fields import options
from assistant.casework.fields.identifiers import parse_phone
from assistant.casework.fields.names import parse_person_name
from assistant.casework.fields.parse import parse
from assistant.casework.fields.result import Accepted, Parsed, Rejected
from assistant.casework.flow.asking import ask, reject
from assistant.casework.flow.talk import AuditNote, Posting, Talk
from assistant.casework.model import Case
from assistant.casework.shipping.address import Address, Envelope, Wish
from assistant.casework.shipping.known import suggestion
from assistant.casework.shipping.ways import originals
from assistant.foundation.messages import t
from knowledge.replies import Ask, Option
from knowledge.schema import GuideField
from knowledge.schema import Option as GuideOption

NAME, PHONE, ADDRESS, AGREE = "post_name", "post_phone", "post_address", "post_agree"
FIELDS = frozenset({NAME, PHONE, ADDRESS, AGREE})
_PLACE = GuideField(key=ADDRESS, label="地址", type="address", question="寄到哪里？", why="快递要送到")
_PARTS = re.compile(r"[，,、;；\s]+|(?<=[一-鿿])(?=1[3-9]\d{9}(?!\d))|(?<=\d{11})(?=[一-鿿])")
_LABELS = re.compile(r"^(?:收件人|收货人|姓名|名字|电话|手机号?|联系电话|地址|收件地址|收货地址)\s*[:：是]?\s*")
_NO = re.compile(r"(?:算了|不寄了?|不用了?|取消|先不|不用寄了?|no|cancel|never mind)[吧了。.！! ]*", re.I)


def begin(talk: Talk, case: Case, kind: Literal["delivery", "envelope"], *, anew: bool = False) -> None:
    """Show the address that is known, or ask for what is not; ``anew`` asks for the address whatever is known."""
    known = suggestion(talk.services.guide_of(case), case)
    before = (case.receiving.address if case.receiving else None) or (case.envelope.address if case.envelope else None)
    name = before.name if before else known.name
    phone = before.phone if before else known.phone
    place = None if anew else before.address if before else known.address
    talk.state.posting = Posting(case_no=case.case_no, kind=kind, name=name, phone=phone, address=place)
    _next(talk)


def drop(talk: Talk) -> None:
    """Nothing is agreed."""
    talk.state.posting = None
    ask(talk, None)


def other_address(talk: Talk) -> None:
    """Ask for another address; name and telephone stay."""
    _held(talk).address = None
    _next(talk)


def declined(talk: Talk) -> bool:
    """Whether she would rather have nothing sent."""
    return talk.tapped is None and _NO.fullmatch(talk.text.strip()) is not None


def answered(talk: Talk) -> bool:
    """Take the turn as the answer to what was asked if it reads as one; whether it did."""
    case = _case(talk)
    if case is None:
        drop(talk)
        return False
    if declined(talk):
        _leave(talk)
        return True
    if talk.asking == AGREE and (choice := _choice(talk)) is not None:
        if choice == "yes":
            _agree(talk, case)
        elif choice == "change":
            other_address(talk)
        else:
            _leave(talk)
        return True
    if talk.tapped is not None or isinstance(_read(talk), Rejected):
        return False
    _next(talk)
    return True


def take(talk: Talk) -> None:
    """The turn can only be the answer: what is wrong with it is said, and the question stays."""
    if answered(talk):
        return
    pending = talk.state.ask
    if pending is None:
        return
    wrong = _read(talk)
    if talk.asking != AGREE and isinstance(wrong, Rejected):
        reject(talk, wrong.code, wrong.message)
    else:
        reject(talk, "choice_unknown", t("receiving.agree_how"))


def _read(talk: Talk) -> Parsed:
    """Keep what the words tell of name, telephone and address; what was wrong with what was asked."""
    held, text = _held(talk), _LABELS.sub("", talk.text.strip())
    asked = talk.asking
    if asked == NAME and isinstance(read := parse_person_name(text), Accepted):
        held.name = read.display
        return read
    if asked == PHONE and isinstance(read := parse_phone(text), Accepted):
        held.phone = _digits(read.display)
        return read
    pieces = [_LABELS.sub("", piece) for piece in _PARTS.split(text) if piece]
    phones = [piece for piece in pieces if isinstance(parse_phone(piece), Accepted)]
    names = [one for one in pieces if len(one) <= 4 and one not in phones and isinstance(parse_person_name(one), Accepted)]
    rest = "".join(piece for piece in pieces if piece not in phones[:1] and piece not in names[:1])
    place: Parsed = parse(_PLACE, rest, talk.now.date(), {})
    doubted = asked == ADDRESS and talk.state.ask is not None and talk.state.ask.error is not None
    if isinstance(place, Rejected) and place.insist is not None and doubted:
        place = place.insist  # said again after it was doubted
    if isinstance(place, Accepted) and (asked in (ADDRESS, AGREE) or (phones and names)):
        held.address = place.display
        held.phone = _digits(phones[0]) if phones else held.phone
        held.name = names[0] if names else held.name
        return place
    if asked == NAME:
        return parse_person_name(text)
    return parse_phone(text) if asked == PHONE else place


def _next(talk: Talk) -> None:
    held = _held(talk)
    if held.address is None:
        _ask(talk, ADDRESS)
    elif held.name is None:
        _ask(talk, NAME)
    elif held.phone is None:
        _ask(talk, PHONE)
    else:
        choices = [Option(value=value, label=t(f"receiving.agree_{value}")) for value in ("yes", "change", "no")]
        shown = t(f"receiving.agree_{held.kind}", name=held.name, phone=held.phone, address=held.address)
        ask(talk, Ask(field=AGREE, label=t(f"receiving.agree_label_{held.kind}"), kind="choice", options=choices))
        talk.choices(shown, choices)
    talk.question_said = True
    talk.status = "collecting"


def _ask(talk: Talk, field: str) -> None:
    label, why = t(f"receiving.{field}"), t("receiving.post_why")
    ask(talk, Ask(field=field, label=label, kind="text", why=why, example=t(f"receiving.{field}_example")))
    talk.say(label)


def _agree(talk: Talk, case: Case) -> None:
    """Her yes to this address, and to handing it to the courier."""
    held = _held(talk)
    place = Address(name=held.name or "", phone=_digits(held.phone or ""), address=held.address or "")
    if held.kind == "delivery":
        case.receiving = Wish(way="post", at=talk.now, address=place)
        talk.audit.append(AuditNote("case.receiving", case.case_no, {"way": "post"}))
    else:
        papers = originals(talk.services.guide_of(case), case)
        case.envelope = Envelope(at=talk.now, address=place, papers=papers)
        talk.audit.append(AuditNote("case.envelope", case.case_no, {"papers": len(papers)}))
    talk.posted.append(case.case_no)
    drop(talk)
    talk.say(t(f"receiving.agreed_{held.kind}", item=talk.name_of(case)))
    talk.status = "answered"


def _leave(talk: Talk) -> None:
    drop(talk)
    talk.say(t("receiving.left"))
    talk.status = "answered"


def _choice(talk: Talk) -> str | None:
    if talk.tapped:
        return talk.tapped[0]
    said = options.yes_or_no(talk.text)
    if said is not None:
        return "yes" if said else "change"
    pending = talk.state.ask
    labels = [GuideOption(value=o.value, label=o.label) for o in (pending.options or [])] if pending else []
    picked = options.match_option(talk.text, labels)
    return picked.value if picked else None


def _held(talk: Talk) -> Posting:
    assert talk.state.posting is not None
    return talk.state.posting


def _case(talk: Talk) -> Case | None:
    held = talk.state.posting
    every = [case for case in [talk.case, *talk.other_cases] if case is not None]
    return next((case for case in every if held is not None and case.case_no == held.case_no), None)


def _digits(phone: str) -> str:
    return re.sub(r"[\s-]|转.*", "", phone)
