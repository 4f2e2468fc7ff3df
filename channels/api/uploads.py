"""POST /api/v1/conversations/{id}/uploads: a file for a material."""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Request, UploadFile

from assistant.casework import repository as cases
from assistant.casework.model import Case
from assistant.casework.papers import background, verdict
from assistant.casework.papers.reading import Looked, Read
from assistant.casework.uploads import Inspection, UnusableUpload, inspect_upload
from assistant.conversation import repository
from assistant.conversation.model import Conversation
from assistant.foundation import audit, metrics
from assistant.foundation.messages import ENGLISH, render, use_language
from channels.access import Own
from channels.api.limits import by_address, by_conversation
from channels.api.models import Check, Uploaded
from channels.parts import Parts, parts_of
from channels.problems import Problem, documented
from knowledge.schema import Material

router = APIRouter(tags=["conversation"])
_CHUNK = 256 * 1024


@router.post(
    "/api/v1/conversations/{conversation_id}/uploads",
    status_code=201,
    response_model=Uploaded,
    responses=documented(401, 404, 413, 422, 429),
    operation_id="upload",
)
async def upload(
    conv: Own, request: Request, file: Annotated[UploadFile, File()], material: Annotated[str | None, Form(max_length=64)] = None
) -> Uploaded:
    """Check a file and keep it, encrypted, for the next message to attach. An unusable file is 422 and nothing is kept."""
    parts = parts_of(request)
    by_address(parts, request)
    by_conversation(parts, conv.id)
    data = await read_upload(file, parts.settings.upload_max_bytes)
    return await asyncio.to_thread(keep_upload, parts, conv, data, file.filename or "", file.content_type or "", material or None)


async def read_upload(file: UploadFile, most: int) -> bytes:
    """The bytes, one more than allowed at most: the check that follows says what is wrong with too many."""
    parts: list[bytes] = []
    size = 0
    while size <= most and (chunk := await file.read(_CHUNK)):
        parts.append(chunk)
        size += len(chunk)
    return b"".join(parts)


def keep_upload(
    parts: Parts, conv: Conversation, data: bytes, name: str, declared: str, material: str | None, actor: str = "citizen"
) -> Uploaded:
    """Check a file and keep it for a conversation; ``actor`` is who sends it, as the audit chain names him.

    Raises:
        Problem: 422, it cannot be used, or not for this material.
    """
    now = parts.clock.now()
    with parts.db.read() as conn:
        held = cases.uploads_of(conn, conv.id)
        found = cases.find(conn, conv.active_case) if conv.active_case else None
    if material is not None and (found is None or parts.services.guide_of(found[0]).material(material) is None):
        raise Problem(422, "unknown_material")
    if sum(row["size"] for row in held) + len(data) > parts.settings.conversation_upload_max_bytes:
        raise Problem(422, "too_many_uploads", most=parts.settings.conversation_upload_max_bytes // 2**20)
    try:
        seen: Inspection = inspect_upload(data, name, declared, parts.settings, rows=material is None)
    except UnusableUpload as unusable:
        metrics.uploads_total.labels(result=unusable.code).inc()
        raise Problem(422, unusable.code, detail=render(f"{unusable.message}{unusable.remedy}", conv.locale)) from None
    upload_id, sha256 = str(uuid.uuid4()), hashlib.sha256(data).hexdigest()
    asked = _material(parts, conv, found[0] if found else None, material)
    going = background.begin(upload_id, data, seen.kind, now.date())
    looked = background.result(going, parts.settings.ocr_wait_seconds) if going else Looked(Read(state="not_read"))
    checks = _checks(conv, seen, looked, asked)
    straight = _straight(parts, looked)
    blob_id = parts.blobs.put(data)
    with parts.db.write() as conn:
        cases.add_upload(
            conn,
            id=upload_id,
            conversation_id=conv.id,
            case_no=conv.active_case,
            material=material,
            file_name=name[:200],
            media_type=seen.media_type,
            size=len(data),
            pages=seen.pages,
            sha256=sha256,
            blob_id=blob_id,
            checks=[c.model_dump() for c in checks],
            reading=(looked.read if looked else Read()).model_dump(),
            created_at=now,
            **straight,
        )
        repository.append_events(
            conn,
            conv.id,
            [("upload", _event(upload_id, name, seen, material, checks, now))],
            now,
        )
        audit.append(
            conn,
            at=now,
            actor=actor,
            action="upload.kept",
            subject=upload_id,
            detail={"media_type": seen.media_type, "sha256": sha256, "failed": [c.code for c in checks if not c.ok]},
        )
    metrics.uploads_total.labels(result="kept").inc()
    parts.announce(conv.id)
    if going is not None:

        def later(found: Looked) -> None:
            judged = _checks(conv, seen, found, asked)
            told = _event(upload_id, name, seen, material, judged, parts.clock.now())
            with parts.db.write() as conn:
                kept = [c.model_dump() for c in judged]
                cases.keep_reading(conn, upload_id, kept, found.read.model_dump(), **_straight(parts, found))
                repository.append_events(conn, conv.id, [("upload", told)], parts.clock.now())
            parts.announce(conv.id)

        background.then(upload_id, going, later if looked is None else None)
    return Uploaded(upload_id=upload_id, media_type=seen.media_type, pages=seen.pages, checks=checks)


def _material(parts: Parts, conv: Conversation, case: Case | None, code: str | None) -> Material | None:
    """The material the file is for: the one named, or the one being asked."""
    code = code or (conv.state.ask.material if conv.state.ask else None)
    if case is None or code is None:
        return None
    guide = parts.services.guide_of(case)
    return (parts.services.catalogue.in_english(guide) if conv.locale == ENGLISH else guide).material(code)


def _checks(conv: Conversation, seen: Inspection, looked: Looked | None, material: Material | None) -> list[Check]:
    """All checks in the citizen's words, what was read of it among them."""
    with use_language(conv.locale):
        checks = verdict.of_file(looked, seen.checks)
        document = verdict.document(looked.read if looked else Read(), material)
    checks += [document] if document else []
    return [Check(code=c.code, ok=c.ok, message=render(c.message, conv.locale)) for c in checks]


def _straight(parts: Parts, looked: Looked | None) -> dict[str, str | None]:
    """The straightened copy, kept beside the original; nothing where none was made."""
    if looked is None or looked.pdf is None:
        return {}
    return {"straight_blob_id": parts.blobs.put(looked.pdf), "straight_sha256": hashlib.sha256(looked.pdf).hexdigest()}


def _event(
    upload_id: str, name: str, seen: Inspection, material: str | None, checks: list[Check], at: datetime
) -> dict[str, Any]:
    return {
        "upload_id": upload_id,
        "name": name[:200],
        "media_type": seen.media_type,
        "pages": seen.pages,
        "material": material,
        "checks": [c.model_dump() for c in checks],
        "at": at.isoformat(),
    }
