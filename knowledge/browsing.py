"""Finding an item without words: by theme, by life event, by department, by who applies.

Only categories that have guides are offered, so that no way leads to an empty list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from assistant.foundation.messages import t
from knowledge.categories import categories
from knowledge.schema import Guide

APPLICANTS = ("person", "enterprise", "individual_business")


class UnknownCategory(ValueError):
    """A code that is in no list of categories; the text is the name of the filter (``theme``, ``life_event``, …)."""


@dataclass(frozen=True, slots=True)
class Category:
    """One category and how many guides are in it."""

    code: str
    name: str
    total: int


@dataclass(frozen=True, slots=True)
class Directory:
    """Every category that has guides, in the order of ``categories.yaml``. Life events are of persons and of enterprises."""

    themes: list[Category]
    life_events: dict[str, list[Category]]
    sectors: list[Category]
    applicants: list[Category]


def directory(guides: Iterable[Guide], language: str | None = None) -> Directory:
    """The categories of these guides, with how many are in each."""
    held, known = list(guides), categories(language)

    def counted(names: Mapping[str, str], codes_of: Callable[[Guide], Iterable[str | None]]) -> list[Category]:
        totals = {code: sum(code in codes_of(guide) for guide in held) for code in names}
        return [Category(code, names[code], total) for code, total in totals.items() if total]

    return Directory(
        themes=counted(known.themes, lambda guide: guide.themes),
        life_events={whose: counted(events, lambda guide: guide.life_events) for whose, events in known.life_events.items()},
        sectors=counted(known.sectors, lambda guide: [guide.sector]),
        applicants=counted(applicant_names(), lambda guide: guide.applicant),
    )


def filtered(
    guides: Iterable[Guide], *, theme: str | None = None, life_event: str | None = None, sector: str | None = None,
    applicant: str | None = None,
) -> list[Guide]:
    """The guides in all of the categories given.

    Raises:
        UnknownCategory: a code is in no list.
    """
    wanted = {"theme": theme, "life_event": life_event, "sector": sector, "applicant": applicant}
    for kind, code in wanted.items():
        if code is not None and category_name(kind, code) is None:
            raise UnknownCategory(kind)
    return [
        guide
        for guide in guides
        if (theme is None or theme in guide.themes)
        and (life_event is None or life_event in guide.life_events)
        and (sector is None or sector == guide.sector)
        and (applicant is None or applicant in guide.applicant)
    ]


def category_name(kind: str, code: str, language: str | None = None) -> str | None:
    """What to call a category; None if there is none of this code. ``kind`` is theme, life_event, sector or applicant."""
    known = categories(language)
    match kind:
        case "theme":
            return known.themes.get(code)
        case "life_event":
            return known.life_event(code)
        case "sector":
            return known.sectors.get(code)
        case _:
            return applicant_names().get(code)


def applicant_names() -> dict[str, str]:
    """Who may apply, in words, in the language being spoken."""
    return {code: t(f"guides.applicant_{code}") for code in APPLICANTS}


def theme_names(guide: Guide, language: str | None = None) -> list[str]:
    """The guide's themes in words; a code nobody has named is left out (the audit of guides reports it)."""
    known = categories(language).themes
    return [known[code] for code in guide.themes if code in known]


def in_order_of_life(guides: Iterable[Guide]) -> list[Guide]:
    """Guides in the order of ``categories.yaml``'s life events; those not written yet, or of no event, last."""
    events = [code for group in categories().life_events.values() for code in group]

    def place(guide: Guide) -> tuple[bool, int, str]:
        first = min((events.index(code) for code in guide.life_events if code in events), default=len(events))
        return guide.outline, first, guide.code

    return sorted(guides, key=place)
