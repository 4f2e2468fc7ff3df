"""A way to an identity provider and back, kept in a cookie of the browser that goes it: sealed by the key ring, for ten minutes.

The cookie is ``SameSite=Lax`` because the provider is another site and brings the browser back. ``Place`` keeps the ways of
staff and of citizens apart: what was sealed for one does not open at the other.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import orjson
from fastapi.responses import Response

from assistant.identity.provider import SignInRefused, Trip
from channels.parts import Parts

LASTS = timedelta(minutes=10)


@dataclass(frozen=True)
class Place:
    """The cookie's name and path, and what its seal is bound to."""

    cookie: str
    path: str
    bound_to: bytes


def set_out(parts: Parts, response: Response, place: Place, trip: Trip, besides: object) -> None:
    """Give the browser what has to come back with it; ``besides`` is whatever JSON the way is for."""
    sealed = parts.db.keyring.encrypt(orjson.dumps([asdict(trip), besides, parts.clock.now()]), place.bound_to)
    response.set_cookie(
        place.cookie, base64.urlsafe_b64encode(sealed).decode(), max_age=int(LASTS.total_seconds()), path=place.path,
        httponly=True, samesite="lax", secure=secure(parts),
    )  # fmt: skip


def come_back(parts: Parts, place: Place, sealed: str) -> tuple[Trip, object]:
    """The way that was begun, and what it was for.

    Raises:
        SignInRefused: the cookie is missing or not ours (``cookie``), or too old (``late``).
    """
    try:
        held, besides, begun = orjson.loads(parts.db.keyring.decrypt(base64.urlsafe_b64decode(sealed), place.bound_to))
    except (binascii.Error, ValueError):
        raise SignInRefused("cookie") from None
    if not timedelta() <= parts.clock.now() - datetime.fromisoformat(begun) <= LASTS:
        raise SignInRefused("late")
    return Trip(**held), besides


def secure(parts: Parts) -> bool:
    """Whether cookies travel by https only: where citizens and staff reach us so."""
    return parts.settings.public_url.startswith("https://")
