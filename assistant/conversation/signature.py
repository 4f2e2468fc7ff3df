"""The applicant's drawn signature: kept encrypted with the case, put on the forms, and gone again when she takes it back."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import Connection

from assistant.casework import repository as cases
from assistant.casework.flow.choosing import OPEN
from assistant.casework.model import Case, DrawnSignature, PackageRef
from assistant.casework.package.forms import Drawn
from assistant.casework.package.values import filed_by_agent
from assistant.conversation import repository
from assistant.conversation.services import TurnServices
from assistant.foundation import audit
from assistant.foundation.blobs import BlobStore
from assistant.foundation.database import Database


class NotNow(Exception):
    """The case has been handed over or has ended: what was sent is what stands."""


class NotHers(Exception):
    """An agent files: the applicant's signature cannot be given by whoever sits at the page."""


def sign(
    db: Database, blobs: BlobStore, services: TurnServices, case: Case, conversation_id: str, drawn: Drawn | None, now: datetime
) -> Case:
    """Give a case this signature, or take it away (None). A package that is there already is made again, one version on.

    The answers are the ones she has confirmed, so the new package needs no second confirmation: the signature and the day are all
    that differs.

    Raises:
        NotNow: the case is not open any more.
        NotHers: an agent files the case.
        PackageFailed: the package could not be made with it; nothing is changed then.
        CaseConflict: the case was changed meanwhile.
    """
    if case.status not in OPEN:
        raise NotNow
    if drawn is not None and filed_by_agent(case, services.guide_of(case)):
        raise NotHers
    case.signature = _kept(blobs, drawn, now) if drawn else None
    if case.package is not None:
        built = services.build_package(case, services.guide_of(case), now)
        case.package_version += 1
        case.package = PackageRef(
            version=case.package_version, sha256=built.sha256, blob_id=built.blob_id, built_at=now, files=built.files,
            unsigned=[one.title for one in built.unsigned],
        )  # fmt: skip
        case.packages = built.parts
        if case.signature is not None:
            case.signature.used = True
    with db.write() as conn:
        cases.save(conn, case, conversation_id, now)
        _tell(conn, case, conversation_id, now)
    return case


def _kept(blobs: BlobStore, drawn: Drawn, now: datetime) -> DrawnSignature:
    return DrawnSignature(
        blob_id=blobs.put(drawn.png), sha256=hashlib.sha256(drawn.png).hexdigest(), width=drawn.width, height=drawn.height,
        signed_at=now,
    )  # fmt: skip


def _tell(conn: Connection, case: Case, conversation_id: str, now: datetime) -> None:
    signature, package = case.signature, case.package
    detail = {"signature": signature.sha256 if signature else None, "version": package.version if package else None}
    action = "case.signed" if signature else "case.signature_withdrawn"
    audit.append(conn, at=now, actor="citizen", action=action, subject=case.case_no, detail=detail)
    summary = {"case_no": case.case_no, "status": case.status.value, "at": now.isoformat()}
    repository.append_events(conn, conversation_id, [("case", summary)], now)
