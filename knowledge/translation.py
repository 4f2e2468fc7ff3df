"""A guide in another language: ``guides/<language>/<code>.yaml`` says each shown text of the Chinese guide once more.

The guide itself stays the one truth. A translation is laid over it where a person reads; what has no translation is shown
in Chinese. Codes, keys, values, conditions and evidence are never touched, and everything that can be typed in Chinese
(option labels and aliases, field names) can still be typed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field

from knowledge.schema import Column, Guide, GuideField, Option

ENGLISH = "en"
#: The parts of a guide whose strings are read by people, by the model they stand in. ``name`` of a guide is a contract.
_SHOWN: dict[str, tuple[str, ...]] = {
    "Guide": ("department", "summary"),
    "Evidence": ("title", "article"),
    "Fact": ("text", "doubtful"),
    "Online": ("text", "doubtful"),
    "TimeLimit": ("text", "doubtful"),
    "LimitCase": ("text",),
    "Fee": ("text", "doubtful"),
    "Step": ("name", "text", "office", "doubtful"),
    "FeeItem": ("name", "per"),
    "Visits": ("reason",),
    "Contact": ("name",),
    "FollowUp": ("why",),
    "Place": ("name", "address", "hours", "phone"),
    "Faq": ("question", "answer", "doubtful"),
    "Result": ("name", "text", "doubtful"),
    "Receiving": ("text", "doubtful"),
    "Option": ("label",),
    "Rule": ("message",),
    "Check": ("message", "remedy"),
    "Judgement": ("message",),
    "GuideField": ("label", "question", "why", "example"),
    "Column": ("label", "example"),
    "Rows": ("called", "too_many"),
    "TableRule": ("message",),
    "Material": ("name", "note"),
    "DocumentSpec": ("title", "signer"),
    "Neighbour": ("difference",),
}
#: Parts that are not shown, or may well stay in Chinese: statutes are cited by their own names, forms keep their titles.
_SILENT = frozenset({"when", "must", "one_when", "names", "evidence", "documents", "aliases"})


class Translation(BaseModel):
    """One translation file. ``names`` are what the item is called, the best first; ``samples`` what people say who want it.

    ``texts`` maps a Chinese text, exactly as the guide has it, to the translation.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    language: str
    names: list[str] = Field(min_length=1)
    samples: list[str] = []
    texts: dict[str, str] = {}

    def text(self, chinese: str) -> str:
        """The translation, or the Chinese text where there is none."""
        return self.texts.get(chinese) or chinese


class TranslatedGuide(Guide):
    """A guide as a speaker of another language reads it. ``name`` is still the official one; ``title`` is what to call it."""

    title: str
    language: str


def read_translation(path: Path) -> Translation:
    """One file.

    Raises:
        ValueError: it cannot be read as a translation; the message says why.
    """
    try:
        return Translation.model_validate(yaml.safe_load(path.read_text(encoding="utf-8-sig")))
    except (yaml.YAMLError, OSError, ValueError) as error:
        raise ValueError(str(error).splitlines()[0]) from error


def translated(guide: Guide, translation: Translation | None, language: str) -> TranslatedGuide:
    """The guide in another language; without a translation only its reader is another."""
    texts = translation or Translation(language=language, names=[guide.name])
    parts = {name: _laid_over(getattr(guide, name), texts) for name in type(guide).model_fields}
    parts |= {name: _text(getattr(guide, name), texts) for name in _SHOWN["Guide"]}
    title = texts.texts.get(guide.name) or texts.names[0]
    parts |= {"name": guide.name, "title": title, "language": language}
    return TranslatedGuide.model_construct(**parts)


def called(guide: Guide) -> str:
    """What to call the item: its title in the reader's language, or its official name."""
    return guide.title if isinstance(guide, TranslatedGuide) else guide.name


def called_in_full(guide: Guide) -> str:
    """The same at its first mention: a translated title is followed by the official name, which is on every form."""
    title = called(guide)
    return title if title == guide.name else f"{title} ({guide.name})"


def told_in_full(guide: Guide, translation: Translation | None) -> bool:
    """Whether a translation goes beyond the item's name and summary, so that questions and forms are in it too."""
    return translation is not None and bool(translation.texts.keys() - {guide.name, guide.summary})


def every_text(guide: Guide) -> set[str]:
    """Every string of a guide, shown or not: whatever else a translation names is stale."""
    found: set[str] = set()
    waiting: list[Any] = [guide.model_dump()]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            found.add(part)
        elif isinstance(part, Mapping):
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)
    return found


def shown_texts(guide: Guide) -> Iterator[str]:
    """Every text of a guide that is shown in a conversation, in the guide's order."""
    yield guide.name
    yield from _texts_of(guide)


def _texts_of(part: Any) -> Iterator[str]:
    if isinstance(part, BaseModel):
        for name in _SHOWN.get(type(part).__name__, ()):
            value = getattr(part, name)
            yield from [value] if isinstance(value, str) else value or ()
        for name in type(part).model_fields:
            if name not in _SILENT:
                yield from _texts_of(getattr(part, name))
    elif isinstance(part, list):
        for item in part:
            yield from _texts_of(item)


def _laid_over(part: Any, texts: Translation) -> Any:
    if isinstance(part, BaseModel):
        changed = {
            name: _laid_over(getattr(part, name), texts)
            for name in type(part).model_fields
            if name not in ("when", "must", "one_when")
        }
        changed |= {name: _text(getattr(part, name), texts) for name in _SHOWN.get(type(part).__name__, ())}
        if isinstance(part, Option):
            changed["aliases"] = _both([part.label, *part.aliases], texts)
        elif isinstance(part, GuideField | Column):
            changed["names"] = _both([part.label, *part.names], texts)
        return part.model_copy(update=changed)
    if isinstance(part, list):
        return [_laid_over(item, texts) for item in part]
    if isinstance(part, Mapping):
        return {key: _laid_over(item, texts) for key, item in part.items()}
    return part


def _text(value: Any, texts: Translation) -> Any:
    if isinstance(value, str):
        return texts.text(value)
    return [texts.text(item) for item in value] if isinstance(value, list) else value


def _both(chinese: list[str], texts: Translation) -> list[str]:
    """The Chinese wordings and their translations: either may be typed."""
    return list(dict.fromkeys([*chinese, *(texts.texts[word] for word in chinese if word in texts.texts)]))
