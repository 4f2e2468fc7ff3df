"""A pause in the middle of an edit leads back to it, on whatever channel."""

from __future__ import annotations

import pytest

from assistant.casework.flow import acts, answering, choosing
from assistant.casework.flow.asking import ask
from tests.unit.casework.flow.support import Conversation


@pytest.mark.parametrize("here", [True, False])
def test_a_pause_in_an_edit_leads_back_to_it(here: bool) -> None:
    conv = Conversation()
    talk = conv.talk("我要办示例变更登记", intent="apply")
    choosing.apply(talk)
    conv.done(talk)
    for text in ("自己的", "示例商贸有限公司"):
        talk = conv.talk(text)
        answering.take(talk)
        conv.done(talk)
    for act in ("back", "pause"):
        talk = conv.talk(act)
        acts.perform(talk, act)
        conv.done(talk)
    assert conv.asking is None and conv.case is not None and conv.case.left_at == "company"
    talk = conv.talk("继续") if here else Conversation(conv.world, case=conv.case).talk("继续")
    ask(talk, None)
    acts.perform(talk, "resume")
    assert talk.asking == "company" and talk.state.editing == "company" and conv.case.left_at is None
