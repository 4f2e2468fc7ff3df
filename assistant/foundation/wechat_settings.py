"""Settings of WeChat's doors: the official account, the mini-program and WeCom's customer service (微信客服).

Where an address is left open the far side is the sandbox, and what both have to know is made from one generated key.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from typing import Any, Literal

from pydantic import Field
from pydantic_settings import BaseSettings

OPEN_ID = r"^[A-Za-z0-9_-]+$"
AES_KEY_CHARACTERS = 43
_SECRETS = ("official_secret", "official_token", "mini_secret", "work_secret", "work_token")
_AES_KEYS = ("official_aes_key", "work_aes_key")


class WeChatSettings(BaseSettings):
    """A part of ``Settings``; ``fill_in`` completes it."""

    wechat_url: str = Field(default="", description="Address of WeChat's interface; empty = sandbox's.")
    wechat_official_appid: str = Field(default="wxsandboxofficial", pattern=OPEN_ID, description="The official account's AppID.")
    wechat_official_secret: str = Field(default="", repr=False, description="Its AppSecret; empty = made from keys/wechat.key.")
    wechat_official_token: str = Field(default="", repr=False, description="Token its callbacks are signed with; empty = made.")
    wechat_official_aes_key: str = Field(default="", repr=False, description="EncodingAESKey of its callbacks; empty = made.")
    wechat_passive_seconds: float = Field(
        default=0.0, ge=0, le=4.5, description="Seconds a callback waits for the answer, to be its reply; 0 = always sent apart."
    )
    wechat_mini_appid: str = Field(default="wxsandboxmini", pattern=OPEN_ID, description="The mini-program's AppID.")
    wechat_mini_secret: str = Field(default="", repr=False, description="Its AppSecret; empty = made.")
    wechat_work_url: str = Field(default="", description="Address of WeCom's interface (微信客服); empty = sandbox's.")
    wechat_work_corpid: str = Field(default="wwsandboxcorp", pattern=OPEN_ID, description="The organisation's CorpID at WeCom.")
    wechat_work_secret: str = Field(default="", repr=False, description="Secret of its 微信客服 interface; empty = made.")
    wechat_work_token: str = Field(default="", repr=False, description="Token its callbacks are signed with; empty = made.")
    wechat_work_aes_key: str = Field(default="", repr=False, description="EncodingAESKey of its callbacks; empty = made.")
    wechat_work_people: Literal["desk", "wecom"] = Field(
        default="desk", description="Who takes over from the bot at 微信客服: our own desk, or the servicers in WeCom."
    )
    wechat_notices: Literal["gateway", "mini", "official"] = Field(
        default="gateway", description="How notices reach WeChat: the message gateway, or WeChat's own interface."
    )
    wechat_templates: str = Field(
        default="", description="Template of each kind of notice there: KIND=TEMPLATE;KIND=TEMPLATE; * stands for any kind."
    )
    wechat_link_minutes: int = Field(default=30, ge=1, le=1440, description="Minutes a link to a file in a chat stays open.")


def fill_in(filled: dict[str, Any], sandbox_url: str, key_of: Callable[[], str]) -> None:
    """Complete what was left open, in place. ``key_of`` gives the text secrets are made from where any is left open."""
    filled["wechat_url"] = (filled["wechat_url"] or f"{sandbox_url}/wechat").rstrip("/")
    filled["wechat_work_url"] = (filled["wechat_work_url"] or f"{sandbox_url}/wecom").rstrip("/")
    open_ones = [name for name in (*_SECRETS, *_AES_KEYS) if not filled[f"wechat_{name}"]]
    key = key_of().encode() if open_ones else b""
    for name in open_ones:
        made = hmac.digest(key, name.encode(), hashlib.sha256)
        filled[f"wechat_{name}"] = base64.b64encode(made).decode()[:AES_KEY_CHARACTERS] if name in _AES_KEYS else made.hex()[:32]
