"""Logs: whatever is logged, and by whomever, no citizen data gets out."""

from __future__ import annotations

import json
import logging as stdlib
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.foundation import logging

NAME = "张三"
PHONE = "13812345678"


@pytest.fixture(autouse=True)
def configured() -> Iterator[None]:
    root = stdlib.getLogger()
    handlers, level = root.handlers[:], root.level
    logging.configure("info")
    yield
    structlog.reset_defaults()
    logging._configure_structlog(stdlib.WARNING)
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Any:
    def read() -> list[dict[str, Any]]:
        captured = capsys.readouterr()
        assert captured.out == ""
        return [json.loads(line) for line in captured.err.splitlines()]

    return read


def test_a_line_is_json_with_codes_ids_and_counts(lines: Any) -> None:
    logging.get_logger("room").info(
        "turn.answered", conversation_id="0123456789abcdef" * 2, case_no="BD2025112100000001", status="answered", ms=12.5, tries=3
    )
    (line,) = lines()
    assert line.pop("at").endswith("+00:00")
    assert line == {
        "event": "turn.answered", "level": "info", "module": "room", "conversation_id": "0123456789abcdef" * 2,
        "case_no": "BD2025112100000001", "status": "answered", "ms": 12.5, "tries": 3,
    }  # fmt: skip


def test_values_of_keys_nobody_allowed_are_hidden(lines: Any) -> None:
    values = {"name": NAME, "text": "hello", "answers": {"a": 1}, "phone": int(PHONE), "raw": b"x", "reason": {"a": NAME}}
    logging.get_logger("room").info("x", **values)
    (line,) = lines()
    assert {line[key] for key in values} == {logging.HIDDEN}


@given(secret=st.sampled_from([NAME, PHONE, "310101199001011234", "zhangsan@example.cn", "世纪大道100号"]), key=st.sampled_from([
    "event", "status", "reason", "error", "case_no", "conversation_id", "name", "anything", "where", "code",
]))  # fmt: skip
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_personal_under_any_key(capsys: pytest.CaptureFixture[str], secret: str, key: str) -> None:
    for value in (secret, f"x {secret}", [secret], {"a": secret}, {secret: "a"}):
        entry = {"event": "x"} | {key: value}
        assert secret not in logging._to_json(None, "", logging.scrub(None, "info", entry))
    assert secret not in logging._to_json(None, "", logging.scrub(None, "info", {"event": "x", secret: 1}))


def test_exceptions_keep_type_and_place_and_lose_their_message(lines: Any) -> None:
    try:
        try:
            int(NAME)
        except ValueError as error:
            raise RuntimeError(f"{NAME} {PHONE}") from error
    except RuntimeError:
        logging.get_logger("room").exception("turn.failed")
    (line,) = lines()
    assert line["error"] == "RuntimeError < ValueError"
    assert any("test_logging.py" in place for place in line["where"])
    assert NAME not in json.dumps(line, ensure_ascii=False)
    assert PHONE not in json.dumps(line)


def test_lines_of_libraries_lose_their_arguments(lines: Any) -> None:
    stdlib.getLogger("somelib").warning("cannot parse %s", NAME)
    stdlib.getLogger("somelib").error(f"cannot parse {NAME}, {PHONE}")
    stdlib.getLogger("uvicorn.access").info('%s - "%s"', "127.0.0.1", "/api?token=x")
    first, second = lines()
    assert (first["event"], first["module"], first["code"]) == ("library", "somelib", "cannot parse %s")
    assert second["code"] == "cannot parse [text], [number]"


def test_less_severe_lines_are_left_out(lines: Any) -> None:
    logging.configure("warning")
    logging.get_logger("room").info("x")
    stdlib.getLogger("somelib").info("x")
    assert lines() == []
    logging.get_logger("room").warning("y")
    assert [line["event"] for line in lines()] == ["y"]


def test_before_it_is_configured_it_is_already_safe(lines: Any) -> None:
    logging._configure_structlog(stdlib.WARNING)
    structlog.get_logger().warning("x", name=NAME)
    (line,) = lines()
    assert line["name"] == logging.HIDDEN


def test_bound_context_is_scrubbed_too(lines: Any) -> None:
    with structlog.contextvars.bound_contextvars(conversation_id="c-1", citizen=NAME):
        logging.get_logger("room").info("x")
    (line,) = lines()
    assert (line["conversation_id"], line["citizen"]) == ("c-1", logging.HIDDEN)
