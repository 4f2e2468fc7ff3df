"""What is running now, if anything."""

from __future__ import annotations

from collections.abc import Iterator

import httpx

from assistant.foundation.messages import t
from assistant.foundation.settings import Settings
from channels.cli.checks import Check, bad, good
from channels.serve import readiness, runlock


def checks(settings: Settings) -> Iterator[Check]:
    """App (which knows about engine, database and index) and sandbox of the `serve` that holds this data folder."""
    run = runlock.running(settings.data_dir / "run")
    if run is None:
        yield good("running", t("doctor.not_running"))
        return
    with readiness.local_client(timeout_s=5.0) as client:
        yield _app(str(run.get("url", "")), client)
        yield _sandbox(str(run.get("sandbox_url", "")), client)


def _app(url: str, client: httpx.Client) -> Check:
    waits_for = readiness.waits_for(url, client)
    if waits_for is None:
        return bad("running.app", "app_silent", url=url)
    if waits_for:
        return bad("running.app", "app_waits", parts=", ".join(waits_for))
    return good("running.app", url)


def _sandbox(url: str, client: httpx.Client) -> Check:
    return good("running.sandbox", url) if readiness.answers(url, client) else bad("running.sandbox", "sandbox_silent", url=url)

