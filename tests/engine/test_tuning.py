"""Every replacement does what the original did, and none is put over code it was not written for."""

from __future__ import annotations

import jsonschema
import pytest
import rasa
from rasa.core.actions import action, forms
from rasa.core.actions.action import ActionExecutionRejection, RemoteAction
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from assistant.engine import tuning
from tests.engine.conftest import run

tuning.apply()

GOOD = {"events": [{"event": "slot", "name": "answer", "value": None, "timestamp": None}], "responses": []}


def test_it_is_in_place_and_applying_again_changes_nothing() -> None:
    tuning.apply()
    assert RemoteAction._validate_action_result is tuning.validate_action_result
    assert EndpointConfig.session is tuning.session
    assert forms.FormAction.validate is tuning.validate


@pytest.mark.parametrize(
    "result", [GOOD, {"events": [], "responses": []}, {"events": [{"event": "followup", "name": "case_form"}], "responses": [{}]}]
)
def test_a_good_result_passes_as_before(result: dict[str, object]) -> None:
    jsonschema.validate(result, RemoteAction.action_response_format_spec())
    assert RemoteAction("x", None)._validate_action_result(result)


@pytest.mark.parametrize("result", [[], {"events": "none"}, {"events": [{"name": "no event"}]}, {"responses": [1]}, None])
def test_a_bad_result_is_refused_as_before(result: object) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(result, RemoteAction.action_response_format_spec())
    with pytest.raises(jsonschema.ValidationError, match="Action endpoint"):
        RemoteAction("x", None)._validate_action_result(result)


def test_events_are_found_by_name() -> None:
    assert Event.resolve_by_type("slot") is SlotSet
    assert Event.resolve_by_type("topic") is None
    assert Event.resolve_by_type("unheard of", SlotSet) is SlotSet
    with pytest.raises(ValueError, match="unheard of"):
        Event.resolve_by_type("unheard of")


def test_an_endpoint_keeps_its_session_until_the_server_stops() -> None:
    endpoint = EndpointConfig("http://127.0.0.1:1")

    async def use() -> None:
        async with endpoint.session() as first:
            pass
        async with endpoint.session() as second:
            assert second is first and not first.closed
        await tuning.close_sessions()
        assert first.closed
        async with endpoint.session() as third:
            assert third is not first and not third.closed
        await tuning.close_sessions()

    run(use())


def test_an_ignored_intent_never_reaches_the_validator(domain: Domain) -> None:
    form = forms.FormAction("case_form", None)
    opened = [ActionExecuted("action_listen"), ActiveLoop("case_form"), SlotSet("requested_slot", "answer")]
    said = UserUttered("要带什么", {"name": "ask_materials", "confidence": 1.0})
    tracker = DialogueStateTracker.from_events("c", [*opened, said], slots=domain.slots)
    # Without an action server asking the validator would be an error of another kind.
    with pytest.raises(ActionExecutionRejection):
        run(form.validate(tracker, domain, None, None))


def test_log_lines_carry_no_words_of_users() -> None:
    event = {"event": "message.parsing.failed", "level": "warning", "user_text": "我叫张三", "event_info": "我叫张三"}
    assert tuning.name_only(None, "warning", event) == {"event": "message.parsing.failed", "level": "warning"}


def test_another_rasa_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rasa, "__version__", "3.7.0")
    with pytest.raises(tuning.UnexpectedRasa, match=r"3\.7\.0"):
        tuning.apply()


def test_changed_source_is_refused() -> None:
    with pytest.raises(tuning.UnexpectedRasa, match="run has changed"):
        tuning.expect(action.RemoteAction.run, "0123456789abcdef")
