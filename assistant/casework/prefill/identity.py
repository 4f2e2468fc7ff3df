"""Who signed in: the identity a provider vouched for, kept on the conversation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from assistant.casework.prefill.provider import Found, Subject, same_name
from assistant.casework.prefill.state import VerifiedIdentity

REF = "identity"


class SignedIn:
    """Answers ``identity.*``: about the person who signed in, and nobody else."""

    remote = False

    def __init__(self, identity: VerifiedIdentity | None) -> None:
        self._identity = identity

    def find(self, subject: Subject, today: date, before: Sequence[Found]) -> list[Found]:
        """Her own name, number and phone; nothing where the case is about somebody else, or about an enterprise."""
        held = self._identity
        if held is None or subject.kind != "person":
            return []
        if (subject.number and subject.number.upper() != held.id_number.upper()) or (
            subject.name and not same_name(subject.name, held.name)
        ):
            return []
        return [Found("identity", "register", REF, held.model_dump(include={"id_number", "name", "phone"}), held)]
