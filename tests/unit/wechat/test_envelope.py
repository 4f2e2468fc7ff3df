"""Callbacks' envelopes: the platform's own published example, and everything that is none of theirs."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.foundation.clock import SHANGHAI
from channels.wechat.envelope import Envelope, NotGenuine

PUBLISHED = Envelope("wx5823bf96d3bd56c7", "QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C")
"""The account of the example in WeCom's documentation of callbacks."""
CIPHERTEXT = (
    "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3TUUkSUXxaccAS0qhxchr"
    "RYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMn"
    "vw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCm"
    "JU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q=="
)
STAMP, NONCE, SIGNATURE = "1409659813", "1372623149", "477715d11cdb4164915debcba66cb864d751f3e6"
THEN = datetime.fromtimestamp(int(STAMP), SHANGHAI)


def refused(code: str) -> pytest.RaisesExc[NotGenuine]:
    return pytest.raises(NotGenuine, check=lambda error: error.code == code)


def test_the_published_example_is_opened() -> None:
    PUBLISHED.check(SIGNATURE, STAMP, NONCE, CIPHERTEXT, now=THEN)
    assert b"<Content><![CDATA[hello]]></Content>" in PUBLISHED.open(CIPHERTEXT)


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_replay_after_five_minutes_is_stale(minutes: int) -> None:
    with refused("stale"):
        PUBLISHED.check(SIGNATURE, STAMP, NONCE, CIPHERTEXT, now=THEN + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("signature", "stamp", "nonce", "text", "code"),
    [
        ("", STAMP, NONCE, CIPHERTEXT, "unsigned"),
        (SIGNATURE, "", NONCE, CIPHERTEXT, "unsigned"),
        (SIGNATURE, STAMP, "", CIPHERTEXT, "unsigned"),
        (SIGNATURE, "-1", NONCE, CIPHERTEXT, "malformed"),
        (SIGNATURE, "١٤٠٩٦٥٩٨١٣", NONCE, CIPHERTEXT, "malformed"),
        (SIGNATURE, "9" * 40, NONCE, CIPHERTEXT, "malformed"),
        (SIGNATURE.upper(), STAMP, NONCE, CIPHERTEXT, "forged"),
        ("é" * 40, STAMP, NONCE, CIPHERTEXT, "forged"),
        (SIGNATURE, STAMP, "1372623148", CIPHERTEXT, "forged"),
        (SIGNATURE, "1409659814", NONCE, CIPHERTEXT, "forged"),
        (SIGNATURE, STAMP, NONCE, CIPHERTEXT[:-4] + "AAAA", "forged"),
    ],
)
def test_what_the_platform_did_not_sign_is_refused(signature: str, stamp: str, nonce: str, text: str, code: str) -> None:
    with refused(code):
        PUBLISHED.check(signature, stamp, nonce, text, now=THEN)


@given(st.binary(max_size=3000))
@settings(max_examples=60)
def test_what_was_sealed_is_opened_and_of_the_platforms_block_size(text: bytes) -> None:
    sealed = PUBLISHED.seal(text)
    assert PUBLISHED.open(sealed) == text
    assert len(base64.b64decode(sealed)) % 32 == 0


def test_one_for_another_account_is_not_taken() -> None:
    other = Envelope("wxother", PUBLISHED.token, PUBLISHED.aes_key)
    with refused("other_receiver"):
        PUBLISHED.open(other.seal(b"<xml/>"))


@given(st.binary(max_size=400).map(lambda data: base64.b64encode(data).decode()) | st.text(max_size=60))
@settings(max_examples=80)
def test_no_garbage_breaks_it(garbage: str) -> None:
    with pytest.raises(NotGenuine):
        PUBLISHED.open(garbage)


@pytest.mark.parametrize("key", ["", "short", "é" * 43, "A" * 44])
def test_an_aes_key_that_is_none_is_found_at_the_start(key: str) -> None:
    with pytest.raises(ValueError, match="EncodingAESKey"):
        Envelope("wx", "token", key)


def test_nothing_secret_is_shown() -> None:
    assert PUBLISHED.token not in repr(PUBLISHED) and PUBLISHED.aes_key not in repr(PUBLISHED)
