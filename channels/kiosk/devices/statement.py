"""What a kiosk's machine says it read, signed, so that the server need not believe a page.

The machine has an Ed25519 key; the server knows the public keys of the kiosks that were fitted (``<data>/kiosks/<name>.pub``). A
statement is for one conversation and no other. Form: base64url(JSON) "." base64url(signature over the first part).
"""

from __future__ import annotations

import base64
import binascii
import re
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.casework.prefill.card import CardRead
from channels.kiosk.devices.interfaces import Card

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
LONGEST = 4000


class _Stated(BaseModel):
    model_config = ConfigDict(extra="forbid")

    machine: str = Field(pattern=rf"^{NAME.pattern}$")
    conversation: str = Field(max_length=64)
    card: CardRead


class Untrusted(Exception):
    """A statement that proves nothing: ``malformed``, ``unknown_machine``, ``forged`` or ``another_conversation``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def stated(key: Ed25519PrivateKey, machine: str, conversation: str, card: Card) -> str:
    """What the machine says it read, for this conversation."""
    read = CardRead(
        name=card.name, sex="男" if card.sex == "男" else "女", nation=card.nation, birth_date=card.birth_date,
        address=card.address, number=card.number, issuer=card.issuer, valid_from=card.valid_from, valid_until=card.valid_until,
    )  # fmt: skip
    body = _encoded(_Stated(machine=machine, conversation=conversation, card=read).model_dump_json().encode())
    return f"{body}.{_encoded(key.sign(body.encode()))}"


def believed(statement: str, conversation: str, keys: Path) -> tuple[str, CardRead]:
    """The machine and the card of a statement, if one of the machines in ``keys`` made it for this conversation.

    Raises:
        Untrusted: it proves nothing.
    """
    body, dot, signature = statement.partition(".")
    if not dot or len(statement) > LONGEST:
        raise Untrusted("malformed")
    try:
        said = _Stated.model_validate_json(_decoded(body))
        signed = _decoded(signature)
    except (ValidationError, ValueError):
        raise Untrusted("malformed") from None
    key = public_key(keys, said.machine)
    if key is None:
        raise Untrusted("unknown_machine")
    try:
        key.verify(signed, body.encode())
    except InvalidSignature:
        raise Untrusted("forged") from None
    if said.conversation != conversation:
        raise Untrusted("another_conversation")
    return said.machine, said.card


def public_key(folder: Path, machine: str) -> Ed25519PublicKey | None:
    """The key a machine was fitted with; None where it is not known here."""
    if NAME.fullmatch(machine) is None:
        return None
    try:
        return Ed25519PublicKey.from_public_bytes(_decoded((folder / f"{machine}.pub").read_text(encoding="ascii").strip()))
    except (OSError, ValueError):
        return None


def trust(folder: Path, machine: str, key: str) -> None:
    """Believe this machine from now on.

    Raises:
        ValueError: no name of a machine, or no key.
    """
    if NAME.fullmatch(machine) is None:
        raise ValueError(machine)
    Ed25519PublicKey.from_public_bytes(_decoded(key))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{machine}.pub").write_text(key + "\n", encoding="ascii")


def told(key: Ed25519PrivateKey) -> str:
    """The public key of a machine, as ``trust`` takes it."""
    return _encoded(key.public_key().public_bytes_raw())


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError("base64") from error
