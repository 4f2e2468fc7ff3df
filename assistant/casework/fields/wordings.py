"""Which options a sentence names by their words, and which it says it does not mean: 不卖刺身，只做热菜."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.engine.components.patterns.numerals import normalise
from knowledge.schema import Option

#: A denial before a wording, in the same clause; 没有…有 and 不在…就在 deny what is between only.
_DENIED = re.compile(
    r"(?:不是|并非|不|没有?|无|未|别)(?:再|想|要|会|打算|做|卖|用|需要|办|选|算|被|属于|都|在|另外租|一[辆个台家]|任何)*$"
)
#: 大车没有.
_DENIED_AFTER = re.compile(r"^(?:都|也|是|倒是|还|就)*(?:没有?|木有|没得|无|不要|不做|不卖)[的了啊呢]*$")
_CLAUSE = re.compile(r"[，,。;；!！\n]")


@dataclass(frozen=True)
class Named:
    """The options named, in the order of the options, and those denied."""

    options: list[Option]
    denied: list[Option]


def squeezed(text: str) -> str:
    """The text in one line of small letters without marks and blanks, which is what wordings are compared in."""
    return re.sub(r"[\s，。,.!！?？；;、~～\"'“”（）()]", "", normalise(text)).lower()


def words_of(option: Option) -> list[str]:
    """The label and every other word for an option."""
    return [option.label, *option.aliases]


def named(text: str, options: Sequence[Option], *, stems: bool = False) -> Named:
    """The options whose words stand in a text; of words that overlap the longest counts (没有遗失 is not 遗失).

    ``stems`` also finds 结婚 of 结婚了 and 仓库 of 有仓库.
    """
    return _named(text, options, stems) or _named(text, options, stems, loosely=True) or Named([], [])


def _named(text: str, options: Sequence[Option], stems: bool, loosely: bool = False) -> Named | None:
    """The same; None where nothing is named. ``loosely``, 了 may stand anywhere or be left out: 换了地方 for 换地方了."""
    said: dict[str, Option] = {}
    denied: dict[str, Option] = {}
    for clause in _CLAUSE.split(normalise(text)):
        plain = _as_compared(squeezed(clause), loosely)
        forms = {(form, option.value): option for option in options for form in _forms(option, stems, loosely) if form in plain}
        taken: list[tuple[int, int]] = []
        for (word, value), option in sorted(forms.items(), key=lambda pair: -len(pair[0][0])):
            for match in re.finditer(re.escape(word), plain):
                if any(match.start() < end and start < match.end() for start, end in taken):
                    continue
                taken.append(match.span())
                no = _DENIED.search(plain[: match.start()]) or _DENIED_AFTER.match(plain[match.end() :])
                (denied if no else said)[value] = option
    if not said and not denied:
        return None
    return Named([o for o in options if o.value in said], [o for o in options if o.value in denied and o.value not in said])


def _as_compared(plain: str, loosely: bool) -> str:
    return plain.replace("了", "") if loosely else plain


def _forms(option: Option, stems: bool, loosely: bool) -> set[str]:
    found = {squeezed(word) for word in words_of(option)}
    if stems:
        found |= {word[1:] for word in found if word[0:1] == "有" and len(word) > 2}
        found |= {word[:-1] for word in found if word[-1:] in ("了", "的") and len(word) > 2}
    return {form for word in found if len(form := _as_compared(word, loosely)) >= (3 if loosely else 2)}
