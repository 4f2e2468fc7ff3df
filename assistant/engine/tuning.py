"""What makes the frozen Rasa 3.6.21 quick enough on two cores, and nothing else.

More than half of a stock turn is ``jsonschema`` checking its own schema again with every action result; the rest of
what is saved here is walking all event classes for each event, opening a connection for each action, and copying
whole states for log lines nobody reads. Each replacement does what the original did, only once. Upstream no longer
moves; should another version be installed all the same, ``apply`` refuses: a replacement for code that is not there
would be a guess.
"""

from __future__ import annotations

import hashlib
import inspect
import logging
from collections.abc import Mapping, MutableMapping
from types import SimpleNamespace, TracebackType
from typing import Any

import aiohttp
import rasa
import structlog
from jsonschema.exceptions import best_match
from jsonschema.validators import validator_for
from rasa.core import processor
from rasa.core.actions import action, forms
from rasa.core.policies import rule_policy
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.utils.common import all_subclasses
from rasa.utils.endpoints import DEFAULT_REQUEST_TIMEOUT, EndpointConfig

EXPECTED_VERSION = "3.6.21"

IDLE_SECONDS = 2.0
"""How long an unused connection to the action server is kept; less than any server keeps its end, so that none is
found closed.
"""


class UnexpectedRasa(RuntimeError):
    """The installed Rasa is not the one these replacements were written for."""


def expect(original: Any, digest: str) -> None:
    """Make sure that ``original``, a function or module, still has the source it had when its replacement was written.

    Raises:
        UnexpectedRasa: when it has not.
    """
    found = hashlib.sha256(inspect.getsource(original).encode()).hexdigest()[:16]
    if found != digest:
        name = getattr(original, "__qualname__", original.__name__)
        raise UnexpectedRasa(f"{name} has changed ({found}, expected {digest}); see assistant/engine/tuning.py")


# -- the shape of an action's result -----------------------------------------------------------------------------------------

_SCHEMA = action.RemoteAction.action_response_format_spec()
_RESULT = validator_for(_SCHEMA)(_SCHEMA)


def validate_action_result(self: action.RemoteAction, result: Any) -> bool:
    """Check an action's result against the schema, built once and trusted.

    Raises:
        jsonschema.ValidationError: when the action server answered something else.
    """
    error = best_match(_RESULT.iter_errors(result))
    if error is None:
        return True
    error.message += (
        ". Failed to validate Action server response from API, make sure your response from the Action endpoint is valid."
    )
    raise error


# -- event classes by name ---------------------------------------------------------------------------------------------------

_EVENTS: dict[str, type[Event]] = {}


def resolve_by_type(type_name: str, default: type[Event] | None = None) -> type[Event] | None:
    """The event class called ``type_name``, as ``Event.resolve_by_type`` finds it.

    Raises:
        ValueError: for a name no class has, when there is no default.
    """
    if not _EVENTS:
        for kind in all_subclasses(Event):
            _EVENTS.setdefault(kind.type_name, kind)
    found = _EVENTS.get(type_name)
    if found is not None:
        return found
    if type_name == "topic":
        return None
    if default is not None:
        return default
    raise ValueError(f"Unknown event name '{type_name}'.")


# -- one connection pool for the action server -------------------------------------------------------------------------------


class _Kept:
    """A client session that ``async with`` hands out without closing it afterwards."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.session = session

    async def __aenter__(self) -> aiohttp.ClientSession:
        return self.session

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        return None


_KEPT = "_bandao_session"


def session(self: EndpointConfig) -> _Kept:
    """The endpoint's session, opened on first use. ``close_sessions`` closes it."""
    kept: _Kept | None = self.__dict__.get(_KEPT)
    if kept is None or kept.session.closed:
        opened = aiohttp.ClientSession(
            headers=self.headers,
            auth=aiohttp.BasicAuth(self.basic_auth["username"], self.basic_auth["password"]) if self.basic_auth else None,
            timeout=aiohttp.ClientTimeout(total=DEFAULT_REQUEST_TIMEOUT),
            connector=aiohttp.TCPConnector(keepalive_timeout=IDLE_SECONDS),
        )
        kept = self.__dict__[_KEPT] = _Kept(opened)
        _sessions.append(opened)
    return kept


_sessions: list[aiohttp.ClientSession] = []


async def close_sessions() -> None:
    """Close every kept session; called when the server stops."""
    while _sessions:
        await _sessions.pop().close()


# -- a form and what it ignores -----------------------------------------------------------------------------------------------

_validate = forms.FormAction.validate


async def validate(self: forms.FormAction, tracker: Any, domain: Domain, *rest: Any) -> list[Event]:
    """Reject an utterance the form ignores without asking the validator about it, which is one action call fewer.

    The original asks first and rejects afterwards, unless the validator set a slot meanwhile; ours can only lose a turn
    by that.

    Raises:
        ActionExecutionRejection: for an ignored intent, and whenever the original raises it.
    """
    ignored = domain.forms.get(self.name(), {}).get("ignored_intents", [])
    if self.get_slot_to_fill(tracker) and tracker.latest_message.intent.get("name") in ignored:
        raise action.ActionExecutionRejection(self.name(), f"{self.name()} ignores this intent")
    events: list[Event] = await _validate(self, tracker, domain, *rest)
    return events


# -- log lines nobody reads ---------------------------------------------------------------------------------------------------


def name_only(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Keep an event's name and level. Rasa adds the words of the user to some of its warnings; they belong in no log."""
    return {key: event[key] for key in ("level", "event") if key in event}


_NO_COPY = SimpleNamespace(deepcopy=lambda value: value)
"""Stands for the module ``copy`` where it only makes copies for debug lines, which ``apply`` turns off."""


_ORIGINALS: tuple[tuple[Any, str], ...] = (
    (action.RemoteAction._validate_action_result, "f8cdb4be68123961"),
    (Event.resolve_by_type, "b5cf570fa7f286c7"),
    (EndpointConfig.session, "e55aa13d9d4fb4bc"),
    (EndpointConfig.request, "ccdb778aed8208e2"),
    (processor, "f42dfbf26e2ffcb6"),
    (forms, "7cb6c30550116597"),
    (rule_policy, "952d1a13906511ac"),
)
"""What is replaced, or relied on by a replacement, with the first sixteen digits of its source's SHA-256."""


def apply() -> None:
    """Put the replacements in place. Doing it twice is the same as once.

    Raises:
        UnexpectedRasa: on any other Rasa, before anything is replaced.
    """
    if rasa.__version__ != EXPECTED_VERSION:
        raise UnexpectedRasa(
            f"Rasa {rasa.__version__} is installed, assistant/engine/tuning.py was written for {EXPECTED_VERSION}"
        )
    if action.RemoteAction._validate_action_result is validate_action_result:
        return
    for original, digest in _ORIGINALS:
        expect(original, digest)

    action.RemoteAction._validate_action_result = validate_action_result
    Event.resolve_by_type = staticmethod(resolve_by_type)
    EndpointConfig.session = session
    forms.FormAction.validate = validate
    if not logging.getLogger("rasa").isEnabledFor(logging.DEBUG):
        structlog.configure(
            processors=[structlog.processors.add_log_level, name_only, structlog.processors.KeyValueRenderer()],
            wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        )
        for module in (processor, forms, rule_policy):
            module.copy = _NO_COPY
