"""``bandao serve``: start everything and keep it running."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from assistant.foundation.messages import t
from assistant.foundation.settings import Settings, get_settings
from channels.cli.output import Json, fail
from channels.serve.plan import PortTaken
from channels.serve.ports import UnknownAddressError
from channels.serve.preparation import PreparationFailed
from channels.serve.report import Report
from channels.serve.runlock import AlreadyRunning


def serve(
    port: Annotated[int | None, typer.Option("--port", help=t("cli.help_port"))] = None,
    host: Annotated[str | None, typer.Option("--host", help=t("cli.help_host"))] = None,
    data: Annotated[Path | None, typer.Option("--data", help=t("cli.help_data"))] = None,
    as_json: Json = False,
) -> None:
    """Serve until stopped; what is printed with ``--json`` is one object a line."""
    from channels.serve.run import serve as run

    try:
        settings = configured(port=port, host=host, data=data)
        if settings.offices is not None:
            _check_offices(settings, as_json=as_json)
        if settings.desk is not None:
            _check_desk(settings, as_json=as_json)
        run(settings, Report(as_json=as_json))
    except AlreadyRunning as other:
        url, pid = other.details.get("url", "?"), other.details.get("pid", "?")
        fail(t("serve.already_running", url=url, pid=pid), remedy=t("serve.already_running_remedy", pid=pid), as_json=as_json)
    except PortTaken as taken:
        message = t("serve.port_taken", port=taken.port, holder=taken.holder or t("serve.somebody"))
        fail(message, remedy=t("serve.port_taken_remedy", port=taken.port + 10), as_json=as_json, code="port_taken")
    except UnknownAddressError as error:
        fail(t("serve.unknown_address", reason=error), remedy=t("serve.unknown_address_remedy"), as_json=as_json)
    except PreparationFailed as failed:
        fail(t("serve.preparation_failed", last=failed.last), remedy=t("serve.see_log", log=failed.log), as_json=as_json)
    except ValidationError as invalid:
        fields = ", ".join(f"BANDAO_{'_'.join(map(str, error['loc'])).upper()}: {error['msg']}" for error in invalid.errors())
        fail(t("cli.bad_settings", fields=fields), remedy=t("cli.bad_settings_remedy"), as_json=as_json, code="bad_settings")
    except OSError as error:
        fail(str(error), remedy=t("serve.os_error_remedy"), as_json=as_json)


def _check_offices(settings: Settings, *, as_json: bool) -> None:
    """End here if the file of receiving offices cannot be used. Loaded only where there is one: it brings the database along."""
    from channels.cli.checks import offices

    try:
        offices.check(settings)
    except offices.BadOffices as bad:
        fail(t("serve.bad_offices", faults=bad), remedy=t("serve.bad_offices_remedy"), as_json=as_json, code="bad_offices")


def _check_desk(settings: Settings, *, as_json: bool) -> None:
    """As for the offices: end here if the file of the desk's groups cannot be used."""
    from channels.cli.checks import desk

    try:
        desk.check(settings)
    except desk.BadArrangement as bad:
        fail(t("serve.bad_desk", faults=bad), remedy=t("serve.bad_desk_remedy"), as_json=as_json, code="bad_desk")


def configured(*, port: int | None, host: str | None, data: Path | None) -> Settings:
    """The settings, the command line coming before the environment; processes started from here on see the same.

    Raises:
        pydantic.ValidationError: a setting cannot be used.
        OSError: the data folder cannot be written.
    """
    given = {"BANDAO_PORT": port, "BANDAO_HOST": host, "BANDAO_DATA_DIR": data.absolute() if data else None}
    os.environ.update({name: str(value) for name, value in given.items() if value is not None})
    get_settings.cache_clear()
    return get_settings()
