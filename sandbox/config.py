"""What the sandbox is told by its command line and environment."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sandbox.container import config as container_config
from sandbox.container.config import ContainerConfig
from sandbox.wechat import config as wechat_config
from sandbox.wechat.config import WeChatConfig

SHANGHAI = ZoneInfo("Asia/Shanghai")


def shanghai_now() -> datetime:
    """The present moment, aware, in Asia/Shanghai."""
    return datetime.now(SHANGHAI)


@dataclass(frozen=True)
class SandboxConfig:
    """Settings of one sandbox process.

    ``office_key`` is the secret shared with the sender; ``staff_key`` opens the staff page. What has waited ``examine_s``
    seconds is examined automatically, what has waited ``auto_accept_s`` is accepted (None = only people do either).
    ``max_package_bytes`` bounds the zip as sent, ``max_unpacked_bytes`` the sum of its members, ``max_members`` their number.
    The drop for packages listens for SFTP on ``drop_port`` (None: there is none) to whoever has the key whose public part is
    in the file ``drop_client_key``; its files are signed with ``drop_secret``.
    News of files are sent to the address ``callback`` (none: to nobody), signed with ``webhook_secret``.
    ``register_client_id`` and ``_secret`` open the register (no secret: to nobody), whose tokens hold ``register_token_s``
    seconds; ``seed_dir`` is a folder of records added to its own. ``messages_client_id`` and ``_secret`` sign what is sent to
    the message gateway (no secret: nobody's is taken); ``smtp_port`` is the mail server's (None: there is none),
    ``smtp_certificate`` a PEM file with its key and chain. ``courier_key`` opens the courier (none: to nobody), whose parcels
    move on every ``courier_step_s`` seconds. ``identity_client_id`` and ``_secret`` are the identity provider's one client (no
    secret: it signs nobody in), ``identity_redirect`` the address people come back to from it; ``citizen_…`` are the same of the
    citizens' provider. ``container`` is the app that opens the product's page (None: there is none).
    """

    data_dir: Path
    office_key: str
    staff_key: str
    auto_accept_s: float | None = None
    examine_s: float | None = None
    max_package_bytes: int = 256 * 1024 * 1024
    max_unpacked_bytes: int = 1024 * 1024 * 1024
    max_members: int = 1000
    register_client_id: str = "bandao"
    register_client_secret: str = field(default="", repr=False)
    register_token_s: int = 600
    seed_dir: Path | None = None
    courier_key: str = field(default="", repr=False)
    courier_step_s: int = 60
    messages_client_id: str = "bandao"
    messages_secret: str = field(default="", repr=False)
    identity_client_id: str = "bandao"
    identity_client_secret: str = field(default="", repr=False)
    identity_redirect: str = ""
    citizen_client_id: str = "bandao"
    citizen_client_secret: str = field(default="", repr=False)
    citizen_redirect: str = ""
    smtp_port: int | None = None
    smtp_certificate: Path | None = None
    drop_port: int | None = None
    drop_secret: str = field(default="", repr=False)
    drop_client_key: Path | None = None
    wechat: WeChatConfig = field(default_factory=WeChatConfig, repr=False)
    container: ContainerConfig | None = None
    callback: str = ""
    webhook_secret: str = field(default="", repr=False)
    now: Callable[[], datetime] = field(default=shanghai_now, repr=False)


def load_config(data_dir: Path, env: Mapping[str, str] = os.environ) -> SandboxConfig:
    """Read BANDAO_OFFICE_KEY (required) and the optional variables that ``sandbox/README.md`` lists.

    Raises:
        ValueError: when a variable is missing or cannot be used; the message names it.
    """
    office_key = env.get("BANDAO_OFFICE_KEY", "").strip()
    if len(office_key) < 16:
        raise ValueError("BANDAO_OFFICE_KEY must hold the key shared with the sender, 16 characters or more")
    callback, webhook_secret = _callback(env)
    drop_port, drop_secret = _port(env, "BANDAO_SANDBOX_DROP_PORT"), env.get("BANDAO_SANDBOX_DROP_SECRET", "").strip()
    if drop_port is not None and len(drop_secret) < 32:
        raise ValueError("BANDAO_SANDBOX_DROP_SECRET must hold 32 characters or more when there is a drop")
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    staff_key = env.get("BANDAO_OFFICE_STAFF_KEY", "").strip() or _kept_staff_key(data_dir / "staff.key")
    return SandboxConfig(
        data_dir=data_dir,
        office_key=office_key,
        staff_key=staff_key,
        auto_accept_s=_seconds(env, "BANDAO_OFFICE_AUTO"),
        examine_s=_seconds(env, "BANDAO_OFFICE_EXAMINE"),
        max_package_bytes=_bytes(env.get("BANDAO_OFFICE_MAX_PACKAGE", ""), default=256 * 1024 * 1024),
        wechat=wechat_config.load(env),
        container=container_config.load(env),
        callback=callback,
        webhook_secret=webhook_secret,
        register_client_id=env.get("BANDAO_REGISTER_CLIENT_ID", "").strip() or "bandao",
        register_client_secret=env.get("BANDAO_REGISTER_CLIENT_SECRET", "").strip(),
        register_token_s=_whole_seconds(env.get("BANDAO_SANDBOX_TOKEN_SECONDS", ""), default=600),
        seed_dir=_path(env.get("BANDAO_SANDBOX_SEED", "")),
        identity_client_id=env.get("BANDAO_OIDC_CLIENT_ID", "").strip() or "bandao",
        identity_client_secret=env.get("BANDAO_OIDC_CLIENT_SECRET", "").strip(),
        identity_redirect=env.get("BANDAO_OIDC_RETURN", "").strip(),
        citizen_client_id=env.get("BANDAO_CITIZEN_CLIENT_ID", "").strip() or "bandao",
        citizen_client_secret=env.get("BANDAO_CITIZEN_CLIENT_SECRET", "").strip(),
        citizen_redirect=env.get("BANDAO_CITIZEN_RETURN", "").strip(),
        courier_key=env.get("BANDAO_COURIER_KEY", "").strip(),
        courier_step_s=_whole_seconds(env.get("BANDAO_SANDBOX_COURIER_SECONDS", ""), default=60),
        messages_client_id=env.get("BANDAO_MESSAGES_CLIENT_ID", "").strip() or "bandao",
        messages_secret=env.get("BANDAO_MESSAGES_SECRET", "").strip(),
        smtp_port=_port(env, "BANDAO_SANDBOX_SMTP_PORT"),
        smtp_certificate=_path(env.get("BANDAO_SANDBOX_SMTP_CERTIFICATE", "")),
        drop_port=drop_port,
        drop_secret=drop_secret,
        drop_client_key=_path(env.get("BANDAO_SANDBOX_DROP_CLIENT_KEY", "")),
    )


def _path(text: str) -> Path | None:
    return Path(text.strip()).expanduser() if text.strip() else None


def _port(env: Mapping[str, str], name: str) -> int | None:
    text = env.get(name, "")
    if not text.strip():
        return None
    if not text.strip().isdigit() or not 1 <= int(text) <= 65_535:
        raise ValueError(f"{name} must be a TCP port")
    return int(text)


def _callback(env: Mapping[str, str]) -> tuple[str, str]:
    """Where news are sent, and the secret they are signed with: both or no address."""
    address, secret = env.get("BANDAO_OFFICE_CALLBACK", "").strip(), env.get("BANDAO_OFFICE_WEBHOOK_SECRET", "").strip()
    if address and not address.startswith(("http://", "https://")):
        raise ValueError("BANDAO_OFFICE_CALLBACK must be an http or https address")
    if address and len(secret) < 16:
        raise ValueError("BANDAO_OFFICE_WEBHOOK_SECRET must hold 16 characters or more when there is a callback address")
    return address, secret


def _kept_staff_key(path: Path) -> str:
    """The staff page's key: made once, kept in the data folder, so that it stays the same over restarts."""
    if path.exists() and (kept := path.read_text(encoding="ascii").strip()):
        return kept
    key = f"office-{secrets.token_hex(4)}"
    path.touch(mode=0o600)
    path.write_text(key + "\n", encoding="ascii")
    return key


def _seconds(env: Mapping[str, str], name: str) -> float | None:
    text = env.get(name, "")
    if not text.strip():
        return None
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < 86_400:
        raise ValueError(f"{name} must be a number of seconds from 0 to 86400")
    return value


def _whole_seconds(text: str, *, default: int) -> int:
    if not text.strip():
        return default
    if not text.strip().isdigit() or not 1 <= int(text) <= 86_400:
        raise ValueError("BANDAO_SANDBOX_TOKEN_SECONDS must be a whole number of seconds from 1 to 86400")
    return int(text)


def _bytes(text: str, *, default: int) -> int:
    if not text.strip():
        return default
    if not text.strip().isdigit() or int(text) == 0:
        raise ValueError("BANDAO_OFFICE_MAX_PACKAGE must be a number of bytes")
    return int(text)
