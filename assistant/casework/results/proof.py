"""The proof of a result: a signed statement of what the file is, checked offline with the public keys.

Detached (a JSON file beside the result, whose bytes stay the office's) or embedded: appended to a PDF of ours as an
incremental update (ISO 32000-1, 7.5.6), so readers show the file as before. What the update must look like follows from
the statement, so a proof cannot be kept while something else is appended.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from datetime import date
from typing import Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.casework.package.manifest import sm3
from assistant.casework.package.signing import DetachedSignature, PublicKey, fits, key_id

SCHEMA = "bandao.result/1"
SIGNED = "result.json"
_KEY = b"/BandaoProof"
_TRAILER = re.compile(rb"trailer\s*<<(.*)>>\s*startxref\s*(\d+)\s*%%EOF\s*$", re.DOTALL)
_PROOF = re.compile(rb"\n(\d+) 0 obj\n<</Type/BandaoProof/Length (\d+)>>\nstream\n")
_LONGEST = 16 * 1024

Fault = Literal["no_proof", "proof_unreadable", "changed", "signature_wrong", "key_unknown"]


class Statement(BaseModel):
    """What is said of a file. ``sha256`` and ``sm3`` are over its bytes (of a PDF with an embedded proof: those before it).

    ``holder`` is masked: whoever is shown the proof need not learn more than the file itself says. Dates are days in Shanghai.
    """

    model_config = ConfigDict(extra="forbid")
    schema_: str = SCHEMA
    code: str
    kind: str
    title: str
    number: str
    issuer: str
    holder: str
    issued: date
    expires: date | None
    media_type: str
    size: int
    sha256: str
    sm3: str
    verify: str

    def as_signed(self) -> bytes:
        """The only bytes that are signed: canonical JSON."""
        return json.dumps(self.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


class Proof(BaseModel):
    """The proof file."""

    model_config = ConfigDict(extra="forbid")
    statement: Statement
    signature: DetachedSignature

    def as_file(self) -> bytes:
        """The only way a proof is written."""
        return json.dumps(self.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, indent=1).encode()


class Signer(Protocol):
    """What signs: the keys of packages (see ``package.signing.PackageKeys``)."""

    def declared(self) -> dict[str, Any]: ...
    def sign(self, manifest: bytes, declared: dict[str, Any]) -> bytes: ...


class NotEmbeddable(ValueError):
    """This is no PDF a proof can be appended to."""


class Verdict(BaseModel):
    """``ok``: the file is the one the statement speaks of, signed with a key that is trusted. ``fault``: why not."""

    ok: bool
    fault: Fault | None = None
    statement: Statement | None = None
    key_id: str | None = None
    algorithm: str | None = None
    embedded: bool = False


def state(data: bytes, **said: Any) -> Statement:
    """A statement about these bytes."""
    return Statement(size=len(data), sha256=hashlib.sha256(data).hexdigest(), sm3=sm3(data), **said)


def prove(statement: Statement, keys: Signer) -> Proof:
    """The statement, signed with the active key."""
    held = keys.sign(statement.as_signed(), {**keys.declared(), "signed": SIGNED})
    return Proof(statement=statement, signature=DetachedSignature.model_validate_json(held))


def embed(pdf: bytes, proof: Proof) -> bytes:
    """The PDF with the proof appended; the same for the same two.

    Raises:
        NotEmbeddable: the PDF ends in no plain cross-reference table.
    """
    found = _TRAILER.search(pdf)
    size = re.search(rb"/Size\s+(\d+)", found[1]) if found else None
    if found is None or size is None or _KEY in found[1]:
        raise NotEmbeddable
    number, payload = int(size[1]), base64.b64encode(proof.as_file())
    body = b"\n%d 0 obj\n<</Type/BandaoProof/Length %d>>\nstream\n%s\nendstream\nendobj\n" % (number, len(payload), payload)
    table = len(pdf) + len(body)
    kept = re.sub(rb"/Prev\s+\d+", b"", found[1].replace(size[0], b"/Size %d" % (number + 1)))
    trailer = b"trailer\n<<%s/Prev %s%s %d 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (kept, found[2], _KEY, number, table)
    entry = b"xref\n%d 1\n%010d 00000 n\r\n" % (number, len(pdf) + 1)
    return pdf + body + entry + trailer


def extract(data: bytes) -> tuple[bytes, Proof] | None:
    """The bytes before an embedded proof, and the proof; None where there is none.

    Raises:
        ValueError: something was appended that is not what ``embed`` would have.
    """
    found = next(reversed(list(_PROOF.finditer(data))), None)
    if found is None or int(found[2]) > _LONGEST:
        return None
    before = data[: found.start()]
    payload = data[found.end() : found.end() + int(found[2])]
    try:
        proof = Proof.model_validate_json(base64.b64decode(payload, validate=True))
    except (ValueError, ValidationError) as error:
        raise ValueError("unreadable") from error
    try:
        same = embed(before, proof) == data
    except NotEmbeddable:
        same = False
    if not same:
        raise ValueError("changed")
    return before, proof


def examine(data: bytes, detached: bytes | None, keys: Sequence[PublicKey]) -> Verdict:
    """Whether a file is what its proof says: ``detached``, or the one embedded in it. Nothing but the keys is needed."""
    proof: Proof | None = None
    try:
        if detached is not None:
            content, proof = data, Proof.model_validate_json(detached)
        elif (found := extract(data)) is not None:
            content, proof = found
    except (ValueError, ValidationError) as error:
        return Verdict(ok=False, fault="changed" if str(error) == "changed" else "proof_unreadable")
    if proof is None:
        return Verdict(ok=False, fault="no_proof")
    fault = _fault(content, proof, keys)
    held = proof.signature
    return Verdict(
        ok=fault is None, fault=fault, statement=proof.statement, key_id=held.key_id, algorithm=held.algorithm,
        embedded=detached is None,
    )  # fmt: skip


def _fault(content: bytes, proof: Proof, keys: Sequence[PublicKey]) -> Fault | None:
    held, said, signed = proof.signature, proof.statement, proof.statement.as_signed()
    carried = PublicKey(key_id=held.key_id, algorithm=held.algorithm, public_key=held.public_key)
    trusted = next((key for key in keys if key.key_id == held.key_id and key.algorithm == held.algorithm), None)
    try:
        own_name = key_id(carried.raw()) == held.key_id
    except ValueError:
        own_name = False
    right = own_name and held.signed == SIGNED and said.schema_ == SCHEMA and held.sha256 == hashlib.sha256(signed).hexdigest()
    if not right or not fits(held, signed, trusted or carried):
        return "signature_wrong"
    if (said.size, said.sha256, said.sm3) != (len(content), hashlib.sha256(content).hexdigest(), sm3(content)):
        return "changed"
    return None if trusted else "key_unknown"
