"""The processes of one machine, as a list one can read, and the environment they share."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from assistant.engine.training import run_command
from assistant.foundation.settings import ROOT, SANDBOX_OFFICE, Settings
from channels.serve import container, plan, readiness
from channels.serve.leftovers import MARK
from channels.serve.supervisor import STOP_SECONDS, Program

DRAIN_SECONDS = STOP_SECONDS - 3
"""How long the app lets running requests finish when it is told to stop."""


def programs(settings: Settings) -> list[Program]:
    """Sandbox, engine and app, as far as they are ours to start. Each waits for the others by itself: they start side by side."""
    found = []
    if plan.runs_sandbox():
        found.append(Program("sandbox", _sandbox(settings)))
    if plan.runs_engine():
        found.append(Program("engine", run_command(settings)))
    return [*found, Program("app", _app(settings))]


def environment(settings: Settings) -> dict[str, str]:
    """What every process gets: ours, the settings that the command line or the ports in use decided, and the mark."""
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "RASA_TELEMETRY_ENABLED": "false",  # or every start waits for a network it may not have
        "BANDAO_DATA_DIR": str(settings.data_dir),
        "BANDAO_HOST": settings.host,
        "BANDAO_PORT": str(settings.port),
        "BANDAO_ENGINE_PORT": str(settings.engine_port),
        "BANDAO_SANDBOX_PORT": str(settings.sandbox_port),
        "BANDAO_OFFICE_KEY": settings.office_api_key,
        "BANDAO_OFFICE_WEBHOOK_SECRET": settings.office_webhook_secret,
        "BANDAO_OFFICE_CALLBACK": f"{readiness.app_url(settings)}/api/v1/offices/{SANDBOX_OFFICE}/webhook",
        "BANDAO_SANDBOX_SMTP_PORT": str(settings.sandbox_smtp_port),
        "BANDAO_MESSAGES_CLIENT_ID": settings.messages_client_id,
        "BANDAO_MESSAGES_SECRET": settings.messages_secret,
        "BANDAO_OIDC_CLIENT_ID": settings.oidc_client_id,
        "BANDAO_OIDC_CLIENT_SECRET": settings.oidc_client_secret,
        "BANDAO_OIDC_RETURN": f"{settings.public_url}/console/sso/back",
        "BANDAO_CITIZEN_CLIENT_ID": settings.citizen_client_id,
        "BANDAO_CITIZEN_CLIENT_SECRET": settings.citizen_client_secret,
        "BANDAO_CITIZEN_RETURN": f"{settings.public_url}/signin/back",
        "BANDAO_COURIER_KEY": settings.courier_api_key,
        "BANDAO_REGISTER_CLIENT_ID": settings.register_client_id,
        "BANDAO_REGISTER_CLIENT_SECRET": settings.register_client_secret,
        **_wechat(settings),
        **container.environment(settings),
        **({"BANDAO_SANDBOX_SEED": str(settings.sandbox_seed)} if settings.sandbox_seed else {}),
        MARK: str(settings.data_dir),
    }


def _wechat(settings: Settings) -> dict[str, str]:
    """What the sandbox's WeChat has to know of our accounts there."""
    shared = ("official_appid", "official_secret", "official_token", "official_aes_key", "mini_appid", "mini_secret",
              "work_corpid", "work_secret", "work_token", "work_aes_key")  # fmt: skip
    found = {f"BANDAO_WECHAT_{name.upper()}": str(getattr(settings, f"wechat_{name}")) for name in shared}
    return {**found, "BANDAO_SANDBOX_WECHAT_CALLBACK": f"{readiness.app_url(settings)}/api/v1/wechat"}


def sandbox_dir(settings: Settings) -> Path:
    """Folder of the sandbox's own database, apart from ours as a real office's would be."""
    return settings.data_dir / "sandbox"


def _sandbox(settings: Settings) -> list[str]:
    return [sys.executable, "-m", "sandbox", "--port", str(settings.sandbox_port), "--data", str(sandbox_dir(settings))]


def _app(settings: Settings) -> list[str]:
    return [
        sys.executable, "-m", "uvicorn", "channels.app:create_app", "--factory",
        "--host", settings.host, "--port", str(settings.port),
        "--no-access-log", "--timeout-graceful-shutdown", str(DRAIN_SECONDS),
    ]
