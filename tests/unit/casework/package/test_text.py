from __future__ import annotations

import io
import zipfile

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from assistant.casework.package import archive
from assistant.casework.package.glyphs import unprintable
from assistant.casework.package.text import clean, squash


@given(st.text(st.characters(codec=None)))
def test_cleaned_text_is_legal_xml(text: str) -> None:
    element = etree.Element("t")
    element.text = clean(text)  # lxml refuses what XML forbids
    assert etree.fromstring(etree.tostring(element)).text in (element.text, None)


def test_cleaning_keeps_names_and_drops_deception() -> None:
    assert clean("㼆·𠮷 & <b>\x0b\x00") == "㼆·𠮷 & <b>"
    assert clean("张\u202e三\u200b\ufeff") == "张三"
    assert clean("一\r\n二\t三") == "一\n二 三"


def test_squash_forgives_layout_and_nothing_else() -> None:
    assert squash("2026 年 11 月\r\n10 日") == squash("2026年11月10日")
    assert squash("样板路88号A-\r\n301") == squash("样板路88号A-301")
    assert squash("张三") != squash("张二")


def test_unprintable_names_what_no_font_has() -> None:
    assert unprintable("上海市浦东新区㼆·𠮷 ABC123☑") == []
    assert unprintable("王\U000323b0") == ["\U000323b0"]


def test_zip_does_not_depend_on_the_clock() -> None:
    members = [("附件/合同.pdf", b"x"), ("manifest.json", b"{}")]
    assert archive.pack(members) == archive.pack(members)
    with zipfile.ZipFile(io.BytesIO(archive.pack(members))) as zipped:
        assert zipped.namelist() == ["附件/合同.pdf", "manifest.json"]
        assert all(info.date_time == (1980, 1, 1, 0, 0, 0) for info in zipped.infolist())
        assert zipped.infolist()[0].flag_bits & 0x800, "the name must be marked as UTF-8"


def test_names_stay_inside_the_zip_and_apart() -> None:
    assert archive.safe_name("../../etc/passwd") == "etc_passwd"
    assert archive.safe_name("合同 (1).pdf") == "合同_(1).pdf"
    assert archive.safe_name("...") == "file"
    assert len(archive.safe_name("长" * 300)) <= 60
    taken: set[str] = set()
    assert [archive.unique(name, taken) for name in ("a.pdf", "A.pdf", "a.pdf", "b")] == ["a.pdf", "A_2.pdf", "a_3.pdf", "b"]
