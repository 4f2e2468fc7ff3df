"""Before anything starts: which ports, and which of the processes are ours to start."""

from __future__ import annotations

import os

from assistant.foundation.settings import Settings, get_settings
from channels.serve import ports

INNER_PORTS = ("engine_port", "sandbox_port", "sandbox_smtp_port")
"""Ports on 127.0.0.1 that nobody types: unless set, they may move when a stranger holds the usual one."""


class PortTaken(RuntimeError):
    """A port that was asked for is held by a program that is none of ours."""

    def __init__(self, port: int, holder: str | None) -> None:
        super().__init__(f"port {port} is in use by {holder or 'another program'}")
        self.port = port
        self.holder = holder


def settle(settings: Settings) -> Settings:
    """``settings`` with ports that are free now, made known to every process started from here on.

    Raises:
        PortTaken: the app's port, or one that was set on purpose, is in use.
        ports.UnknownAddressError: the host is no address of this machine.
        OSError: no free port near the usual one.
    """
    if not ports.is_free(settings.host, settings.port):
        raise PortTaken(settings.port, ports.holder(settings.port))
    taken = {settings.port}
    for name in INNER_PORTS:
        wanted: int = getattr(settings, name)
        variable = f"BANDAO_{name.upper()}"
        if os.environ.get(variable, "0") not in ("", "0"):
            if not ports.is_free("127.0.0.1", wanted):
                raise PortTaken(wanted, ports.holder(wanted))
            port = wanted
        else:
            port = ports.free_port(wanted, taken)
        taken.add(port)
        os.environ[variable] = str(port)
    get_settings.cache_clear()
    return get_settings()


def runs_engine() -> bool:
    """Whether the engine is ours to start, rather than one running elsewhere."""
    return not os.environ.get("BANDAO_ENGINE_URL")


def runs_sandbox() -> bool:
    """Whether the sandbox is ours to start, rather than real systems being configured."""
    return not os.environ.get("BANDAO_SANDBOX_URL")
