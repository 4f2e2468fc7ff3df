"""Receipts and files as the API shows them."""

from __future__ import annotations

from typing import Any

from sandbox.office import results
from sandbox.office.model import OfficeFile, Package


def receipt(held: OfficeFile, package: Package) -> dict[str, Any]:
    """The receipt of one package: the same for the first sending and for every repeat, but for the present status."""
    return {
        "receipt_no": held.receipt_no,
        "case_no": held.case_no,
        "version": package.version,
        "received_at": package.received_at,
        "status": str(held.status),
    }


def file(held: OfficeFile) -> dict[str, Any]:
    """A file as the API shows it; what the office keeps for its staff is not in it."""
    standing = held.standing
    body: dict[str, Any] = {
        "receipt_no": held.receipt_no,
        "case_no": held.case_no,
        "department": held.share.department,
        "part": held.share.part,
        "version": held.version,
        "status": str(held.status),
        "versions": [{"version": p.version, "sha256": p.sha256, "received_at": p.received_at} for p in held.packages],
        "history": [
            {
                "seq": seq,
                "at": entry.at,
                "status": str(entry.status),
                "text": entry.text,
                "by": entry.by,
                "version": entry.version,
            }
            for seq, entry in enumerate(held.history, start=1)
        ],
        "wanting": standing.wanting,
        "due": standing.due,
        "stopped": [{"from": stop.start, "until": stop.until, "why": stop.why} for stop in held.stops],
        "extension": None if held.extension is None else vars(held.extension),
        "decision": standing.decision,
        "result": results.public(standing.result),
    }
    if held.correction is not None:
        body["correction"] = held.correction
    return body
