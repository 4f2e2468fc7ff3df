"""Our OpenAPI holds against whatever schemathesis makes up: documented statuses and shapes, and never a server error."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from benchmarks.citizens.citizen import Citizen
from benchmarks.stack import Stack

EXAMPLES = 25
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture(scope="module")
def citizen(server: Stack) -> Citizen:
    """Somebody with a case, so that the routes behind a token have something to answer about."""
    return _with_a_case(server)


@pytest.fixture(scope="module")
def leaver(server: Stack) -> Citizen:
    """Somebody else with one: her token opens nothing once she has left."""
    return _with_a_case(server)


def _with_a_case(server: Stack) -> Citizen:
    made = Citizen(server.base_url)
    made.say("我们公司搬家了，执照上的地址要改")
    return made


@pytest.fixture(scope="module")
def api(server: Stack) -> Any:
    """The published description; the event stream is left out of the made-up calls: by its nature it does not end."""
    schema = schemathesis.openapi.from_url(f"{server.base_url}/openapi.json", timeout=30)
    return schema.exclude(operation_id=["events", "case_events"])


OPERATIONS = [
    "open_conversation", "leave_conversation", "post_message", "upload", "act_on_card", "get_case", "get_package", "get_receipt", "get_timeline", "resume_case", "list_guides", "get_guide",
    "get_sheet", "list_package_pages", "get_package_page", "sign_case", "withdraw_signature", "list_package_keys",
    "list_categories", "popular_guides", "next_guides", "recommendations", "search", "office_webhook", "understand", "healthz", "readyz", "metrics",
    "open_viewing", "urge_case", "open_handover", "get_assistance", "end_assistance",
    "list_provable", "post_identity_card", "note_print", "note_device_fault",
    "get_sign_in", "begin_sign_in", "show_sign_in_code", "own_cases", "take_up_own_case", "view_own_case", "withdraw_identity", "sign_out",
    "begin_crossing", "cross_over", "sign_in_by_wechat", "phone_by_wechat", "call_state",
    "list_results", "get_result", "get_result_proof", "verify_result", "list_shipments", "ask_shipment", "shipment_label", "get_handing_sheet",
]  # fmt: skip


def test_every_operation_is_tried(api: Any) -> None:
    described = {operation.ok().definition.raw["operationId"] for operation in api.get_all_operations()}
    assert described == set(OPERATIONS)


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_the_description_holds(operation_id: str, api: Any, citizen: Citizen, leaver: Citizen) -> None:
    """Half of the calls carry a token and the numbers that belong to it, the others what was made up."""
    who = leaver if operation_id == "leave_conversation" else citizen
    own = {"conversation_id": who.id, "case_no": who.case_no}

    @given(case=api.find_operation_by_id(operation_id).as_strategy(), known=st.booleans())
    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def holds(case: Any, known: bool) -> None:
        if known:
            case.path_parameters = {name: own.get(name, value) for name, value in (case.path_parameters or {}).items()}
        headers = dict(who.headers) if known else {}
        response = case.call(headers=headers, timeout=60)
        case.validate_response(response, checks=CHECKS, headers=headers)

    holds()


def test_the_event_stream_is_described_and_ends_on_request(citizen: Citizen) -> None:
    kinds = [kind for _, kind, _ in citizen.events()]
    assert kinds[0] == "message" and "turn" in kinds
    last = citizen.events()[-1][0]
    assert citizen.events(after=last) == []
