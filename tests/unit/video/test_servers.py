"""Where browsers find each other: TURN credentials by the draft, against a vector that is not ours."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest

from assistant.foundation.settings import Settings
from channels.cli.checks import video
from channels.video.servers import LIFE, ice_servers, password
from tests.conftest import NOW


def test_the_password_is_hmac_sha1_as_rfc_2202_has_it() -> None:
    assert base64.b64decode(password("Jefe", "what do ya want for nothing?")).hex() == "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"
    # made with OpenSSL: printf '1433895918:bob' | openssl dgst -sha1 -hmac north -binary | base64
    assert password("north", "1433895918:bob") == "+qCJxktJhPsEAA0wfh7NCKO+G0M="


def test_credentials_last_for_one_call(settings: Settings) -> None:
    assert ice_servers(settings, "citizen-1", NOW) == [], "nobody outside is asked unless he is named"
    city = settings.model_copy(update={
        "video_stun_urls": "stun:a.example:3478", "video_turn_urls": "turn:a.example:3478?transport=udp, turns:a.example:443",
        "video_turn_secret": "shared",
    })  # fmt: skip
    stun, turn = ice_servers(city, "citizen-1", NOW)
    assert stun == {"urls": ["stun:a.example:3478"]}
    assert turn["urls"] == ["turn:a.example:3478?transport=udp", "turns:a.example:443"]
    expiry, _, who = turn["username"].partition(":")
    assert int(expiry) == int((NOW + LIFE).timestamp()) and who == "citizen-1" and timedelta(hours=2) >= LIFE
    assert turn["credential"] == password("shared", turn["username"])
    assert ice_servers(city.model_copy(update={"video_turn_secret": ""}), "x", NOW) == [stun], "without a secret none could be used"


TURN = {"video_turn_urls": "turn:a.example:3478", "video_turn_secret": "shared"}


@pytest.mark.parametrize(
    ("given", "ok", "required", "says"),
    [
        ({}, False, False, "同一个网络"), (TURN, True, True, "turn:a.example:3478"), (TURN | {"video_turn_secret": ""}, False, True, "没有配密钥"),
        ({"video_stun_urls": "https://a.example"}, False, True, "写错了"), ({"public_url": "http://hall.example"}, False, False, "https"),
        ({"video_calls": False}, True, True, "没有开通"),
    ],
)  # fmt: skip
def test_the_doctor_says_how_far_calls_reach(settings: Settings, given: dict[str, object], ok: bool, required: bool, says: str) -> None:
    [check] = video.checks(settings.model_copy(update=given))
    assert (check.ok, check.required) == (ok, required) and says in check.detail
    assert check.ok or check.remedy
