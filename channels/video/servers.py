"""Where browsers find a way to each other: STUN and TURN servers, the latter with credentials that last for one call.

The credentials follow draft-uberti-behave-turn-rest-00, as coturn's ``use-auth-secret`` takes them: the user name is
``<Unix time of expiry>:<who>``, the password the Base64 of HMAC-SHA1 over it under the shared secret.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any

from assistant.foundation.settings import Settings

LIFE = timedelta(hours=2)
"""A TURN server drops an allocation whose credentials have run out at its next refresh: longer than any call."""


def addresses(text: str) -> list[str]:
    """The addresses of a setting, which has commas or blanks between them.

    >>> addresses("turn:a.example:3478?transport=udp, turns:a.example:443")
    ['turn:a.example:3478?transport=udp', 'turns:a.example:443']
    """
    return [one for one in text.replace(",", " ").split() if one]


def password(secret: str, username: str) -> str:
    """The password that goes with a user name (see the module)."""
    return base64.b64encode(hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()).decode()


def ice_servers(settings: Settings, who: str, now: datetime) -> list[dict[str, Any]]:
    """As ``RTCConfiguration.iceServers`` wants them; empty: only what is on the same network."""
    found: list[dict[str, Any]] = []
    if stun := addresses(settings.video_stun_urls):
        found.append({"urls": stun})
    turn = addresses(settings.video_turn_urls)
    if turn and settings.video_turn_secret:
        username = f"{int((now + LIFE).timestamp())}:{who}"
        found.append({"urls": turn, "username": username, "credential": password(settings.video_turn_secret, username)})
    return found
