"""What is different in a region lies over the guide, and only there; what does not fit never takes a guide away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.archive import GuideArchive
from knowledge.catalogue import Catalogue
from knowledge.overlay import Overlay, laid_over
from knowledge.resolving import chain, serves
from tests.unit.knowledge.full_guides import CATALOGUE

HEAD = {"version": "2026.1", "effective": "2026-01-01"}
FEE = {"charged": True, "text": "每块10元。", "items": [{"name": "费", "yuan": "10", "per": "块"}], "evidence": ["law_1"]}


def overlay(guides_dir: Path, region: str, code: str = "shop-sign", **parts: Any) -> Path:
    path = guides_dir / "regions" / region / f"{code}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump({"region": region, **HEAD, **parts}, allow_unicode=True), encoding="utf-8")
    return path


def test_the_nearest_region_has_the_last_word(guides_dir: Path) -> None:
    overlay(guides_dir, "310000", summary="上海的说法。", department="上海的部门", evidence={"sh": {"title": "上海规定", "article": "第一条"}})
    overlay(guides_dir, "310115", summary="浦东的说法。", coverage={"text": "浦东都能办。", "evidence": ["sh"]})
    catalogue = Catalogue.load(guides_dir)
    assert catalogue.problems == []
    pudong, minhang = (catalogue.for_region(region).guides["shop-sign"] for region in ("310115", "310112"))
    assert (pudong.summary, pudong.department) == ("浦东的说法。", "上海的部门")
    assert (minhang.summary, minhang.department) == ("上海的说法。", "上海的部门")
    assert pudong.coverage is not None and pudong.coverage.text == "浦东都能办。"
    assert catalogue.guides["shop-sign"].summary == "店门口要挂招牌的，先办这个。"


def test_entries_with_keys_are_replaced_added_and_removed(guides_dir: Path) -> None:
    guide = Catalogue.load(guides_dir).guides["shop-sign"]
    said = Overlay.model_validate({"region": "310000", **HEAD, "remove": {"materials": ["lease"], "faqs": ["灯箱算不算招牌？"]},
                                   "faqs": [{"question": "旧招牌要先拆掉吗？", "answer": "不用。", "evidence": ["law_1"]}],
                                   "materials": [
                                       {"code": "picture", "name": "照片", "form": "copy", "met_by": ["bring"], "evidence": ["law_1"]},
                                       {"code": "map", "name": "位置图", "form": "copy", "met_by": ["bring"], "evidence": ["law_1"]},
                                   ]})
    local = laid_over(guide, said)
    before, after = [m.code for m in guide.materials], [m.code for m in local.materials]
    assert after == [more for code in before if code != "lease" for more in ([code, "map"] if code == "picture" else [code])]
    assert [m.name for m in local.materials if m.code == "picture"] == ["照片"]
    assert [faq.answer for faq in local.faqs if faq.question == "旧招牌要先拆掉吗？"] == ["不用。"]
    assert "灯箱算不算招牌？" not in [faq.question for faq in local.faqs]
    assert local.conditions == guide.conditions
    again = Overlay.model_validate({"region": "310000", **HEAD, "fields": [
        said for field in guide.fields if field.key == "lit" for said in (
            field.model_dump(by_alias=True, exclude_unset=True), {"key": "colour", "label": "颜色", "type": "text", "question": "什么颜色？", "why": "要写。"})]})
    keys = [field.key for field in laid_over(guide, again).fields]
    assert keys.index("colour") == keys.index("lit") + 1


def test_sources_nothing_cites_any_more_go(guides_dir: Path) -> None:
    guide = Catalogue.load(guides_dir).guides["shop-sign"]
    fact = {"text": "一条。", "evidence": ["law_1"]}
    said = {name: {**guide.model_dump(include={name})[name], "evidence": ["law_1"]} for name in ("legal_limit", "fee")}
    places = [{"name": "窗口", "evidence": ["law_1"]}]
    faqs = [{**faq.model_dump(), "evidence": ["law_1"]} for faq in guide.faqs]
    codes = [material.code for material in guide.materials if "hearsay" in material.evidence]
    local = laid_over(guide, Overlay.model_validate({"region": "310000", **HEAD, "conditions": [fact], "places": places, "faqs": faqs, **said,
                                                     "remove": {"materials": codes}}))
    assert "hearsay" in guide.evidence and "hearsay" not in local.evidence


def test_versions_say_what_went_in(guides_dir: Path, tmp_path: Path) -> None:
    plain = Catalogue.load(guides_dir).for_region("310115").guides["shop-sign"].version
    assert plain == "2026.1"
    overlay(guides_dir, "310115", fee=FEE)
    first = Catalogue.load(guides_dir).for_region("310115")
    again = Catalogue.load(guides_dir).for_region("310115")
    assert first.guides["shop-sign"].version == again.guides["shop-sign"].version != plain
    assert first.guides["shop-sign"].version.startswith("2026.1+")
    overlay(guides_dir, "310115", summary="换了一句。")
    changed = Catalogue.load(guides_dir).for_region("310115")
    assert changed.guides["shop-sign"].version != first.guides["shop-sign"].version
    archive = GuideArchive(tmp_path / "archive")
    archive.keep(first)
    archive.keep(changed)
    kept = archive.get("shop-sign", first.guides["shop-sign"].version)
    assert kept is not None and kept.fee is not None and kept.fee.charged, "a case goes on with the facts it was started on"


@pytest.mark.parametrize(("parts", "why"), [
    ({"fee": {**FEE, "evidence": ["unknown"]}}, "unknown"),
    ({"remove": {"materials": ["nothing"]}}, "nothing"),
    ({"nonsense": 1}, "nonsense"),
    ({"region": "440000"}, "440000"),
    ({"materials": [{"code": "picture", "name": "照片", "form": "copy", "met_by": ["generated"], "document": "none", "evidence": ["law_1"]}]},
     "none"),
])
def test_what_does_not_fit_is_refused_and_the_guide_served(guides_dir: Path, parts: dict[str, Any], why: str) -> None:
    path = overlay(guides_dir, "310115", summary="好的一版。")
    good = Catalogue.load(guides_dir)
    path.write_text(yaml.safe_dump({"region": "310115", **HEAD, **parts}, allow_unicode=True), encoding="utf-8")
    catalogue = Catalogue.load(guides_dir)
    assert [problem.file for problem in catalogue.problems] == ["regions/310115/shop-sign.yaml"]
    assert why in catalogue.problems[0].why
    assert catalogue.for_region("310115").guides["shop-sign"] == catalogue.guides["shop-sign"]
    assert Catalogue.load(guides_dir, good).for_region("310115").guides["shop-sign"].summary == "好的一版。"


@pytest.mark.parametrize("text", ["", "- 1", "region: [", "\x00", "region: '310115'\nregion: '310115'\n"])
def test_no_overlay_takes_the_service_down(guides_dir: Path, text: str) -> None:
    sound = Catalogue.load(guides_dir).for_region("310115").guides
    overlay(guides_dir, "310115").write_text(text, encoding="utf-8")
    catalogue = Catalogue.load(guides_dir)
    assert catalogue.problems
    assert catalogue.for_region("310115").guides == sound


def test_an_overlay_of_nothing_is_said(guides_dir: Path) -> None:
    overlay(guides_dir, "310115", code="no-such-guide")
    assert "no-such-guide" in Catalogue.load(guides_dir).problems[0].why


def test_items_of_one_place_are_not_served_in_another(guides_dir: Path) -> None:
    catalogue = Catalogue.load(guides_dir)
    assert catalogue.guides["shop-sign"].region == "310000"
    assert "shop-sign" in catalogue.for_region("310115").guides
    assert "shop-sign" not in catalogue.for_region("440100").guides
    assert serves(catalogue.guides["shop-sign"], "000000")


def test_chain() -> None:
    assert chain("310115") == ["310000", "310100", "310115"]
    assert chain("310000") == ["310000"]
    assert chain("440300") == ["440000", "440300"]


def test_a_birth_in_zhongshan_is_told_by_zhongshans_own_conditions() -> None:
    """The same item in two cities: what one has published is not said of the other."""
    here, there = (CATALOGUE.for_region(region).guides["newborn"] for region in ("310115", "442000"))
    assert here.promised_limit is None
    assert there.promised_limit is not None
    assert there.promised_limit.days == 5
    hard = {check.ask for check in there.checks if not check.soft} - {check.ask for check in here.checks if not check.soft}
    assert hard == {"household_kind", "married"}
    assert [field.key for field in here.fields] == [field.key for field in there.fields]
