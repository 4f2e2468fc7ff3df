"""Where she is told of what happens to her cases: offered once after a submission, changed by a sentence at any time."""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.casework.fields.options import yes_or_no
from assistant.casework.flow import withdrawing
from assistant.casework.flow.asking import repeat_question
from assistant.casework.flow.talk import AuditNote, Talk
from assistant.casework.model import Case
from assistant.casework.notices import words
from assistant.casework.notices.wishes import OUTSIDE, NoticeWishes, Outside
from assistant.casework.notices.words import Wish
from assistant.casework.prefill.state import Consent
from assistant.foundation.masking import mask_value
from assistant.foundation.messages import t
from knowledge import policy
from knowledge.replies import Action, Card
from knowledge.schema import Guide

_MOBILE = re.compile(r"1[3-9]\d{9}")
_FIELD_TYPES: dict[str, Outside] = {"phone": "sms", "email": "email"}


def offer(talk: Talk) -> None:
    """Ask once where else she wants to be told; what she said of an earlier case holds for this one."""
    case = talk.case
    if case is None or case.notices is not None or any(part.received_at for part in case.parts):
        return  # she settled it, or was asked when it was sent the first time
    before = _wishes(talk)
    if before is not None:
        case.notices = before.model_copy(deep=True)
        if before.channels:
            talk.say(t("notices.as_before", channels=_told(before)))
        return
    known = _known(talk)
    actions = [_action(channel) for channel in _on_offer(talk) if channel in known]
    actions += [_action("watch"), _action("here")]
    where = t("fields.list_separator").join(_place(channel, known[channel]) for channel in _on_offer(talk) if channel in known)
    text = t("notices.offer", where=where) if where else t("notices.offer_number")
    talk.replies.append(Card(title=t("notices.offer_title"), text=text, actions=actions))
    talk.state.notices_offered = talk.turn


def renew(talk: Talk, guide: Guide) -> None:
    """The renewal of a licence she let us watch: her consent to look it up holds for filling in this case, too."""
    case, wishes = talk.case, _wishes(talk)
    shared = any(one.consent is not None and one.consent.given for one in talk.other_cases)
    if case is None or case.consent is not None or wishes is None or not wishes.watch or not shared:
        return
    if talk.services.register is not None and guide.code in policy.load().renewals.values():
        case.consent = Consent(given=True, at=talk.now)
        talk.note("case.consent", given=True, watched=True)
        talk.notice("info", t("notices.watched"))


def heard(talk: Talk) -> bool:
    """Settle what she wants if the turn is about that and nothing else; whether it was."""
    if talk.tapped is not None or talk.attachments or withdrawing.wanted(talk):
        return False  # 我要撤回 is no yes to an offer
    offered = talk.asking is None and talk.state.notices_offered is not None and talk.state.notices_offered == talk.turn - 1
    wish = words.read(talk.text, offered=offered)
    if wish is None and offered:
        wish = _answer(talk)
    if wish is None:
        return False
    if not _cases(talk):
        talk.say(t("notices.no_case"))
    else:
        _settle(talk, wish)
    repeat_question(talk)
    talk.intent, talk.confidence = "provide", 1.0
    talk.status = "collecting" if talk.asking else "answered"
    return True


def _answer(talk: Talk) -> Wish | None:
    """Yes, no or an address, said right after she was asked."""
    addresses = words.only_address(talk.text)
    if addresses:
        return Wish(on=frozenset(addresses), addresses=addresses)
    said = yes_or_no(talk.text)
    if said is None:
        return None
    first: Outside = next((channel for channel in _on_offer(talk) if channel in _known(talk)), "sms")
    return Wish(on=frozenset({first})) if said else Wish(here=True)


def _settle(talk: Talk, wish: Wish) -> None:
    wishes = (_wishes(talk) or NoticeWishes(at=talk.now)).model_copy(deep=True)
    wishes.at = talk.now
    known = _known(talk) | wishes.addresses | wish.addresses
    wanting = [channel for channel in OUTSIDE if channel in wish.on and (channel not in known or channel not in _on_offer(talk))]
    kept = [] if wish.here else [channel for channel in wishes.channels if channel not in wish.off]
    channels = [channel for channel in OUTSIDE if channel in kept or (channel in wish.on and channel not in wanting)]
    wishes.channels, wishes.addresses = channels, {channel: known[channel] for channel in channels}
    wishes.watch = wishes.watch if wish.watch is None else wish.watch
    wishes.policies = wishes.policies if wish.policies is None else wish.policies
    for case in _cases(talk):
        case.notices = wishes.model_copy(deep=True)
        detail = {"channels": list(channels), "watch": wishes.watch, "policies": wishes.policies}
        talk.audit.append(AuditNote("case.notices", case.case_no, detail))
    _confirm(talk, wish, wishes, wanting)


def _confirm(talk: Talk, wish: Wish, wishes: NoticeWishes, wanting: list[Outside]) -> None:
    for channel in wanting:
        talk.say(t(f"notices.no_address_{channel}") if channel in _on_offer(talk) else t("notices.not_here"))
        talk.state.notices_offered = talk.turn  # a number told next is the answer
    if wish.watch is not None:
        talk.say(t("notices.watch_on") if wish.watch else t("notices.watch_off"))
    if wish.policies is not None:
        talk.say(t("notices.policies_on") if wish.policies else t("notices.policies_off"))
    if wanting or (wish.watch, wish.policies) != (None, None):
        return
    talk.say(t("notices.told_by", channels=_told(wishes)) if wishes.channels else t("notices.told_here"))


def _wishes(talk: Talk) -> NoticeWishes | None:
    """What she said last, whichever case it was about."""
    held = [case.notices for case in _cases(talk) if case.notices is not None]
    return max(held, key=lambda wishes: wishes.at, default=None)


def _cases(talk: Talk) -> list[Case]:
    every = [talk.case, *talk.other_cases] if talk.case is not None else list(talk.other_cases)
    return list({case.case_no: case for case in every if case is not None}.values())


def _on_offer(talk: Talk) -> list[Outside]:
    return [channel for channel in OUTSIDE if channel in talk.services.notice_channels]


def _known(talk: Talk) -> dict[Outside, str]:
    """Where she can be reached, as far as she has told: who signed in, what she answered, the door she came through."""
    found: dict[Outside, str] = {}
    if talk.state.openid:
        found["wechat"] = talk.state.openid
    if talk.state.identity is not None and talk.state.identity.phone:
        found["sms"] = talk.state.identity.phone
    for case in _cases(talk):
        for channel, address in _answered(talk, case):
            if channel != "sms" or _MOBILE.fullmatch(address):
                found.setdefault(channel, address)
    return found


def _answered(talk: Talk, case: Case) -> Iterable[tuple[Outside, str]]:
    for field in talk.services.guide_of(case).fields:
        channel, answer = _FIELD_TYPES.get(field.type), case.answers.get(field.key)
        if channel is not None and answer is not None and not answer.skipped:
            yield channel, str(answer.value)


def _told(wishes: NoticeWishes) -> str:
    return t("fields.list_separator").join(_place(channel, wishes.addresses[channel]) for channel in wishes.channels)


def _place(channel: Outside, address: str) -> str:
    """短信（138****8000）; an openid means nothing to anybody."""
    name = t(f"notices.channel_{channel}")
    if channel == "wechat":
        return name
    return t("notices.place", channel=name, address=mask_value("phone" if channel == "sms" else "email", address))


def _action(name: str) -> Action:
    return Action(label=t(f"notices.offer_{name}"), message=t(f"notices.offer_{name}_message"))
