"""Short-lived addresses of files, for channels that show links: one opens one file of one conversation for a while, nothing else.

A ticket is ``<conversation>.<until>.<signature>`` in the address itself; the signature is an HMAC with the key ring's index key
over all of it and the file's path, so nothing has to be stored and nothing can be changed.
"""

from __future__ import annotations

import hmac
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode, urlsplit

from assistant.foundation.crypto import KeyRing

PARAMETER = "ticket"
_PARTS = 3


def made(keyring: KeyRing, conversation_id: str, path: str, until: datetime) -> str:
    """``path`` (of ours, maybe with a query) with a ticket that opens it until then."""
    moment = str(int(until.timestamp()))
    ticket = f"{conversation_id}.{moment}.{_signature(keyring, conversation_id, moment, path)}"
    return f"{path}{'&' if '?' in path else '?'}{urlencode({PARAMETER: ticket})}"


def opened(keyring: KeyRing, address: str, now: datetime) -> str | None:
    """The conversation a ticket in an address (path and query) opens this path for; None where it does not."""
    split = urlsplit(address)
    members = parse_qsl(split.query, keep_blank_values=True)
    given = [value for name, value in members if name == PARAMETER]
    rest = urlencode([(name, value) for name, value in members if name != PARAMETER])
    parts = given[0].rsplit(".", 2) if len(given) == 1 else []
    if len(parts) != _PARTS:
        return None
    conversation_id, moment, signature = parts
    right = _signature(keyring, conversation_id, moment, f"{split.path}?{rest}" if rest else split.path)
    if not hmac.compare_digest(right.encode(), signature.encode()):
        return None
    return conversation_id if now < datetime.fromtimestamp(int(moment), UTC) else None


def _signature(keyring: KeyRing, conversation_id: str, moment: str, path: str) -> str:
    return keyring.blind_index(f"ticket\n{conversation_id}\n{moment}\n{path}")
