"""Writing guides: what is wrong with a text before it is saved, what it changes for people, what to begin with."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.foundation.settings import ROOT
from knowledge.catalogue import Catalogue
from knowledge.editing import places
from knowledge.editing.changes import changes
from knowledge.editing.check import Finding, check
from knowledge.editing.lines import compared
from knowledge.editing.places import Place, digest, tidy
from knowledge.editing.skeleton import next_version, skeleton, unwritten, version_of
from knowledge.guide_file import guide_of
from knowledge.lint import Tags, lint

GUIDES, TEMPLATES = ROOT / "knowledge" / "guides", ROOT / "knowledge" / "templates"
TODAY = date(2026, 12, 10)
SIGN, ADDRESS = Place("shop-sign", "main"), Place("company-address-change", "main")


@pytest.fixture(scope="module")
def served() -> Catalogue:
    return Catalogue.load(GUIDES)


@pytest.fixture(scope="module")
def tags() -> Tags:
    return Tags(TEMPLATES)


def text_of(place: Place) -> str:
    return places.read(GUIDES, place) or ""


def found(served: Catalogue, tags: Tags, text: str, place: Place = SIGN, before: str | None = None) -> list[Finding]:
    return check(place, text, served, tags, TODAY, before)


def raised(text: str) -> str:
    return next_version(text, text_of(SIGN), TODAY, "改了")


@pytest.mark.parametrize("place", sorted(places.places(GUIDES)), ids=lambda place: place.file)
def test_what_is_served_is_sound(served: Catalogue, tags: Tags, place: Place) -> None:
    text = text_of(place)
    assert [one for one in check(place, text, served, tags, TODAY, text) if one.hard] == []


@pytest.mark.parametrize(("old", "new"), [
    ("days: 20", "days: -1"), ("form: original", "form: orignal"), ("fee:\n  charged: false", "fee:\n  charged: 'no'"),
    ("handling: promised", "handling: immediate"), ("template: shop-sign-form.docx", "template: gone.docx"),
])
def test_one_guide_is_judged_as_all_are(tags: Tags, tmp_path: Path, old: str, new: str) -> None:
    """The same faults, at the same lines, as when the whole folder is read."""
    for place in (SIGN, Place("shop-sign", "310000"), Place("senior-card", "main")):
        places.write(tmp_path, place, text_of(place))
    served = Catalogue.load(tmp_path)
    text = text_of(SIGN).replace(old, new, 1)
    assert text != text_of(SIGN)
    places.write(tmp_path, SIGN, text)
    whole = {(one.line, one.why) for one in lint(tmp_path, TEMPLATES, TODAY) if one.file == SIGN.file}
    assert whole
    assert whole == {(one.line, one.why) for one in found(served, tags, text)}


@pytest.mark.parametrize(("old", "new", "at", "why"), [
    ("days: 20", "days: 二十", "days: 二十", "legal_limit.days"),
    ("code: shop-sign", "code: shop-sing", "code: shop-sing", "shop-sign"),
    ("name: 户外招牌设置", "name: 公司设立登记", "name: 公司设立登记", "company-founding.yaml"),
    ("  aliases: [", "  aliases: [公司设立登记, ", "aliases: [公司设立登记", "公司设立登记"),
    ("template: shop-sign-form.docx", "template: gone.docx", "gone.docx", "gone.docx"),
    ("summary: ", "summary: （待写）", "（待写）", "还没有写"),
])
def test_a_fault_is_hard_and_has_its_line(served: Catalogue, tags: Tags, old: str, new: str, at: str, why: str) -> None:
    text = raised(text_of(SIGN).replace(old, new, 1))
    line = next(number for number, said in enumerate(text.splitlines(), 1) if at in said)
    assert any(one.hard and one.line == line and why in one.why and one.remedy for one in found(served, tags, text, before=text_of(SIGN)))


def test_the_same_version_never_means_another_text(served: Catalogue, tags: Tags) -> None:
    before = text_of(SIGN)
    text = before.replace("days: 20", "days: 15", 1)
    [hard] = [one for one in found(served, tags, text, before=before) if one.hard]
    assert "version" in hard.why and hard.line == before[: before.index("version:")].count("\n") + 1
    assert not [one for one in found(served, tags, raised(text), before=before) if one.hard]
    assert not [one for one in found(served, tags, "# 只加说明\n" + before, before=before) if one.hard]
    assert [one for one in found(served, tags, text.replace('"2026.', '"2020.', 1), before=before) if one.hard]


def test_what_a_region_says_its_own_way_is_pointed_out(served: Catalogue, tags: Tags) -> None:
    overlay = served.overlays["310000", "shop-sign"]
    assert overlay.legal_limit is not None
    text = raised(text_of(SIGN).replace("days: 20", "days: 15", 1))
    assert any("上海市" in one.why and not one.hard for one in found(served, tags, text, before=text_of(SIGN)))


def test_a_part_that_breaks_a_composition_is_pointed_out(served: Catalogue, tags: Tags) -> None:
    whole = next(guide for guide in served.all() if guide.parts)
    place = Place(next(part.item for part in whole.parts if part.item in served.guides), "main")
    outline = f'code: {place.code}\nname: {served.guides[place.code].name}\nversion: "2099.1"\neffective: 2026-12-01\noutline: true\n'
    advice = [one.why for one in found(served, tags, outline, place, text_of(place)) if not one.hard]
    assert any(whole.name in why for why in advice)


def test_a_part_of_an_overlay_that_does_not_fit_has_its_line(served: Catalogue, tags: Tags) -> None:
    place = Place("shop-sign", "310000")
    text = text_of(place) + "remove:\n  materials: [nothing_like_it]\n"
    assert any(one.hard and "nothing_like_it" in one.why for one in found(served, tags, text, place))
    assert any(one.hard for one in found(served, tags, "region: \"310000\"\nversion: 1\n", place))
    assert any(one.hard for one in found(served, tags, "a: [", place))


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200), st.sampled_from(["main", "components", "en", "310000"]))
def test_no_text_is_too_odd(served_once: Catalogue, tags_once: Tags, text: str, place: str) -> None:
    findings = check(Place("shop-sign", place), tidy(text), served_once, tags_once, TODAY, None)
    assert findings and all(one.line >= 1 and one.why and one.remedy for one in findings)
    assert changes(Place("shop-sign", place), text_of(SIGN), text, served_once) is None or place != "main" or not text


@pytest.fixture(scope="module")
def served_once(served: Catalogue) -> Catalogue:
    return served


@pytest.fixture(scope="module")
def tags_once(tags: Tags) -> Tags:
    return tags


def test_what_multiplies_itself_is_refused_quickly(served: Catalogue, tags: Tags) -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9))
    started = time.process_time()
    for place in ("main", "310000", "en"):
        assert found(served, tags, f"code: shop-sign\nname: *a8\n{bomb}", Place("shop-sign", place))
        assert found(served, tags, bomb + "code: shop-sign\nname: *a8\n", Place("shop-sign", place))
    assert time.process_time() - started < 5


@pytest.mark.parametrize(("old", "new", "said"), [
    ("days: 20", "days: 15", "法定时限：20个工作日 → 15个工作日"),
    ("charged: false", "charged: true\n  items: [{name: 工本费, yuan: 10, per: 本}]", "收费：不收费 → 工本费10元/本"),
    ("  - text: 有营业执照", "  - {text: 新的一条。, evidence: [sign_rule]}\n  - text: 有营业执照", "加了受理条件：新的一条。"),
    ("name: 户外招牌设置", "name: 招牌设置", "事项名称：户外招牌设置 → 招牌设置"),
    ("department: 城市管理（市容）部门", "department: 城管局", "实施主体：城市管理（市容）部门 → 城管局"),
    ("  - name: 核对\n", "  - name: 审核\n", "加了流程里的一步：审核"),
])
def test_what_changes_is_said_in_words(served: Catalogue, old: str, new: str, said: str) -> None:
    before = text_of(SIGN)
    assert old in before
    assert said in (changes(SIGN, before, before.replace(old, new, 1), served) or [])


def test_materials_are_told_one_by_one(served: Catalogue) -> None:
    before = text_of(ADDRESS)
    guide = guide_of(before, "").guide
    assert guide is not None
    material = next(one for one in guide.materials if one.form == "copy" and f"code: {one.code}" in before)
    at = before.index("form: copy", before.index(f"code: {material.code}"))
    told = changes(ADDRESS, before, before[:at] + "form: original" + before[at + len("form: copy") :], served)
    assert told == [f"材料“{material.name}”：复印件 → 原件"]


def test_of_long_texts_the_difference_is_shown(served: Catalogue) -> None:
    before = text_of(SIGN).replace("summary: 店门口", "summary: " + "很长的话" * 40 + "店门口")
    [told] = changes(SIGN, before, before.replace("楼外面装招牌", "楼顶装招牌"), served) or []
    assert "楼外面" in told and "楼顶" in told and len(told) < 200


def test_only_remarks_change_nothing(served: Catalogue) -> None:
    assert changes(SIGN, text_of(SIGN), "# 说明\n" + text_of(SIGN), served) == []
    assert changes(SIGN, text_of(SIGN), "a: [", served) is None
    assert changes(SIGN, "", text_of(SIGN), served) == ["新的指南：户外招牌设置"]


def test_of_a_region_and_of_english_it_is_said_where(served: Catalogue) -> None:
    place = Place("shop-sign", "310000")
    text = text_of(place)
    told = changes(place, text, text + 'summary: 上海另有一句。\n' if "summary:" not in text else text.replace("summary: ", "summary: 改 "), served)
    assert told and all(sentence.startswith("上海市：") for sentence in told)
    english = Place("shop-sign", "en")
    assert changes(english, text_of(english), text_of(english) + "  另一句: another\n", served) == ["译文：加了 1 句，去掉 0 句，改了 0 句"]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from("甲乙丙丁"), max_size=30), st.lists(st.sampled_from("甲乙丙丁"), max_size=30))
def test_lines_compared_lead_from_one_text_to_the_other(old: list[str], new: list[str]) -> None:
    lines = compared("\n".join(old), "\n".join(new))
    gone = {line.old: line.text for line in lines if line.kind in ("gone", "same")}
    come = {line.new: line.text for line in lines if line.kind in ("come", "same")}
    assert all(old[number - 1] == text for number, text in gone.items() if number)
    assert all(new[number - 1] == text for number, text in come.items() if number)
    kept = [text for number, text in enumerate(old, 1) if not any(line.kind == "gone" and line.old == number for line in lines)]
    assert kept == [text for number, text in enumerate(new, 1) if not any(line.kind == "come" and line.new == number for line in lines)]


@pytest.mark.parametrize("code", sorted(path.stem for path in GUIDES.glob("*.yaml")))
def test_every_guide_can_be_raised_by_a_version(code: str) -> None:
    text = text_of(Place(code, "main"))
    made = next_version(text, text, TODAY, "改了什么：“试一试”")
    guide, before = guide_of(made, f"{code}.yaml").guide, guide_of(text, f"{code}.yaml").guide
    assert guide is not None and before is not None
    assert guide.version != before.version and guide.version == version_of(made)
    assert any(change.version == guide.version and change.text == ["改了什么：“试一试”"] for change in guide.history)
    assert len(guide.history) == len(before.history) + 1
    assert next_version(made, text, TODAY) == made, "once is enough"


def test_versions_go_on_in_a_new_year() -> None:
    assert version_of(next_version('version: "2026.9"\n', 'version: "2026.9"\n', date(2026, 12, 31))) == "2026.10"
    assert version_of(next_version('version: "2026.9"\n', 'version: "2026.9"\n', date(2027, 1, 1))) == "2027.1"
    assert next_version("language: en\n", "language: en\n", TODAY) == "language: en\n"


@pytest.mark.parametrize("place", ["main", "components", "en", "310000"])
def test_what_one_begins_with_can_be_read_and_says_what_is_left(served: Catalogue, tags: Tags, place: str) -> None:
    where = Place("shop-sign" if place in ("en", "310000") else "street-stall", place)
    text = skeleton(where, "示例摊位备案", TODAY)
    assert unwritten(text)
    whys = {one.why for one in check(where, text, served, tags, TODAY) if one.hard}
    assert whys == {"这里还没有写"}, whys


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Place("shop-sign", "310000")
    places.write(tmp_path, place, "a: 1\n")
    assert digest(places.read(tmp_path, place)) == digest("a: 1\n")
    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "full")))
        with pytest.raises(OSError, match="full"):
            places.write(tmp_path, place, "a: 2\n")
    assert places.read(tmp_path, place) == "a: 1\n"
    assert list(places.places(tmp_path)) == [place], "what was left half written is no guide"
    assert places.read(tmp_path, Place("nothing", "main")) is None and digest(None) == ""


def test_texts_are_kept_tidy() -> None:
    assert tidy("\ufeffa: 1\r\nb: 2") == "a: 1\nb: 2\n"
