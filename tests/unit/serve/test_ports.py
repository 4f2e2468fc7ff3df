"""Ports that are taken are seen, and inner ports move out of the way."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.foundation.settings import Settings, get_settings
from channels.serve import plan, ports
from tests.ports import for_a_program


@pytest.fixture
def taken() -> Iterator[int]:
    """A port somebody listens on, with a free one below it: not of those the system hands out, or it might not stay free."""
    server = None
    while server is None:
        with contextlib.suppress(OSError):
            server = socket.create_server(("127.0.0.1", for_a_program() + 1))
    with server:
        yield server.getsockname()[1]


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[pytest.MonkeyPatch]:
    """``settle`` writes into the environment: all of it is put back."""
    for name in list(os.environ):
        if name.startswith("BANDAO_"):
            monkeypatch.delenv(name)
    for name in plan.INNER_PORTS:
        monkeypatch.setenv(f"BANDAO_{name.upper()}", "0")
    monkeypatch.setenv("BANDAO_DATA_DIR", str(tmp_path))
    get_settings.cache_clear()
    yield monkeypatch
    get_settings.cache_clear()


def test_a_listener_takes_its_port(taken: int) -> None:
    assert not ports.is_free("127.0.0.1", taken)


def test_a_closed_port_is_free_again() -> None:
    with socket.create_server(("127.0.0.1", for_a_program())) as server:
        port = server.getsockname()[1]
    assert ports.is_free("127.0.0.1", port)


def test_the_holder_is_named(taken: int) -> None:
    assert f"({os.getpid()})" in (ports.holder(taken) or "")


def test_nobody_holds_a_free_port() -> None:
    assert ports.holder(for_a_program()) is None


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(ports.UnknownAddressError):
        ports.is_free("203.0.113.7", 8080)


def test_the_next_free_port_is_found(taken: int) -> None:
    found = ports.free_port(taken, {taken + 1})
    assert found > taken + 1


def test_a_stranger_on_the_app_port_stops_us(environment: pytest.MonkeyPatch, taken: int) -> None:
    with pytest.raises(plan.PortTaken) as caught:
        plan.settle(Settings(port=taken))
    assert caught.value.port == taken
    assert f"({os.getpid()})" in (caught.value.holder or "")


def test_an_inner_port_moves_for_a_stranger_and_every_process_hears_of_it(environment: pytest.MonkeyPatch, taken: int) -> None:
    environment.setenv("BANDAO_PORT", str(taken - 1))
    settled = plan.settle(get_settings())
    assert settled.engine_port not in (taken, taken - 1)
    assert os.environ["BANDAO_ENGINE_PORT"] == str(settled.engine_port)
    assert settled.engine_url.endswith(f":{settled.engine_port}")
    inner = {settled.port, settled.engine_port, settled.sandbox_port}
    assert len(inner) == 3


def test_an_inner_port_set_on_purpose_does_not_move(environment: pytest.MonkeyPatch, taken: int) -> None:
    environment.setenv("BANDAO_PORT", str(taken - 1))
    environment.setenv("BANDAO_ENGINE_PORT", str(taken))
    get_settings.cache_clear()
    with pytest.raises(plan.PortTaken):
        plan.settle(get_settings())


def test_an_engine_elsewhere_is_not_started_here(environment: pytest.MonkeyPatch) -> None:
    assert plan.runs_engine() and plan.runs_sandbox()
    environment.setenv("BANDAO_ENGINE_URL", "http://engine.example:8081")
    environment.setenv("BANDAO_SANDBOX_URL", "http://office.example")
    assert not plan.runs_engine() and not plan.runs_sandbox()
