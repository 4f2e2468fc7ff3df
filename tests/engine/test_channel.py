"""The tracker is brought to what the database knows, and only the domain's intents can be named outright."""

from __future__ import annotations

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActionExecutionRejected, ActiveLoop, FollowupAction, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from assistant.engine.channel import BandaoInput, alignment, shorthand

KNOWN = {"conversation_id": "c", "case_no": "A1", "guide_code": "g"}


def aligned(domain: Domain, asking: bool, *before: object, slots: dict[str, str] = KNOWN) -> DialogueStateTracker:
    tracker = DialogueStateTracker.from_events("c", list(before), slots=domain.slots)
    tracker.update_with_events(alignment(tracker, asking, slots), domain)
    return tracker


@pytest.mark.parametrize(
    "before",
    [
        [],
        [ActionExecuted("action_listen"), UserUttered("你好"), ActionExecuted("action_smalltalk")],  # cut off half-way
        [ActionExecuted("action_listen"), ActiveLoop("case_form"), SlotSet("answer", "left over")],
        [ActionExecuted("action_listen"), FollowupAction("case_form")],
        [ActionExecuted("action_listen"), ActiveLoop("case_form"), ActionExecutionRejected("case_form")],
    ],
)
@pytest.mark.parametrize("asking", [True, False])
def test_whatever_was_before(domain: Domain, before: list[object], asking: bool) -> None:
    tracker = aligned(domain, asking, *before)
    assert tracker.active_loop_name == ("case_form" if asking else None)
    assert tracker.get_slot("requested_slot") == ("answer" if asking else None)
    assert tracker.get_slot("answer") is None
    assert tracker.get_slot("case_no") == "A1"
    assert tracker.latest_action_name == "action_listen"
    assert tracker.followup_action is None
    assert not tracker.is_active_loop_rejected


def test_an_aligned_tracker_needs_nothing(domain: Domain) -> None:
    tracker = aligned(domain, True)
    assert alignment(tracker, True, KNOWN) == []


def test_slots_the_application_no_longer_names_are_emptied(domain: Domain) -> None:
    tracker = aligned(domain, False, SlotSet("case_no", "old"), slots={"conversation_id": "c"})
    assert tracker.get_slot("case_no") is None


@pytest.mark.parametrize(
    ("text", "intent"),
    [("/choose", "choose"), ("/to_human", "to_human"), ("/session_start", None), ("/nlu_fallback", None), ("choose", None),
     ("/choose{}", None), ("/", None)],
)  # fmt: skip
def test_shorthand(domain: Domain, text: str, intent: str | None) -> None:
    assert shorthand(text, domain) == intent


def test_no_secret_no_door() -> None:
    with pytest.raises(ValueError, match="token"):
        BandaoInput.from_credentials({"token": ""})
