"""A bad guide is refused with its line and remedy; everything else, and its last good version, stays in service."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from assistant.foundation.settings import ROOT
from knowledge.catalogue import Catalogue
from knowledge.guide_file import plain, quickly, read_guide

SIGN = "shop-sign.yaml"


def spoil(folder: Path, old: str, new: str, file: str = SIGN) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def line_with(folder: Path, needle: str, file: str = SIGN) -> int:
    lines = (folder / file).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if needle in line)


def test_loads_every_guide(fixture_catalogue: Catalogue) -> None:
    assert fixture_catalogue.problems == []
    assert len(fixture_catalogue.all()) == 13
    assert fixture_catalogue.get("card-renewal") is fixture_catalogue.by_name("居民身份证换领")
    assert fixture_catalogue.by_name("身份证换领") is fixture_catalogue.get("card-renewal")
    assert fixture_catalogue.by_name("没有这个事项") is None
    assert fixture_catalogue.get("nothing") is None


# old text, new text, what the line in question holds (None: the file's first line), words the reason must hold
SPOILED = [
    ("name: 示例招牌设置", "nam: 示例招牌设置", "nam:", "nam"),
    ('version: "2026.1"', "version: 2026.1", "version:", "version"),
    ("effective: 2026-01-01", "effective: 明天", "effective:", "日期"),
    ("days: 20", "days: 二十", "二十", "数字"),
    ("days: 20", "days: -1", "days: -1", "太小"),
    ("evidence: [law_2]}", "evidence: [law_9]}", "legal_limit", "law_9"),
    ("宽度。\n    evidence: [hearsay]", "宽度。\n    evidence: [rumour]", "招牌不超过", "rumour"),
    ("is: leased}\n    question", "is: leased, over: 3}\n    question", "is: leased, over", "条件"),
    ("field: premises, is: leased}\n", "field: premise, is: leased}\n", "key: owner_present", "premise"),
    ("key: shop_name", "key: lit  # again", "# again", "两次"),
    ("document: form, evidence", "document: paper, evidence", "code: form", "paper"),
    ("tolerance_days: 5, ", "", "code: picture", "容缺"),
    (", {value: leased, label: 租赁}]", "]", "key: premises", "选项"),
    ("faqs:", "faq_s:", "faq_s", "faq_s"),
    ("type: area", "type: size", "type: size", "size"),
    ("fee: {charged: false", "fee: {charged: 也许", "fee:", "true"),
    ("themes: [licensing]", "themes: licensing", "themes", "列表"),
    ("summary: 店门口", "summary:店门口", "", "YAML"),
    ("code: shop-sign\n", "code: shop-sign\ncode: shop-sign\n", "", "YAML"),
]


@pytest.mark.parametrize(("old", "new", "at", "why"), SPOILED)
def test_refuses_with_file_line_reason_and_remedy(guides_dir: Path, old: str, new: str, at: str, why: str) -> None:
    spoil(guides_dir, old, new)
    loaded = Catalogue.load(guides_dir)
    assert "shop-sign" not in loaded.guides
    assert len(loaded.guides) == 12, "the others are served"
    problems = [problem for problem in loaded.problems if why in problem.why]
    assert problems, loaded.problems
    assert all(problem.file == SIGN and problem.remedy for problem in loaded.problems)
    if at:
        assert line_with(guides_dir, at) in {problem.line for problem in problems}
    assert not any(re.search(r"[A-Za-z]{3,} [a-z]{2,} [a-z]{2,}", problem.why) for problem in problems if "YAML" not in why)


@pytest.mark.parametrize(
    ("old", "new", "at", "why"),
    [
        ("promised_limit: {days: 5", "promised_limit: {days: 25", "promised_limit", "25 天比法定时限 20 天还长"),
        ("handling: promised", "handling: immediate", "handling:", "即办件"),
        ("不收费。, evidence", "不收费。, items: [{name: 工本费, yuan: 10, per: 本}], evidence", "fee:", "不收费，却写了收费项目"),
    ],
)
def test_a_guide_that_contradicts_itself_is_refused_and_the_last_good_one_served(
    guides_dir: Path, old: str, new: str, at: str, why: str
) -> None:
    good = Catalogue.load(guides_dir)
    spoil(guides_dir, old, new)
    told = Catalogue.load(guides_dir, previous=good)
    assert told.guides["shop-sign"] is good.guides["shop-sign"]
    assert any(p.file == SIGN and p.line == line_with(guides_dir, at) and why in p.why and p.remedy for p in told.problems)
    assert "shop-sign" not in Catalogue.load(guides_dir).guides


def test_last_good_version_stays_in_service(guides_dir: Path) -> None:
    good = Catalogue.load(guides_dir)
    spoil(guides_dir, "applicant: [enterprise", "applicant: [robot")
    second = Catalogue.load(guides_dir, previous=good)
    assert second.guides["shop-sign"] is good.guides["shop-sign"]
    assert second.problems
    third = Catalogue.load(guides_dir, previous=second)
    assert third.guides["shop-sign"] is good.guides["shop-sign"]
    spoil(guides_dir, "applicant: [robot", "applicant: [person")
    repaired = Catalogue.load(guides_dir, previous=third)
    assert repaired.problems == []
    assert repaired.guides["shop-sign"].applicant == ["person", "individual_business"]


def test_a_removed_file_leaves_service(guides_dir: Path) -> None:
    good = Catalogue.load(guides_dir)
    (guides_dir / SIGN).unlink()
    assert "shop-sign" not in Catalogue.load(guides_dir, previous=good).guides


@pytest.mark.parametrize(("old", "new"), [
    ("code: card-renewal", "code: card-replacement"), ("name: 居民身份证换领", "name: 居民身份證補領"),
])
def test_duplicates_are_refused(guides_dir: Path, old: str, new: str) -> None:
    spoil(guides_dir, old, new, "card-renewal.yaml")
    loaded = Catalogue.load(guides_dir)
    assert len(loaded.guides) == 12
    assert [problem.file for problem in loaded.problems] == ["card-replacement.yaml"]
    assert "card-renewal.yaml" in loaded.problems[0].why


def test_a_newcomer_cannot_take_the_place_of_a_guide_in_service(guides_dir: Path) -> None:
    good = Catalogue.load(guides_dir)
    newcomer = (guides_dir / SIGN).read_text(encoding="utf-8")
    (guides_dir / "aaa.yaml").write_text(newcomer.replace("summary: 店门口", "summary: 假的店门口"), encoding="utf-8")
    loaded = Catalogue.load(guides_dir, previous=good)
    assert loaded.files["shop-sign"] == SIGN
    assert [problem.file for problem in loaded.problems] == ["aaa.yaml"]


def test_missing_folder_and_undecodable_file_are_problems(tmp_path: Path, guides_dir: Path) -> None:
    assert Catalogue.load(tmp_path / "nowhere").problems
    (guides_dir / "odd.yaml").write_bytes("name: 公司".encode("gb18030"))
    problems = Catalogue.load(guides_dir).problems
    assert [problem.file for problem in problems] == ["odd.yaml"]
    assert "UTF-8" in problems[0].why


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300))
def test_no_text_is_too_odd_to_be_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("odd") / "odd.yaml"
    path.write_text(text, encoding="utf-8", errors="replace")
    read = read_guide(path)
    assert read.guide is None
    assert read.problems
    assert all(problem.line >= 1 and problem.why and problem.remedy for problem in read.problems)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_broken_line_is_refused_or_still_a_guide(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    lines = (Path(__file__).parents[2] / "fixtures" / "guides" / SIGN).read_text(encoding="utf-8").splitlines()
    number = data.draw(st.integers(0, len(lines) - 1))
    line = lines[number]
    lines[number] = data.draw(st.sampled_from(["", "???", "  - x", line[1:], line + "}", line.replace(":", "")]))
    path = tmp_path_factory.mktemp("broken") / SIGN
    path.write_text("\n".join(lines), encoding="utf-8")
    read = read_guide(path)
    assert (read.guide is None) == bool(read.problems)


def test_names_for_the_tokenizer(fixture_catalogue: Catalogue, tmp_path: Path) -> None:
    path = tmp_path / "deep" / "names.txt"
    fixture_catalogue.write_names(path)
    names = path.read_text(encoding="utf-8").splitlines()
    assert {"公司住所变更登记", "公司地址变更", "示例招牌设置", "店招设置"} <= set(names)
    assert len(names) == len(set(names))
    assert "公司搬家" not in names, "what people call it is no name"


@pytest.mark.parametrize("path", sorted((ROOT / "knowledge" / "guides").glob("*.yaml")), ids=lambda path: path.stem)
def test_guides_are_read_quickly_as_they_are_read_slowly(path: Path) -> None:
    text = path.read_text(encoding="utf-8-sig")
    assert quickly(text) == plain(YAML(typ="rt").load(text))


@pytest.mark.parametrize("text", ["a: 10:30", "a: yes", "a: 'yes'", "a: 012", "a: 2026-11-01", "a: 1.5", "a: ~", "a:", "a: 1e3", "a: on"])
def test_plain_values_mean_the_same_both_ways(text: str) -> None:
    assert quickly(text) == plain(YAML(typ="rt").load(text))


def test_a_key_that_stands_twice_is_refused(guides_dir: Path) -> None:
    spoil(guides_dir, "legal_limit:", "promised_limit:")
    read = read_guide(guides_dir / SIGN)
    assert read.guide is None
    assert line_with(guides_dir, "promised_limit: {days: 5") in {problem.line for problem in read.problems}
