"""Signed files: JWS in flattened JSON (RFC 7515, section 7.2.2) with HS256. Written anew: an office shares no code with us."""

from __future__ import annotations

import base64
import hmac
import json
from typing import Any


class NotGenuine(ValueError):
    """Not signed with the shared key, or not readable."""


def sign(document: dict[str, Any], key: str) -> bytes:
    """The file holding ``document``."""
    protected = _encode(json.dumps({"alg": "HS256"}).encode())
    payload = _encode(json.dumps(document, ensure_ascii=False).encode())
    signature = _encode(hmac.digest(key.encode(), f"{protected}.{payload}".encode(), "sha256"))
    return json.dumps({"payload": payload, "protected": protected, "signature": signature}, indent=1).encode()


def read(data: bytes, key: str) -> dict[str, Any]:
    """What a signed file holds.

    Raises:
        NotGenuine: see there.
    """
    try:
        given = json.loads(data)
        protected, payload = given["protected"], given["payload"]
        right = hmac.digest(key.encode(), f"{protected}.{payload}".encode(), "sha256")
        if not hmac.compare_digest(right, _decode(given["signature"])) or json.loads(_decode(protected)).get("alg") != "HS256":
            raise NotGenuine("signature")
        document = json.loads(_decode(payload))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NotGenuine("unreadable") from error
    if not isinstance(document, dict):
        raise NotGenuine("unreadable")
    return document


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
