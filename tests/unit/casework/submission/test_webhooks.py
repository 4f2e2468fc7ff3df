"""What passes for an office's webhook, and what does not."""

from __future__ import annotations

import base64
import hmac
from datetime import timedelta

import pytest

from assistant.casework.submission import webhooks
from assistant.casework.submission.webhooks import NotGenuine, remember, verify
from assistant.foundation.database import Database
from tests.unit.casework.submission.support import NOW

SECRET = "fictitious-webhook-secret"
BODY = b'{"type":"submission.changed","receipt_no":"SJ1"}'


def signed(body: bytes = BODY, *, name: str = "msg_1", at: int | None = None, key: bytes = SECRET.encode()) -> dict[str, str]:
    stamp = str(int(NOW.timestamp()) if at is None else at)
    signature = base64.b64encode(hmac.digest(key, f"{name}.{stamp}.".encode() + body, "sha256")).decode()
    return {"webhook-id": name, "webhook-timestamp": stamp, "webhook-signature": f"v1,{signature}"}


def refused(headers: dict[str, str], body: bytes = BODY) -> str:
    with pytest.raises(NotGenuine) as caught:
        verify(SECRET, headers, body, NOW)
    return caught.value.code


def test_a_signed_one_is_believed() -> None:
    assert verify(SECRET, signed(), BODY, NOW) == "msg_1"


def test_the_conventions_own_example() -> None:
    """From the specification at standardwebhooks.com."""
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    at = NOW.fromtimestamp(1614265330, NOW.tzinfo)
    assert verify("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", headers, b'{"test": 2432232314}', at) == headers["webhook-id"]


def test_one_of_several_signatures_is_enough() -> None:
    headers = signed()
    headers["webhook-signature"] = f"v2,abc v1,AAAA {headers['webhook-signature']} v1,***"
    assert verify(SECRET, headers, BODY, NOW) == "msg_1"


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_unsigned(missing: str) -> None:
    headers = signed()
    del headers[missing]
    assert refused(headers) == "unsigned"


def test_forged() -> None:
    assert refused(signed(key=b"another secret")) == "forged"
    assert refused(signed(), BODY.replace(b"SJ1", b"SJ2")) == "forged"
    assert refused({**signed(), "webhook-id": "msg_2"}) == "forged"
    assert refused({**signed(), "webhook-timestamp": str(int(NOW.timestamp()) + 1)}) == "forged"
    assert refused({**signed(), "webhook-signature": "v1,"}) == "forged"
    assert refused({**signed(), "webhook-signature": signed()["webhook-signature"].replace("v1", "v1a")}) == "forged"


@pytest.mark.parametrize("seconds", [-301, 301])
def test_stale(seconds: int) -> None:
    assert refused(signed(at=int(NOW.timestamp()) + seconds)) == "stale"


def test_malformed() -> None:
    assert refused({**signed(), "webhook-timestamp": "yesterday"}) == "malformed"
    assert refused({**signed(), "webhook-timestamp": "9" * 400}) == "malformed"
    assert refused({**signed(), "webhook-id": "x" * 200}) == "malformed"


def test_each_comes_once_and_is_forgotten_when_it_is_stale_anyway(db: Database) -> None:
    with db.write() as conn:
        remember(conn, "sandbox", "msg_1", NOW)
        remember(conn, "another", "msg_1", NOW)
    with pytest.raises(NotGenuine), db.write() as conn:
        remember(conn, "sandbox", "msg_1", NOW + 2 * webhooks.WINDOW)
    with db.write() as conn:
        remember(conn, "sandbox", "msg_1", NOW + 2 * webhooks.WINDOW + timedelta(seconds=1))
