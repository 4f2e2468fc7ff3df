"""What anybody may learn who holds a result's anti-forgery code: enough to tell a true paper from a false one, and no more."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel
from sqlalchemy import Connection

from assistant.casework.results import store
from assistant.casework.results.codes import read_code
from assistant.foundation.crypto import KeyRing

Standing = Literal["valid", "withdrawn", "expired"]


class Verified(BaseModel):
    """A result as strangers see it. ``holder`` is masked; ``sha256`` is over the file as it was handed over, lower-case hex."""

    code: str
    title: str
    number: str
    issuer: str
    issued: date | None
    expires: date | None
    holder: str
    standing: Standing
    sha256: str


def look_up(conn: Connection, keyring: KeyRing, said: str, today: date) -> Verified | None:
    """The result with this code. None for a code nobody was given, and just so for every other that must not be shown.

    Found by a keyed hash, so neither the database nor the time taken says how near a guess was.

    Raises:
        BadCode: it cannot be a code; told before anything is looked up.
    """
    code = read_code(said)
    held = store.by_code(conn, keyring.blind_index(code))
    if held is None:
        return None
    what = held.said
    return Verified(
        code=code, title=what.title, number=what.number, issuer=what.issuer, issued=what.issued, expires=what.expires,
        holder=what.holder_shown, standing=_standing(held, today), sha256=held.sha256,
    )  # fmt: skip


def _standing(held: store.Result, today: date) -> Standing:
    if held.state != "valid":
        return "withdrawn"
    return "expired" if held.said.expires is not None and held.said.expires < today else "valid"
