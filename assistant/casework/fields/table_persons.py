"""Persons named by what they are to somebody: 妻子李四和儿子王小样, 李四是我老婆, 张三 丈夫 110105…."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.engine.components.patterns.numerals import normalise
from knowledge.schema import Column

_HAN = r"\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_NAME = rf"(?:[{_HAN}]{{2,4}}?|[{_HAN}]+(?:[·•・．][{_HAN}]+)*[·•・．][{_HAN}]+?)"
_WHOSE = r"(?:我|本人|申请人|迁移人|经营者|他|她)?(?:家)?的?"
_NUMBER = r"(?:[\s，,]*(?:身份证号?码?|号码)?[:：是]?\s*(?P<id{0}>\d{{15,17}}[\dXx]))?"
_AND = r"\s*(?:[，,、;；]|以及|还有|和|跟|与|及)\s*"


def persons_of(columns: Sequence[Column], text: str) -> list[dict[str, str]]:
    """The rows of a clause that names persons by what they are, as written; empty where any part of it is something else.

    Only for tables with a column of names and one of choices; each person has a choice's wording, maybe an identity number.
    """
    name = next((c for c in columns if c.type == "person_name"), None)
    choice = next((c for c in columns if c.type == "choice"), None)
    number = next((c for c in columns if c.type == "id_number"), None)
    if name is None or choice is None:
        return []
    words = {word for option in choice.options for word in (option.label, *option.aliases)}
    said = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    before = rf"{_WHOSE}(?P<what0>{said})(?:是|叫做?)?[:：\s]*(?P<name0>{_NAME}){_NUMBER.format(0)}"
    behind = rf"(?P<name1>{_NAME})[\s，,]*(?:是|系|为)?{_WHOSE}(?P<what1>{said}){_NUMBER.format(1)}"
    one = re.compile(rf"(?:{before}|{behind})(?=(?P<rest>(?:{_AND}.+)?$))")
    found: list[dict[str, str]] = []
    left = normalise(text).strip()
    while left:
        match = one.match(left)
        if match is None:
            return []
        which = "0" if match["what0"] else "1"
        found.append({name.key: match[f"name{which}"], choice.key: match[f"what{which}"]})
        if match[f"id{which}"]:
            if number is None:
                return []
            found[-1][number.key] = match[f"id{which}"]
        left = re.sub(rf"^{_AND}", "", match["rest"])
    return found
