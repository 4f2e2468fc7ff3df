"""Rows to test with; every person and company in them is invented."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import insert

from assistant.casework import events
from assistant.casework.events import CaseEvent
from assistant.foundation import desk_tables, identity_tables, tables, video_tables, wechat_tables
from assistant.foundation.database import Database

ID_NUMBER = "310101199001011234"
NAME = "张三丰收"
FILE_NAME = "张三丰收的身份证.jpg"


def add_conversation(db: Database, now: datetime, conversation_id: str = "conversation-1", **changes: Any) -> str:
    with db.write() as conn:
        conn.execute(
            insert(tables.conversation),
            {"id": conversation_id, "token_hash": "0" * 64, "token_expires_at": now, "channel": "web", "locale": "zh-CN",
             "owner": "bot", "created_at": now, "updated_at": now, "revision": 0, "turn_count": 0, "last_event": 0,
             "state": {"name": NAME, "id_number": ID_NUMBER}} | changes,
        )  # fmt: skip
    return conversation_id


def add_everything_encrypted(db: Database, now: datetime, conversation_id: str = "conversation-1") -> None:
    """One row in every table with an encrypted column, each holding NAME or ID_NUMBER."""
    add_conversation(db, now, conversation_id)
    case_no = f"case-of-{conversation_id}"
    with db.write() as conn:
        conn.execute(insert(tables.turn), {
            "conversation_id": conversation_id, "turn": 1, "client_message_id": "m1", "request_hash": "1" * 64,
            "response": f'{{"text":"{NAME}"}}', "created_at": now,
        })  # fmt: skip
        conn.execute(insert(tables.event), {
            "conversation_id": conversation_id, "seq": 1, "kind": "turn", "data": {"text": f"我叫{NAME}"}, "at": now,
        })  # fmt: skip
        conn.execute(insert(tables.case_), {
            "case_no": case_no, "conversation_id": conversation_id, "guide_code": "company-setup", "guide_version": "2025.1",
            "status": "draft", "created_at": now, "updated_at": now, "revision": 0, "data": {"applicant": NAME, "id": ID_NUMBER},
        })  # fmt: skip
        conn.execute(insert(tables.upload), {
            "id": f"upload-of-{conversation_id}", "conversation_id": conversation_id, "case_no": case_no, "file_name": FILE_NAME,
            "media_type": "image/jpeg", "size": 3, "sha256": "2" * 64, "blob_id": "3" * 32, "checks": [], "created_at": now,
        })  # fmt: skip
        conn.execute(insert(desk_tables.desk_entry), {
            "id": f"entry-of-{conversation_id}", "conversation_id": conversation_id, "reason": "asked", "queued_at": now,
            "state": "waiting", "note": f"{NAME} 想找人工", "kind": "talk", "skill_group": "general", "priority": 5, "contact": NAME,
        })  # fmt: skip
        conn.execute(insert(desk_tables.desk_note), {
            "id": f"note-of-{conversation_id}", "conversation_id": conversation_id, "kind": "note", "text": f"{NAME} 很着急", "at": now,
        })  # fmt: skip
        conn.execute(insert(desk_tables.staff), {
            "id": f"staff-of-{conversation_id}", "login": f"zhuo-{conversation_id}", "password_hash": "x", "display_name": "1号坐席",
            "active": True, "created_at": now,
        })  # fmt: skip
        conn.execute(insert(desk_tables.staff_session), {
            "id": f"session-of-{conversation_id}", "staff_id": f"staff-of-{conversation_id}", "csrf": "x", "created_at": now,
            "expires_at": now, "until_at": now, "id_token": f"{NAME}.{ID_NUMBER}",
        })  # fmt: skip
        conn.execute(insert(desk_tables.desk_card), {
            "id": f"card-of-{conversation_id}", "conversation_id": conversation_id, "staff_id": f"staff-of-{conversation_id}",
            "kind": "edit", "state": "done", "content": {"shown": {"new": NAME}, "kept": {}}, "sent_at": now,
        })  # fmt: skip
        conn.execute(insert(desk_tables.assistance), {
            "id": f"assistance-of-{conversation_id}", "conversation_id": conversation_id, "staff_id": f"staff-of-{conversation_id}",
            "item": "company-setup", "channel": "counter", "given": "oral", "consent": {"words": NAME}, "begun_at": now, "tries": 0,
        })  # fmt: skip
        conn.execute(insert(video_tables.video_call), {
            "id": f"call-of-{conversation_id}", "conversation_id": conversation_id, "staff_id": f"staff-of-{conversation_id}",
            "kind": "video", "state": "live", "asked_by": "staff", "asked_at": now, "outcome": "", "fell_back": "", "recording": "on",
            "citizen_page": "p1", "citizen_line": 1, "staff_page": "p2", "staff_line": 1, "revision": 1,
        })  # fmt: skip
        conn.execute(insert(video_tables.video_signal), {
            "call_id": f"call-of-{conversation_id}", "seq": 1, "party": "staff", "body": {"type": "answer", "sdp": NAME},
        })  # fmt: skip
        conn.execute(insert(video_tables.video_recording), {
            "id": f"recording-of-{conversation_id}", "call_id": f"call-of-{conversation_id}", "words": f"{NAME} 同意录像",
            "agreed_at": now, "state": "running", "media_type": "video/webm",
        })  # fmt: skip
        conn.execute(insert(identity_tables.citizen), {
            "id": f"citizen-of-{conversation_id}", "details": {"name": NAME, "id_number": ID_NUMBER}, "created_at": now,
        })  # fmt: skip
        conn.execute(insert(identity_tables.citizen_session), {
            "id": f"session-of-{conversation_id}", "citizen_id": f"citizen-of-{conversation_id}", "subject_index": "0" * 64,
            "standing": {"authority": {"name": NAME}}, "begun_at": now, "until_at": now,
        })  # fmt: skip
        conn.execute(insert(identity_tables.misuse_alarm), {
            "id": f"alarm-of-{conversation_id}", "kind": "resume", "address_index": "0" * 64, "address": NAME, "began_at": now,
            "last_at": now, "tries": 1,
        })  # fmt: skip
        conn.execute(insert(wechat_tables.wechat_inbox), {
            "account": "official", "peer": f"peer-of-{conversation_id}", "dedup": f"message-of-{conversation_id}", "kind": "text",
            "payload": {"text": NAME}, "sent_at": now, "received_at": now, "state": "new", "tries": 0, "due_at": now,
        })  # fmt: skip
        conn.execute(insert(wechat_tables.wechat_peer), {
            "id": f"peer-of-{conversation_id}", "account": "official", "openid": NAME, "conversation_id": conversation_id,
            "sent_seq": 0, "batch_seq": 0, "sent_part": 0, "budget": 0, "subscribed": True, "menu": {"1": NAME}, "created_at": now,
            "heard_at": now,
        })  # fmt: skip
        conn.execute(insert(wechat_tables.wechat_token), {"account": f"account-of-{conversation_id}", "value": NAME})
        conn.execute(insert(tables.review_sentence), {
            "id": f"sentence-of-{conversation_id}", "digest": f"digest-of-{conversation_id}", "at": now, "reason": "fell_back",
            "text": f"{NAME} 不该在这里", "times": 1, "read_intent": "provide", "confidence": 0.2, "candidates": [], "state": "new",
        })  # fmt: skip
        conn.execute(insert(tables.notice), {
            "key": f"notice-of-{conversation_id}", "about": "e1:accepted", "case_no": case_no, "channel": "sms", "kind": "accepted",
            "state": "planned", "address": NAME, "words": {"text": NAME}, "attempts": 0, "created_at": now,
        })  # fmt: skip
        conn.execute(insert(tables.result), {
            "id": f"result-of-{conversation_id}", "case_no": case_no, "part": "", "office_ref": "SJ1", "state": "valid",
            "sha256": "4" * 64, "media_type": "application/pdf", "size": 3, "blob_id": "5" * 32, "data": {"holder": NAME},
            "created_at": now, "updated_at": now,
        })  # fmt: skip
        conn.execute(insert(tables.rating), {
            "subject": case_no, "conversation_id": conversation_id, "case_no": case_no, "item": "company-setup", "department": "",
            "grade": "dissatisfied", "reasons": ["other"], "words": f"{NAME} 不高兴", "at": now, "follow_up": "open", "contact": "",
            "answer": "",
        })  # fmt: skip
        conn.execute(insert(tables.issued_file), {
            "receipt_no": f"file-of-{conversation_id}", "case_no": case_no, "part": "", "status": "received", "updated_at": now,
            "data": {"asked": NAME},
        })  # fmt: skip
        conn.execute(insert(tables.shipment), {
            "id": f"shipment-of-{conversation_id}", "case_no": case_no, "kind": "envelope", "result_id": "", "state": "asked",
            "attempts": 0, "data": {"address": NAME}, "created_at": now, "updated_at": now,
        })  # fmt: skip
        events.add_in(conn, CaseEvent(case_no, "stuck", now, text=f"{NAME} 的申请送不出去"))
