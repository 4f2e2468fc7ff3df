"""``bandao kiosk devices|trust``: the service on a kiosk's own machine, and believing a machine on the server."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.foundation.messages import t
from assistant.foundation.settings import get_settings
from channels.cli.output import Json, fail, show

if TYPE_CHECKING:
    from channels.kiosk.devices.fitting import Fitting

commands = typer.Typer(no_args_is_help=True)
PORT = 18182


@commands.command("devices", help=t("kiosk.help_devices"))
def devices(
    port: Annotated[int, typer.Option("--port", min=1, max=65_535, help=t("kiosk.help_port"))] = PORT,
    file: Annotated[Path | None, typer.Option("--file", dir_okay=False, help=t("kiosk.help_file"))] = None,
    sandbox: Annotated[str | None, typer.Option("--sandbox", help=t("kiosk.help_sandbox"))] = None,
    page: Annotated[str | None, typer.Option("--page", help=t("kiosk.help_page"))] = None,
    data: Annotated[Path | None, typer.Option("--data", help=t("cli.help_data"))] = None,
    as_json: Json = False,
) -> None:
    """Serve the kiosk's page on this machine until stopped. Listens on 127.0.0.1 only."""
    import uvicorn

    from channels.kiosk.devices import fitting, statement
    from channels.kiosk.devices.machine import Machine
    from channels.kiosk.devices.service import create_app

    folder = (data or get_settings().data_dir) / "kiosk"
    try:
        fitted = _sandbox(sandbox, page) if sandbox else fitting.load(file or folder / "devices.yaml")
        held = fitting.secrets_in(folder)
    except fitting.BadFitting as wrong:
        fail(t("kiosk.bad_fitting", line=wrong.line), remedy=t("kiosk.bad_fitting_remedy"), as_json=as_json, code="bad_fitting")
    except OSError as error:
        fail(str(error), remedy=t("serve.os_error_remedy"), as_json=as_json)
    machine = Machine(fitted)
    part = f"#devices={port}.{held.pairing}"
    key = statement.told(held.key)
    states = {kind: state.standing if state.code is None else state.code for kind, state in machine.states().items()}
    told = {"ok": True, "port": port, "machine": fitted.name, "key": key, "address_part": part, "devices": states}
    lines = [
        t("kiosk.listening", port=port, machine=fitted.name),
        *(t("kiosk.device", kind=t(f"kiosk.kind_{kind}"), state=t(f"kiosk.state_{state}")) for kind, state in states.items()),
        t("kiosk.open_page", page=fitted.pages[0], part=part),
        t("kiosk.trust_line", machine=fitted.name, key=key),
    ]
    show(told, lines, as_json=as_json)
    sys.stdout.flush()  # into a file or a pipe too, before it stays
    uvicorn.run(
        create_app(machine, held, port), host="127.0.0.1", port=port, log_level="warning", access_log=False, server_header=False,
        timeout_graceful_shutdown=2,
    )  # fmt: skip


def _sandbox(address: str, page: str | None) -> Fitting:
    """The sandbox's devices, for the page of a server on this machine.

    Raises:
        BadFitting: it does not answer.
    """
    import httpx

    from channels.kiosk.devices import fitting

    try:
        answer = httpx.get(f"{address.rstrip('/')}/devices/fitting", timeout=5.0, trust_env=False)
        lines: dict[str, Any] = answer.raise_for_status().json()
    except (httpx.HTTPError, ValueError) as error:
        raise fitting.BadFitting(address) from error
    return fitting.fitted({"name": "sandbox", "pages": [page or "http://127.0.0.1:8080"], **lines})


@commands.command("trust", help=t("kiosk.help_trust"))
def trust(
    name: Annotated[str, typer.Argument(help=t("kiosk.help_name"))],
    key: Annotated[str, typer.Argument(help=t("kiosk.help_key"))],
    data: Annotated[Path | None, typer.Option("--data", help=t("cli.help_data"))] = None,
    as_json: Json = False,
) -> None:
    """Believe what this machine says it read; taken back by deleting its file."""
    from channels.kiosk.devices import statement

    folder = (data or get_settings().data_dir) / "kiosks"
    try:
        statement.trust(folder, name, key)
    except ValueError:
        fail(t("kiosk.no_key", name=name), remedy=t("kiosk.no_key_remedy"), as_json=as_json, code="no_key")
    show({"ok": True, "machine": name, "file": str(folder / f"{name}.pub")}, [t("kiosk.trusted", name=name)], as_json=as_json)
