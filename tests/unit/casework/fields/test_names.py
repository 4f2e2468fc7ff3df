"""Names of persons as documents of any country print them, and what only looks like one."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.casework.fields import extract, names
from assistant.casework.fields.result import Accepted, Rejected
from assistant.foundation.masking import mask_value
from knowledge.schema import GuideField

TODAY = date(2026, 11, 10)
OWNER = GuideField.model_validate({"key": "f", "label": "姓名", "type": "person_name", "question": "?", "why": "x"})
PRINTED = [
    "Nguyễn Thị Minh Khai", "Trần Thị Ngọc Ánh", "ĐỖ VĂN A", "DO THI MY HANH", "Иван Иванович Иванов", "Щукина Ёлка", "김민준", "김 민준",
    "山田太郎", "山田 さくら", "佐々木 花子", "アレクサンダー・スミス", "Ólafur Þór", "José María García-López", "Zoë D’Angelo", "Łukasz Żółć",
    "Mary-Jane O'Neill", "J. R. Smith", "John I. Smith", "Sammy Davis Jr.", "Ngô Bảo", "Σωκράτης Παπαδόπουλος", "محمد علي", "दीपिका शर्मा", "สมชาย ใจดี",
    "RAJU A/L KUMAR", "TAN AH KOW @ TAN", "Can Yılmaz", "No Min-ji", "You Li", "אברהם לוי", "Գրիգոր", "Kaʻiulani",
]  # fmt: skip


@pytest.mark.parametrize("name", PRINTED)
def test_names_as_passports_print_them(name: str) -> None:
    assert names.parse_person_name(name) == Accepted(name, name)


@pytest.mark.parametrize("name", ["Nguyễn Thị Minh", "José Ñandú"])
def test_letters_and_marks_written_apart_are_one(name: str) -> None:
    assert names.parse_person_name(unicodedata.normalize("NFD", name)) == Accepted(name, name)


@pytest.mark.parametrize(
    "text",
    [
        "12345", "Иван 2", "김민준3", "X1234567", "Example Trading Co., Ltd.", "Example Ltd", "Example GmbH", "ООО Пример", "주식회사 예시", "株式会社サンプル",
        "Công ty Ví Dụ", "上海示例有限公司", "示例公司", "示例律师事务所", "我不知道", "这个要怎么填", "他叫什么", "你好", "没有", "什么意思", "张三的",
        "Я не знаю", "Меня зовут Иван", "저는 김민준입니다", "안녕하세요", "山田です", "わたしは山田", "Tôi không biết", "Je suis Marie", "my name", "no", "you choose",
        "I do not know", "what is this?", "Do You Know", "张三 John", "Иван Smith", "张三 김", "'", "-", "...", "A", "김", "☑☑", "a@b.cn", "Иван, Иванов!", "",
        "one two three four five six seven eight nine",
    ],
)  # fmt: skip
def test_numbers_companies_and_sentences_are_no_names(text: str) -> None:
    assert isinstance(names.parse_person_name(text), Rejected)


SCRIPTS = ["Aaéễß", "ЖжёЙ", "가힣민", "Σωά", "अआकमि", "あんゆ", "アンー", "אבג"]


@given(
    st.sampled_from(SCRIPTS).flatmap(lambda letters: st.lists(st.text(letters, min_size=2, max_size=6), min_size=1, max_size=4))
)
def test_any_script_reads_as_it_is_written(words: list[str]) -> None:
    """Whatever is taken is taken letter by letter, with nothing lost and nothing added."""
    name = unicodedata.normalize("NFKC", " ".join(words))
    read = names.parse_person_name(name)
    if isinstance(read, Accepted):
        assert read.value == read.display == name


@given(st.sampled_from(PRINTED), st.sampled_from("0123456789０९"))
def test_a_digit_is_in_no_name(name: str, digit: str) -> None:
    assert isinstance(names.parse_person_name(f"{name}{digit}"), Rejected)


@given(st.text(max_size=200))
def test_no_text_breaks_it(text: str) -> None:
    assert isinstance(names.parse_person_name(text), Accepted | Rejected)


@pytest.mark.parametrize("name", ["Trần Thị Ngọc Ánh", "my name is Trần Ánh", "Mary-Jane O'Neill"])
def test_it_is_plainly_the_answer(name: str) -> None:
    assert extract.plainly_answers(OWNER, name, TODAY)


@pytest.mark.parametrize("name", PRINTED)
def test_masked_names_show_one_letter(name: str) -> None:
    assert mask_value("person_name", name) == name[0] + "*" * (len(name) - 1)
