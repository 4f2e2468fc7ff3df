"""The accounts there are at the sandbox's WeChat and WeCom, and where their callbacks go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

TOKEN_SECONDS = 7200
CODE_SECONDS = 300
MEDIA_SECONDS = 3 * 24 * 3600


@dataclass(frozen=True)
class WeChatConfig:
    """Accounts; without a secret one opens to nobody. ``callback`` is the address callbacks go below (empty: nowhere)."""

    official_appid: str = ""
    official_secret: str = field(default="", repr=False)
    official_token: str = field(default="", repr=False)
    official_aes_key: str = field(default="", repr=False)
    mini_appid: str = ""
    mini_secret: str = field(default="", repr=False)
    corpid: str = ""
    corp_secret: str = field(default="", repr=False)
    corp_token: str = field(default="", repr=False)
    corp_aes_key: str = field(default="", repr=False)
    callback: str = ""
    token_seconds: int = TOKEN_SECONDS
    open_kfid: str = "wkSandboxService"


def load(env: Mapping[str, str]) -> WeChatConfig:
    """From the product's own variables: both sides have to know the same."""

    def of(name: str) -> str:
        return env.get(f"BANDAO_WECHAT_{name}", "").strip()

    return WeChatConfig(
        official_appid=of("OFFICIAL_APPID"), official_secret=of("OFFICIAL_SECRET"), official_token=of("OFFICIAL_TOKEN"),
        official_aes_key=of("OFFICIAL_AES_KEY"), mini_appid=of("MINI_APPID"), mini_secret=of("MINI_SECRET"),
        corpid=of("WORK_CORPID"), corp_secret=of("WORK_SECRET"), corp_token=of("WORK_TOKEN"), corp_aes_key=of("WORK_AES_KEY"),
        callback=env.get("BANDAO_SANDBOX_WECHAT_CALLBACK", "").strip().rstrip("/"),
    )  # fmt: skip
