"""What is running now, if anything."""

from __future__ import annotations

import os
from collections.abc import Iterator

import httpx

from assistant.casework.prefill.register import HttpRegister
from assistant.foundation.messages import t
from assistant.foundation.settings import Settings
from channels.cli.checks import Check, bad, good
from channels.serve import readiness, runlock


def checks(settings: Settings) -> Iterator[Check]:
    """App (which knows about engine, database and index), sandbox and register of the `serve` that holds this data folder."""
    run = runlock.running(settings.data_dir / "run")
    if run is None:
        yield good("running", t("doctor.not_running"))
        return
    with readiness.local_client(timeout_s=5.0) as client:
        yield _app(str(run.get("url", "")), client)
        yield _sandbox(str(run.get("sandbox_url", "")), client)
    yield _register(settings, str(run.get("sandbox_url", "")))


def _app(url: str, client: httpx.Client) -> Check:
    waits_for = readiness.waits_for(url, client)
    if waits_for is None:
        return bad("running.app", "app_silent", url=url)
    if waits_for:
        return bad("running.app", "app_waits", parts=", ".join(waits_for))
    return good("running.app", url)


def _sandbox(url: str, client: httpx.Client) -> Check:
    return good("running.sandbox", url) if readiness.answers(url, client) else bad("running.sandbox", "sandbox_silent", url=url)


def _register(settings: Settings, sandbox_url: str) -> Check:
    """Whether the register takes our credentials. Without it nothing stops: the citizen is asked for what it would have known."""
    # The sandbox's port may have moved when it was started; only the run itself knows.
    url = settings.register_url if os.environ.get("BANDAO_REGISTER_URL") else f"{sandbox_url}/register"
    register = HttpRegister(url, settings.register_client_id, settings.register_client_secret)
    try:
        answers = register.reachable(timeout_s=5.0)
    finally:
        register.close()
    return good("running.register", url) if answers else bad("running.register", "register_silent", required=False, url=url)
