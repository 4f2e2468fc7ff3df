"""The states of an office file, the actions staff may take in each, and the words people read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """The life of an office file (收件)."""

    EXPECTED = "expected"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    CORRECTION_NEEDED = "correction_needed"
    REFUSED = "refused"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    DENIED = "denied"
    DELIVERED = "delivered"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Action:
    """One decision staff can take: where from, where it leads (None: it stays there), whether it must be reasoned."""

    name: str
    label: str
    sources: frozenset[Status]
    target: Status | None
    text: str
    reason_required: bool = False


_S = Status
ACTIONS: dict[str, Action] = {
    action.name: action
    for action in (
        Action("papers", "收到纸质材料", frozenset({_S.EXPECTED}), _S.RECEIVED, "已收到纸质材料，等待受理。"),
        Action(
            "accept",
            "受理",
            frozenset({_S.RECEIVED, _S.CORRECTION_NEEDED}),
            _S.ACCEPTED,
            "申请材料齐全、符合法定形式，予以受理。",
        ),
        Action(
            "correct",
            "要求补正",
            frozenset({_S.RECEIVED, _S.ACCEPTED, _S.IN_REVIEW}),
            _S.CORRECTION_NEEDED,
            "",
            reason_required=True,
        ),
        Action("refuse", "不予受理", frozenset({_S.RECEIVED, _S.CORRECTION_NEEDED}), _S.REFUSED, "", reason_required=True),
        Action("review", "进入审核", frozenset({_S.ACCEPTED}), _S.IN_REVIEW, "已转入审核。"),
        Action(
            "inspect",
            "开始现场核查",
            frozenset({_S.ACCEPTED, _S.IN_REVIEW}),
            _S.IN_REVIEW,
            "开始现场核查。核查期间不计入承诺时限，法定时限照常计算。",
        ),
        Action("inspected", "现场核查结束", frozenset({_S.IN_REVIEW}), _S.IN_REVIEW, "现场核查结束，承诺时限继续计算。"),
        Action("extend", "延长期限", frozenset({_S.ACCEPTED, _S.IN_REVIEW}), None, "", reason_required=True),
        Action("approve", "准予", frozenset({_S.ACCEPTED, _S.IN_REVIEW}), _S.APPROVED, "经审核，符合法定条件，准予办理。"),
        Action("deny", "不予", frozenset({_S.ACCEPTED, _S.IN_REVIEW}), _S.DENIED, "", reason_required=True),
        Action("deliver", "送达", frozenset({_S.APPROVED}), _S.DELIVERED, "办理结果已送达申请人。"),
    )
}

WITHDRAWABLE = frozenset({_S.EXPECTED, _S.RECEIVED, _S.ACCEPTED, _S.CORRECTION_NEEDED, _S.IN_REVIEW})

LABELS: dict[Status, str] = {
    _S.EXPECTED: "待交材料",
    _S.RECEIVED: "已收件",
    _S.ACCEPTED: "已受理",
    _S.CORRECTION_NEEDED: "待补正",
    _S.REFUSED: "不予受理",
    _S.IN_REVIEW: "审核中",
    _S.APPROVED: "准予",
    _S.DENIED: "不予",
    _S.DELIVERED: "已送达",
    _S.WITHDRAWN: "已撤回",
}


def actions_in(status: Status, *, inspecting: bool = False) -> list[Action]:
    """The actions open to staff for a file in this state, in the order of the buttons.

    While an inspection runs there is only its end: nobody decides on what is still being looked at.
    """
    return [action for action in ACTIONS.values() if status in action.sources and inspecting == (action.name == "inspected")]
