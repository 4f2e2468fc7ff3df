"""The devices about this machine, where it is a kiosk: a file says which. Every other machine has none, and is not asked."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.foundation.messages import t
from assistant.foundation.settings import Settings
from channels.cli.checks import Check, bad, good


def checks(settings: Settings) -> Iterator[Check]:
    """Each device as its driver finds it."""
    file = settings.data_dir / "kiosk" / "devices.yaml"
    if not file.exists():
        return
    from channels.kiosk.devices import fitting
    from channels.kiosk.devices.machine import Machine

    try:
        machine = Machine(fitting.load(file))
    except fitting.BadFitting as wrong:
        yield bad("kiosk", "kiosk_fitting", required=False, line=wrong.line)
        return
    for kind, state in machine.states().items():
        if state.standing == "fault":
            yield bad(f"kiosk.{kind}", "kiosk_device", required=False, fault=t(f"kiosk.state_{state.code}"))
        elif state.standing != "absent":
            yield good(f"kiosk.{kind}", t(f"kiosk.state_{state.standing}"))
