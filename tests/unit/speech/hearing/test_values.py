"""Values as they are said: some hundreds of sentences, and what the form must read out of each.

``heard/<kind>.tsv``: what a recogniser wrote, what the form must keep, and the question where it matters; noted as in the tables of
``casework/fields``: ``!`` asked about again, ``?value`` asked about and taken on a yes.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.casework.fields.parse import parse
from assistant.engine.components.patterns.codes import id_check_digit
from assistant.speech.hearing.asked import Asked
from assistant.speech.hearing.meaning import meant
from assistant.speech.hearing.values import prepared
from assistant.speech.hearing.vocabulary import Vocabulary
from knowledge.schema import FieldType
from tests.unit.casework.fields.test_said import TODAY, as_noted, asked_for
from tests.unit.casework.fields.test_said import rows as typed_rows

HEARD = Path(__file__).with_name("heard")
_SAID = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"]
_CALLED = ["洞", "幺", "两", "三", "四", "五", "六", "拐", "八", "九"]


def rows() -> list[tuple[FieldType, str, str, str]]:
    found: list[tuple[FieldType, str, str, str]] = []
    for path in sorted(HEARD.glob("*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            sentence, wanted, *asked = line.split("\t")
            found.append((path.stem, sentence, wanted, asked[0] if asked else ""))  # type: ignore[arg-type]
    return found


def read(kind: FieldType, sentence: str, asked: str, words: Vocabulary | None) -> str:
    meaning = meant(sentence, Asked(kind, asked), today=TODAY, vocabulary=words)
    return as_noted(parse(asked_for(kind, asked), meaning.text, TODAY, {}))


@pytest.mark.parametrize(("kind", "sentence", "wanted", "asked"), rows())
def test_a_value_that_was_said_is_read_rightly(
    kind: FieldType, sentence: str, wanted: str, asked: str, words: Vocabulary
) -> None:
    found = read(kind, sentence, asked, words)
    assert found == wanted or (wanted == "!" and found[0] in "!?"), found


def test_the_tables_are_large_and_say_nothing_twice() -> None:
    said = [(kind, sentence, asked) for kind, sentence, _, asked in rows()]
    assert len(said) >= 400 and len(set(said)) == len(said)
    assert len({kind for kind, *_ in said}) >= 10


def test_hearing_takes_nothing_from_what_is_read_as_it_was_typed(words: Vocabulary) -> None:
    """What casework reads of a typed sentence it reads of the same sentence heard, but for doors, which are written in figures."""
    spoilt = []
    for kind, sentence, wanted, asked in typed_rows():
        if wanted[0] in "!?" or kind == "address" or "②" in sentence:
            continue
        field = asked_for(kind, asked)
        options = tuple(word for option in field.options for word in (option.label, *option.aliases))
        question = Asked(field.type, field.label if kind == "text" else asked, options)
        heard = meant(sentence, question, today=TODAY, vocabulary=words).text
        if as_noted(parse(field, heard, TODAY, {})) != wanted:
            spoilt.append((kind, sentence, heard))
    assert not spoilt


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("person_name", "张三"), ("person_name", "万一"), ("company_name", "上海八百伴有限公司"), ("company_name", "三只松鼠商行"),
        ("text", "三个人一起丢的"), ("text", "在二号线丢了两个包"), ("address", "浦东新区五一路示例大厦A座"), (None, "一件事怎么办"),
        (None, "三个月以内能办好吗"), ("choice", "第二个"), ("yes_no", "一个都没有"),
    ],
)  # fmt: skip
def test_numerals_stay_words_where_no_number_is_asked_for(kind: FieldType | None, sentence: str) -> None:
    assert prepared(sentence, Asked(kind, "说一说"), TODAY) == sentence


mobiles = st.builds(
    lambda second, rest: f"1{second}{rest}", st.sampled_from("3456789"), st.text("0123456789", min_size=9, max_size=9)
)
identities = st.builds(
    lambda day, last: (body := f"310101{day:%Y%m%d}{last:03d}") + id_check_digit(body),
    st.dates(min_value=TODAY.replace(year=1930), max_value=TODAY.replace(year=2025)),
    st.integers(0, 999),
)


def _said(number: str, draw: st.DataObject) -> str:
    """A number as it is spoken: digits under either name, in groups, with pauses and repeats."""
    pieces, at = [], 0
    while at < len(number):
        sign = number[at]
        run = len(number[at:]) - len(number[at:].lstrip(sign))
        if run >= 2 and sign.isdigit() and draw.draw(st.booleans()):
            count = draw.draw(st.integers(2, min(run, 9)))
            pieces.append(f"{'零一两三四五六七八九'[count]}个{_SAID[int(sign)]}")
            at += count
            continue
        pieces.append("叉" if sign == "X" else draw.draw(st.sampled_from((_SAID, _CALLED)))[int(sign)].replace("两", "二"))
        at += 1
        if at in (3, 6, 10, 14) and draw.draw(st.booleans()):
            pieces.append(draw.draw(st.sampled_from(("，", "，嗯，", "嗯", "、", " "))))
    return "".join(pieces)


@settings(deadline=None)
@given(mobiles, st.data())
def test_a_mobile_number_is_read_however_it_is_spoken(number: str, data: st.DataObject) -> None:
    said = _said(number, data)
    assert meant(said, Asked("phone"), today=TODAY).value == number, said


@settings(deadline=None)
@given(identities, st.data())
def test_an_identity_number_is_read_however_it_is_spoken(number: str, data: st.DataObject) -> None:
    said = _said(number, data)
    assert meant(said, Asked("id_number"), today=TODAY).value == number, said


@settings(deadline=None)
@given(st.text(st.sampled_from("嗯一二三四五六七八九零两个十百千万点幺叉X，。138 年月日号AM@的是不"), max_size=30), st.sampled_from(
    ["id_number", "phone", "uscc", "date", "amount", "area", "integer", "email", "address", "person_name", "text"]))  # fmt: skip
def test_whatever_is_said_something_comes_back_and_stays_as_it_is(text: str, kind: FieldType) -> None:
    once = meant(text, Asked(kind, "银行卡号" if kind == "text" else ""), today=TODAY)
    assert once == meant(text, Asked(kind, "银行卡号" if kind == "text" else ""), today=TODAY)
    assert once.certain or once.readback is None or once.value is not None
