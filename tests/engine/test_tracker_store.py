"""Trackers stay short, keep their state across the cut, and the least used are forgotten first."""

from __future__ import annotations

from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Restarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from assistant.engine.tracker_store import RecentTurnsStore, recent
from tests.engine.conftest import run


def turn(text: str) -> list[object]:
    return [UserUttered(text), ActionExecuted("action_smalltalk"), ActionExecuted("action_listen")]


def tracker(domain: Domain, sender: str, *events: object) -> DialogueStateTracker:
    return DialogueStateTracker.from_events(sender, list(events), slots=domain.slots)


def test_the_last_turns_are_kept_with_the_state_before_them(domain: Domain) -> None:
    events = [SlotSet("case_no", "A1"), ActiveLoop("case_form"), *turn("一"), SlotSet("case_no", "A2"), *turn("二"), *turn("三")]
    store = RecentTurnsStore(domain, turns=2)
    run(store.save(tracker(domain, "c", *events)))
    kept = run(store.retrieve("c"))
    assert kept is not None
    assert [event.text for event in kept.events if isinstance(event, UserUttered)] == ["二", "三"]
    assert kept.get_slot("case_no") == "A2"
    assert kept.active_loop_name == "case_form"
    assert kept.latest_action_name == "action_listen"


def test_what_was_closed_or_forgotten_before_the_cut_does_not_return() -> None:
    events = [
        SlotSet("case_no", "A1"),
        ActiveLoop("case_form"),
        *turn("一"),
        ActiveLoop(None),
        SlotSet("case_no", None),
        *turn("二"),
        *turn("三"),
    ]
    assert not [event for event in recent(events, 1) if isinstance(event, (SlotSet, ActiveLoop))]
    restarted = [SlotSet("case_no", "A1"), ActiveLoop("case_form"), *turn("一"), Restarted(), *turn("二")]
    assert not [event for event in recent(restarted, 1) if isinstance(event, (SlotSet, ActiveLoop))]


def test_two_hundred_turns_are_as_long_as_two(domain: Domain) -> None:
    store = RecentTurnsStore(domain, turns=2)
    lengths = []
    for number in range(200):
        before = run(store.retrieve("c")) or tracker(domain, "c")
        before.update_with_events([SlotSet("case_no", str(number)), *turn(str(number))], domain)
        run(store.save(before))
        lengths.append(len(run(store.retrieve("c")).events))
    assert max(lengths) == lengths[3] == lengths[-1]


def test_the_least_recently_used_conversation_is_forgotten(domain: Domain) -> None:
    store = RecentTurnsStore(domain, conversations=2)
    for sender in ("a", "b"):
        run(store.save(tracker(domain, sender, *turn("你好"))))
    run(store.retrieve("a"))
    run(store.save(tracker(domain, "c", *turn("你好"))))
    assert sorted(run(store.keys())) == ["a", "c"]
    assert run(store.retrieve("b")) is None


def test_a_deleted_conversation_is_gone(domain: Domain) -> None:
    store = RecentTurnsStore(domain)
    run(store.save(tracker(domain, "a", *turn("你好"))))
    run(store.delete("a"))
    assert len(store) == 0
