"""Which items to point out: the most used, what people needed next, and what fits somebody's own cases (推荐).

Pure: cases and counts go in, items with a reason come out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from assistant.casework.model import Case, CaseStatus
from assistant.casework.usage import FEWEST
from assistant.foundation.messages import ENGLISH, language, t
from knowledge.browsing import in_order_of_life
from knowledge.catalogue import Catalogue
from knowledge.categories import categories
from knowledge.composer import ended
from knowledge.schema import Guide
from knowledge.translation import called

MOST = 4
_GIVEN_UP = frozenset({CaseStatus.WITHDRAWN, CaseStatus.EXPIRED, CaseStatus.REFUSED, CaseStatus.DENIED})
Afterwards = Callable[[str], Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An item and why it is pointed out; ``count`` where at least five conversations stand behind it."""

    guide: Guide
    reason: str
    count: int | None = None


def most_used(catalogue: Catalogue, started: Mapping[str, int]) -> list[tuple[Guide, int]]:
    """Guides by how many cases were started; among equals in the order of a life. Those not written yet are left out."""
    ready = [guide for guide in in_order_of_life(catalogue.all()) if not guide.outline]
    return sorted(((guide, started.get(guide.code, 0)) for guide in ready), key=lambda pair: -pair[1])


def needed_next(guide: Guide, catalogue: Catalogue, after: Mapping[str, int]) -> list[Suggestion]:
    """What people started after this item, the most frequent first, then what the guide itself says often follows."""
    why = {other.code: follow.why for follow in guide.followups if (other := catalogue.by_name(follow.item)) is not None}
    counted = {code: count for code, count in after.items() if count >= FEWEST and code in catalogue.guides}
    found = []
    for code in [*counted, *(code for code in why if code not in counted)]:
        reason = why.get(code) or t("guides.next_counted", name=called(guide))
        found.append(Suggestion(catalogue.guides[code], reason, counted.get(code)))
    return [one for one in found if one.guide.code != guide.code]


def recommended(
    cases: Iterable[Case], catalogue: Catalogue, afterwards: Afterwards, started: Mapping[str, int], most: int = MOST
) -> list[Suggestion]:
    """What to point out to somebody with these cases (the most recent first), each item once, with the reason.

    Never what she has in hand or has done already. Somebody without a case gets what many people start, if many do.
    """
    held = [case for case in cases if case.status not in _GIVEN_UP]
    taken = {case.guide_code for case in held}
    own = [guide for case in held if (guide := catalogue.guides.get(case.guide_code)) is not None]
    found: dict[str, Suggestion] = {}
    for one in [*_following(own, catalogue, afterwards), *_of_the_same_kind(own, catalogue), *_often(catalogue, started, held)]:
        if one.guide.code not in taken and not one.guide.outline:
            found.setdefault(one.guide.code, one)
    return list(found.values())[:most]


def _following(own: list[Guide], catalogue: Catalogue, afterwards: Afterwards) -> Iterator[Suggestion]:
    for guide in own:
        for one in needed_next(guide, catalogue, afterwards(guide.code)):
            said = t("guides.next_counted", name=called(guide))
            reason = said if one.reason == said else ended(said) + (" " if language() == ENGLISH else "") + one.reason
            yield Suggestion(one.guide, reason, one.count)


def _of_the_same_kind(own: list[Guide], catalogue: Catalogue) -> Iterator[Suggestion]:
    """Items of the same occasion for the same kind of applicant, those sharing the most occasions first."""
    others = in_order_of_life(catalogue.all())
    for guide in own:
        alike = [(other, [event for event in guide.life_events if event in other.life_events]) for other in others]
        for other, shared in sorted(alike, key=lambda pair: -len(pair[1])):
            if shared and set(other.applicant) & set(guide.applicant):
                event = categories(language()).life_event(shared[0]) or ""
                yield Suggestion(other, t("guides.same_event", event=event))


def _often(catalogue: Catalogue, started: Mapping[str, int], held: list[Case]) -> Iterator[Suggestion]:
    if held:
        return
    for guide, count in most_used(catalogue, started):
        if count >= FEWEST:
            yield Suggestion(guide, t("guides.often_started"), count)
