"""Webhooks of an office with an interface of its own: checked as its mapping file says, by the rules every webhook is under."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import string
from collections.abc import Mapping
from datetime import datetime

from assistant.casework.submission.offices.answers import at
from assistant.casework.submission.offices.mapping import Webhook
from assistant.casework.submission.webhooks import LONGEST_ID, News, NotGenuine, in_time, number_of, parsed

_LONGEST_STAMP = 16


class MappedDoor:
    """See ``webhooks.Door``."""

    def __init__(self, mapping: Webhook, key: str) -> None:
        self._mapping, self._key = mapping, key.encode()

    def read(self, headers: Mapping[str, str], body: bytes, now: datetime) -> News:
        """See ``webhooks.Door``."""
        named, mapping = self._mapping.headers, self._mapping
        stamp, given = headers.get(named.timestamp, ""), headers.get(named.signature, "")
        name = headers.get(named.id, "") if named.id is not None else ""
        if not (stamp and given) or (named.id is not None and not name):
            raise NotGenuine("unsigned")
        if (
            len(name) > LONGEST_ID
            or not name.isascii()
            or not (stamp.isascii() and stamp.isdigit())
            or len(stamp) > _LONGEST_STAMP
        ):
            raise NotGenuine("malformed")
        right = hmac.digest(self._key, self._text(name, stamp, body), "sha256")
        if not hmac.compare_digest(right, self._signature(given)):
            raise NotGenuine("forged")
        if not in_time(int(stamp) / (1000 if mapping.timestamp == "milliseconds" else 1), now):
            raise NotGenuine("stale")
        said = parsed(body)
        number, seq = at(said, mapping.number), at(said, mapping.seq)
        if isinstance(number, int) and not isinstance(number, bool):
            number = str(number)
        counted = isinstance(seq, int) and not isinstance(seq, bool) and 0 < seq < 2**31
        return News(name or right.hex(), number_of(number), seq if counted else None)

    def _text(self, name: str, stamp: str, body: bytes) -> bytes:
        """What is signed. The body stays the bytes it came as."""
        values = {
            "id": name.encode(),
            "timestamp": stamp.encode(),
            "body": body,
            "body_sha256": hashlib.sha256(body).hexdigest().encode(),
        }
        parts = string.Formatter().parse(self._mapping.text)
        return b"".join(text.encode() + (values[field] if field is not None else b"") for text, field, _, _ in parts)

    def _signature(self, given: str) -> bytes:
        """The signature's bytes; none that fits where it cannot be one."""
        text = given.removeprefix(self._mapping.prefix)
        try:
            return bytes.fromhex(text) if self._mapping.encoding == "hex" else base64.b64decode(text, validate=True)
        except (ValueError, binascii.Error):
            return b""
