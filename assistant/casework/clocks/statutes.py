"""The articles the clocks go by, and the numbers they set. All days here are working days (行政许可法 第八十二条).

That the first day is not counted is not in 行政许可法; it is how periods are counted generally (民法典 第二百零一条), as is
that a period of calendar days which would end on a day off ends on the next working day (第二百零三条).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

LICENCE: Final = "行政许可"
"""The 事项类型 (``Guide.task_type``) 行政许可法 is about; for any other the clocks of this module say nothing."""


@dataclass(frozen=True)
class Article:
    """One article of a statute, as evidence in guides names it."""

    title: str
    article: str

    def __str__(self) -> str:
        return f"《{self.title}》{self.article}"


_LICENSING = "行政许可法"

ACCEPTANCE: Final = Article(_LICENSING, "第三十二条")
"""What is wanting is told at once or within five days, all of it in one go; if it is not, the application counts as accepted
from the day it was received."""
DECISION: Final = Article(_LICENSING, "第四十二条")
"""Twenty days from acceptance unless a law or administrative regulation says otherwise; ten more if the head of the authority
approves, and the reason is told. Several licences together (第二十六条): forty-five and fifteen."""
DELIVERY: Final = Article(_LICENSING, "第四十四条")
"""A licence granted is handed over within ten days of the decision."""
EXCLUDED: Final = Article(_LICENSING, "第四十五条")
"""Hearing, bidding, auction, inspection, testing, quarantine, appraisal and expert review are not counted; the applicant is told
in writing how long they take."""
WORKING_DAYS: Final = Article(_LICENSING, "第八十二条")
"""The limits of that law are counted in working days, without public holidays."""
REMEDY: Final = Article(_LICENSING, "第七条")
"""Reconsideration, court, and compensation for a licence handled unlawfully."""

ACCEPTANCE_DAYS: Final = 5
DELIVERY_DAYS: Final = 10
DECISION_DAYS: Final = 20
DECISION_EXTENSION: Final = 10
