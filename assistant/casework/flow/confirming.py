"""Yes or no to the pending question: tapped, or in any words for it."""

from __future__ import annotations

from assistant.casework.fields.options import match_option, yes_or_no
from assistant.casework.flow.talk import Talk
from knowledge.schema import Option


def confirmation(talk: Talk) -> bool | None:
    """True or False; None where the words say neither (换 means yes where 换，先办这件 is offered)."""
    if talk.tapped:
        return {"yes": True, "no": False}.get(talk.tapped[0])
    said = yes_or_no(talk.text)
    if said is not None:
        return said
    pending = talk.state.ask
    begins = [o.value for o in (pending.options or []) if o.label.startswith(talk.text.strip() or "-")] if pending else []
    if len(begins) == 1:
        return begins[0] == "yes"
    labels = [Option(value=o.value, label=o.label) for o in (pending.options or [])] if pending else []
    picked = match_option(talk.text, labels) if labels else None
    if picked is not None:
        return picked.value == "yes"
    return talk.intent == "affirm" if talk.intent in ("affirm", "deny") else None
