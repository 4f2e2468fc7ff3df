"""Stretches of time a limit does not count: while the citizen corrects, and the procedures 行政许可法 第四十五条 names.

A visit to the premises (现场核查, 行政许可法 第三十四条) is not among them: it is part of the review. An office may leave it out
of what it promises; the legal limit goes on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class StopKind(StrEnum):
    """Why the clock stands still. The values are the codes an office sends."""

    CORRECTION = "correction"
    HEARING = "hearing"
    BIDDING = "bidding"
    AUCTION = "auction"
    EXAMINATION = "examination"
    TESTING = "testing"
    QUARANTINE = "quarantine"
    APPRAISAL = "appraisal"
    EXPERT_REVIEW = "expert_review"
    SITE_VISIT = "inspection"

    @property
    def legal(self) -> bool:
        """Whether it stops the legal limit too, and not only what the office promised."""
        return self is not StopKind.SITE_VISIT


_WORDS = {
    "补正": StopKind.CORRECTION,
    "听证": StopKind.HEARING,
    "招标": StopKind.BIDDING,
    "拍卖": StopKind.AUCTION,
    "检验": StopKind.EXAMINATION,
    "检测": StopKind.TESTING,
    "检疫": StopKind.QUARANTINE,
    "鉴定": StopKind.APPRAISAL,
    "评审": StopKind.EXPERT_REVIEW,
    "现场": StopKind.SITE_VISIT,
}


@dataclass(frozen=True)
class Stop:
    """One stretch. The clock runs on ``start`` itself and again on the day after ``end``; None: it has not ended yet."""

    start: date
    end: date | None
    why: StopKind


def kind_of(words: str) -> StopKind | None:
    """The reason an office gives, by our code or in Chinese; None for one the law does not know: its days count."""
    code = next((kind for kind in StopKind if kind.value == words.strip().lower()), None)
    return code or next((kind for word, kind in _WORDS.items() if word in words), None)


def stretches(stops: Iterable[Stop], today: date) -> list[tuple[date, date]]:
    """The days after a start up to and including an end, overlaps joined; a stop that goes on counts up to ``today``."""
    joined: list[tuple[date, date]] = []
    for start, end in sorted((stop.start, stop.end if stop.end is not None else max(today, stop.start)) for stop in stops):
        if end <= start:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def stopped_since(stops: Iterable[Stop], today: date) -> Stop | None:
    """The stop the clock stands at on ``today``: the earliest that goes on, or None while it runs."""
    going_on = [stop for stop in stops if stop.start <= today and (stop.end is None or stop.end > today)]
    return min(going_on, key=lambda stop: stop.start, default=None)
