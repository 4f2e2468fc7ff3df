"""Answers that are not true: another's number, another's case, a history that says things twice, a result that was changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from starlette.types import Message

Other = Callable[[str], tuple[str, str] | None]
"""Another file than the one with this receipt number: its receipt number and case number."""

_NOBODY = ("SJ19000101000001", "NOBODY-0001")


def told(mode: str, messages: list[Message], other: Other) -> list[Message]:
    """The answer with its body replaced by a lie; an answer that is no success stays as it is."""
    started = next((message for message in messages if message["type"] == "http.response.start"), None)
    if started is None or started["status"] >= 300:
        return messages
    body = b"".join(message.get("body", b"") for message in messages if message["type"] == "http.response.body")
    spoilt = _spoilt(mode, body, other)
    headers = [(name, value) for name, value in started["headers"] if name.lower() != b"content-length"]
    return [
        {**started, "headers": [*headers, (b"content-length", str(len(spoilt)).encode())]},
        {"type": "http.response.body", "body": spoilt},
    ]


def _spoilt(mode: str, body: bytes, other: Other) -> bytes:
    if mode == "broken_json":
        return body[: len(body) // 2]
    if mode == "wrong_result":
        # As long as before, and still a PDF to look at: only its hash tells.
        return body[:-8] + bytes(byte ^ 1 for byte in body[-8:])
    answer: Any = json.loads(body)
    for file in answer.get("items", [answer]):
        _change(mode, file, other(file["receipt_no"]) or _NOBODY)
    return json.dumps(answer, ensure_ascii=False).encode()


def _change(mode: str, file: dict[str, Any], somebody: tuple[str, str]) -> None:
    if mode == "lying_number":
        file["receipt_no"] = somebody[0]
    elif mode == "wrong_case":
        file["case_no"] = somebody[1]
    elif mode == "history_twice":
        file["history"] = [line for line in file["history"] for _ in range(2)]
    elif mode == "history_impossible":
        last = file["history"][-1]
        file["history"].append({**last, "seq": last["seq"] + 1, "status": _cannot_follow(last["status"]), "text": "（演示故障）"})
        file["status"] = file["history"][-1]["status"]


def _cannot_follow(status: str) -> str:
    if status in ("refused", "denied", "withdrawn"):
        return "approved"
    return "delivered" if status in ("received", "correction_needed") else "received"
