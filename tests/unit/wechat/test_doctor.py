"""`bandao doctor` on a city's accounts at WeChat: what is half there is named, with the remedy."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.foundation.settings import Settings
from channels.cli.checks import wechat

KEY = "a" * 42 + "A"
PUBLIC = {"public_url": "https://bandao.example.gov.cn"}
OFFICIAL = {
    "wechat_url": "https://api.weixin.qq.com", "wechat_official_appid": "wxcity", "wechat_official_secret": "s",
    "wechat_official_token": "t", "wechat_official_aes_key": KEY, **PUBLIC,
}  # fmt: skip
WORK = {
    "wechat_work_url": "https://qyapi.weixin.qq.com", "wechat_work_corpid": "wwcity", "wechat_work_secret": "s",
    "wechat_work_token": "t", "wechat_work_aes_key": KEY, **PUBLIC,
}  # fmt: skip


def without(settings: dict[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in settings.items() if key != name}


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({}, ["wechat"]),
        (OFFICIAL, ["wechat.official"]),
        ({**OFFICIAL, **WORK}, ["wechat.official", "wechat.work"]),
        ({**OFFICIAL, "wechat_notices": "official", "wechat_templates": "*=T1"}, ["wechat.official", "wechat.notices"]),
        ({"wechat_notices": "mini", "wechat_templates": "case=T1"}, ["wechat.notices"]),
    ],
)
def test_what_is_whole_is_well(settings: Settings, given: dict[str, str], names: list[str]) -> None:
    found = list(wechat.checks(settings.model_copy(update=given)))
    assert [check.name for check in found] == names and all(check.ok for check in found)


@pytest.mark.parametrize(
    ("given", "name", "said", "required"),
    [
        (without(OFFICIAL, "wechat_official_token"), "wechat.official", "BANDAO_WECHAT_OFFICIAL_TOKEN", True),
        ({"wechat_mini_secret": "s"}, "wechat.mini", "BANDAO_WECHAT_MINI_APPID", True),
        (without(OFFICIAL, "wechat_url"), "wechat.official", "BANDAO_WECHAT_URL", True),
        (without(WORK, "wechat_work_url"), "wechat.work", "BANDAO_WECHAT_WORK_URL", True),
        ({"wechat_url": "https://api.weixin.qq.com"}, "wechat", "BANDAO_WECHAT_URL", True),
        ({**OFFICIAL, "wechat_official_aes_key": "short"}, "wechat.official", "BANDAO_WECHAT_OFFICIAL_AES_KEY", True),
        ({**OFFICIAL, "public_url": "http://127.0.0.1:8080"}, "wechat.official", "127.0.0.1", False),
        ({"wechat_notices": "official"}, "wechat.notices", "official", False),
        ({"wechat_notices": "mini", "wechat_templates": "case=T1,only-one"}, "wechat.notices", "case=T1,only-one", True),
        ({"wechat_templates": "*=T1"}, "wechat.notices", "用不上", False),
        ({**OFFICIAL, "wechat_notices": "mini", "wechat_templates": "*=T1"}, "wechat.notices", "BANDAO_WECHAT_MINI_SECRET", True),
    ],
)
def test_what_is_half_there_is_named_with_its_remedy(settings: Settings, given: dict[str, Any], name: str, said: str, required: bool) -> None:
    [wrong] = [check for check in wechat.checks(settings.model_copy(update=given)) if not check.ok]
    assert (wrong.name, wrong.required) == (name, required) and said in wrong.detail and wrong.remedy
