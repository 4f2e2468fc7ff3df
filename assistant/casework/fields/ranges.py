"""Choosing among options that stand for stretches of a quantity: 还不到半年, where it is asked whether half a year is over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from assistant.casework.fields import agreeing, english, quantities
from assistant.casework.fields.ordinals import ordinal
from assistant.casework.fields.quantities import Stretch
from assistant.casework.fields.result import Accepted, Parsed, Rejected
from assistant.casework.fields.wordings import named, squeezed, words_of
from assistant.foundation.messages import t
from knowledge.schema import Option

#: 对，才三个月 only begins like a yes.
_OPENINGS = frozenset(("对", "嗯", "哦", "好", "是"))


def choose(text: str, choices: Sequence[Option], today: date) -> Parsed | None:
    """The option a quantity falls into; several of them are asked about; None where no quantity decides anything.

    An option's own words, and its number in the list, are no quantities. What is said besides (两年了，登记过) tells options of
    the same stretch apart; where it names another one, neither is taken.
    """
    unit = next((option.range.unit for option in choices if option.range is not None), None)
    if unit is None or english.is_latin(text):
        return None
    plain = squeezed(text)
    if ordinal(text.strip(), len(choices)) is not None or any(plain in map(squeezed, (o.value, *words_of(o))) for o in choices):
        return None
    told = quantities.said(text, unit, today)
    if told is None:
        return None
    fitting = [option for option in choices if option.range is not None and stretch_of(option).meets(told.stretch)]
    besides = named(told.rest, choices).options
    if len(besides) == 1 and (besides[0].range is None or besides[0] in fitting):
        return Accepted(besides[0].value, besides[0].label)
    if not fitting:
        return None
    agreed = agreeing.whole(told.rest.partition("，")[0].strip()) if {o.value for o in choices} == {"yes", "no"} else None
    contradicts = agreed is not None and told.rest not in _OPENINGS and fitting[0].value != ("yes" if agreed else "no")
    if len(fitting) == 1 and not besides and not contradicts:
        return Accepted(fitting[0].value, fitting[0].label)
    left = fitting if len(fitting) > 1 else choices
    return Rejected("choice_which", t("fields.choice_which", options=t("fields.list_separator").join(o.label for o in left)))


def stretch_of(option: Option) -> Stretch:
    """An option's range."""
    bounds = option.range
    assert bounds is not None
    low = bounds.min if bounds.min is not None else bounds.over
    high = bounds.max if bounds.max is not None else bounds.under
    return Stretch(
        None if low is None else Fraction(str(low)), None if high is None else Fraction(str(high)),
        bounds.min is not None, bounds.max is not None,
    )  # fmt: skip
