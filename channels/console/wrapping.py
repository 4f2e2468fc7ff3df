"""What a wrap-up says was wanted in truth: the sentence the bot had misread before goes, masked, to the review list."""

from __future__ import annotations

from sqlalchemy import Connection

from assistant.casework import repository as cases
from assistant.conversation import repository
from assistant.conversation.exchanges import exchanges
from assistant.conversation.labels import NO_ITEM, WHICH, fits
from assistant.conversation.review_list import ReviewList, personal_of, relabelled
from assistant.desk.accounts import Operator
from assistant.foundation import audit
from assistant.foundation.messages import t
from channels.parts import Parts
from channels.problems import Problem

LOOKED_AT = 200
"""Events looked through for what she said to the bot before people took over."""


def misread_before(
    parts: Parts, conn: Connection, who: Operator, conversation_id: str, intent: str | None, item: str | None
) -> None:
    """Put the last sentence the bot took for something else on the review list, with what it meant.

    Asking for a person is no such sentence. Where it was read rightly, or may not be kept, nothing is.

    Raises:
        Problem: 422, intent and item do not go together.
    """
    if intent is None or item is None:
        return
    if not fits(intent, item) or (item not in (WHICH, NO_ITEM) and parts.services.catalogue.get(item) is None):
        raise Problem(422, "bad_label", detail=t("nlu.bad_label"))
    conv = repository.load(conn, conversation_id)
    assert conv is not None
    events = repository.events_after(conn, conversation_id, max(0, conv.last_event - LOOKED_AT), LOOKED_AT)
    spoken = [(seq, said) for seq, said in exchanges(events).items() if said.talk and said.intent != "to_human"]
    if not spoken or (spoken[-1][1].intent, spoken[-1][1].guide or NO_ITEM) == (intent, item):
        return
    seq, said = spoken[-1]
    held = [(case, parts.services.guide_of(case)) for case in cases.cases_of(conn, conversation_id)]
    found = relabelled(said, personal_of(held), intent, item)
    if found is None:
        return
    now = parts.clock.now()
    ReviewList(parts.db.keyring, parts.settings.review_days).keep(conn, [found], now)
    named = {WHICH: "which", NO_ITEM: "none"}.get(item, item)
    audit.append(
        conn, at=now, actor=f"staff:{who.id}", action="sentence.relabelled", subject=conversation_id,
        detail={"event": seq, "intent": intent, "item": named},
    )  # fmt: skip
