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
REGISTRATION: Final = Article("市场主体登记管理条例", "第十九条")
"""Three days where it cannot be done on the spot; three more in complicated cases if the head of the registry approves."""
DELIVERY: Final = Article(_LICENSING, "第四十四条")
"""A licence granted is handed over within ten days of the decision."""
EXCLUDED: Final = Article(_LICENSING, "第四十五条")
"""Hearing, bidding, auction, inspection, testing, quarantine, appraisal and expert review are not counted; the applicant is told
in writing how long they take."""
FROM_RECEIPT: Final = frozenset(
    Article(title, article)
    for title, articles in {
        "护照法": ("第六条",),
        "居民身份证法": ("第十二条",),
        "建筑法": ("第八条",),
        "社会保险经办条例": ("第六条", "第十八条", "第二十条", "第二十四条"),
        "城市居民最低生活保障条例": ("第八条",),
    }.items()
    for article in articles
)
"""Articles whose days run from the day the application was received (自收到申请之日起, 自提交…之日起), not from acceptance."""
WORKING_DAYS: Final = Article(_LICENSING, "第八十二条")
"""The limits of that law are counted in working days, without public holidays."""
REMEDY: Final = Article(_LICENSING, "第七条")
"""Reconsideration, court, and compensation for a licence handled unlawfully."""

ACCEPTANCE_DAYS: Final = 5
DELIVERY_DAYS: Final = 10
DECISION_DAYS: Final = 20
TOGETHER_DAYS: Final = 45
EXTENSIONS: Final = {DECISION: 10, REGISTRATION: 3}
"""The articles that allow more days, and how many: what an office adds counts as far as one of these, named as a source of the
limit, goes. Other laws have their own rules ("法律、法规另有规定的，依照其规定")."""
TOGETHER_EXTENSION: Final = 15
