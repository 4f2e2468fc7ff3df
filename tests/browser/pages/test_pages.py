"""Directory and guide page in a real browser: for everybody, on every screen, on paper, with the keyboard, without scripts."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pypdfium2
import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.pages.conftest import FOOD, PARALLEL

Visit = Callable[..., Page]
NARROW, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
LOOKS: dict[str, tuple[dict[str, str], dict[str, Any]]] = {
    "light-360": ({"theme": "light"}, {"viewport": NARROW}), "system-dark-360": ({}, {"viewport": NARROW, "color_scheme": "dark"}),
    "large-360": ({"care": "on"}, {"viewport": NARROW}), "light-1280": ({"theme": "light"}, {"viewport": DESK}),
    "large-dark-1280": ({"care": "on", "theme": "dark"}, {"viewport": DESK}),
}
PATHS = ["/guides", "/guides?theme=food", "/guides?q=天气", f"/guides/{FOOD}", f"/guides/{PARALLEL}", f"/guides/{FOOD}?lang=en", "/guides/nothing", "/guides/company-founding"]


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_and_nothing_sticks_out(visit: Visit, look: str) -> None:
    preferences, options = LOOKS[look]
    # axe brings its own script, which the pages' policy would rightly refuse
    page = visit("/guides", preferences, bypass_csp=True, reduced_motion="reduce", **options)
    base = page.url.removesuffix("/guides")
    found, wide = {}, {}
    for path in PATHS:
        page.goto(base + path)
        page.evaluate("document.querySelectorAll('details').forEach((element) => { element.open = true; })")
        found[path] = violations(page, whole=look in ("light-360", "light-1280"))
        wide[path] = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert {path: what for path, what in found.items() if what} == {}
    assert {path: pixels for path, pixels in wide.items() if pixels > 0} == {}


def test_from_a_category_to_the_chat(visit: Visit) -> None:
    page = visit("/guides")
    page.get_by_role("region", name="按主题").get_by_role("link", name="食品药品").click()
    expect(page.get_by_role("heading", level=1, name="食品药品")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="食品经营许可新办").click()
    expect(page.get_by_role("heading", level=1, name="食品经营许可新办")).to_be_visible()
    page.get_by_role("link", name="现在就办").first.click()
    expect(page.locator("#message")).to_have_value("我要办食品经营许可新办")
    expect(page.locator("#message")).to_be_focused()
    expect(page.locator(".msg.mine")).to_have_count(0)
    assert "say=" not in page.url, "a reload does not bring the words again"


def test_the_chat_page_leads_to_the_directory(visit: Visit) -> None:
    page = visit("/", {"locale": "en"})
    page.get_by_role("link", name="Browse by category").click()
    expect(page.get_by_role("heading", level=1, name="Browse by category")).to_be_visible()
    assert page.url.endswith("/guides?lang=en")


def test_searching(visit: Visit) -> None:
    page = visit("/guides?lang=en")
    page.get_by_label("What you need").fill("开饭店")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="1 found")).to_be_visible()
    page.get_by_label("What you need").fill("天气")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Tell Bandao")).to_have_attribute("href", "/?say=%E5%A4%A9%E6%B0%94")


def test_the_whole_way_with_the_keyboard_alone(visit: Visit) -> None:
    page = visit(f"/guides/{FOOD}", viewport=NARROW)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    seen = []
    for _ in range(60):
        page.keyboard.press("Tab")
        tag = page.evaluate("[document.activeElement.tagName, document.activeElement.textContent.trim().slice(0, 12), getComputedStyle(document.activeElement).outlineStyle]")
        seen.append(tag)
        if tag[0] == "SUMMARY" and not tag[1].startswith("适用地区"):
            break
    assert ["A", "现在就办", "solid"] in seen and seen[-1][0] == "SUMMARY"
    page.keyboard.press("Enter")
    expect(page.locator("details:not(.regions)").first).to_have_attribute("open", "")


@pytest.mark.parametrize("scripts", [True, False])
def test_the_region_is_chosen_by_name_remembered_and_goes_along_to_the_chat(visit: Visit, scripts: bool) -> None:
    page = visit("/guides", viewport=NARROW, java_script_enabled=scripts)
    page.get_by_text("适用地区：上海市浦东新区").click()
    page.get_by_label("写省、市或者区的名字").fill("中山市")
    page.get_by_role("button", name="看这里的").click()
    expect(page.get_by_text("适用地区：广东省中山市")).to_be_visible()
    page.goto(page.url.split("?")[0] + f"/{FOOD}")
    expect(page.get_by_text("适用地区：广东省中山市")).to_be_visible()
    expect(page.get_by_text("广东省中山市自己的地点、时间和另外的要求这里没有")).to_be_visible()
    go = page.get_by_role("link", name="现在就办").first
    assert "region=442000" in (go.get_attribute("href") or "")
    if scripts:
        with page.expect_request(lambda request: request.url.endswith("/api/v1/conversations")) as opening:
            go.click()
        assert (opening.value.post_data_json or {}).get("region") == "442000"
        expect(page.locator("#message")).to_have_value("我要在广东省中山市办食品经营许可新办")
        assert "region=" not in page.url


def test_regions_nearby_are_links_and_an_unknown_one_is_said(visit: Visit) -> None:
    page = visit("/guides?region=黄浦区")
    page.locator("details.regions summary").click()
    chosen = page.locator("details.regions a[aria-current]")
    expect(chosen).to_have_text("黄浦区")
    page.locator("details.regions").get_by_role("link", name="静安区").click()
    expect(page.get_by_text("适用地区：上海市静安区")).to_be_visible()
    page.goto(page.url.split("?")[0] + "?region=火星")
    expect(page.get_by_role("alert")).to_contain_text("没有认出“火星”是哪里，下面还是上海市静安区的")


def test_everything_works_without_scripts(visit: Visit) -> None:
    page = visit(f"/guides/{FOOD}", java_script_enabled=False, viewport=NARROW)
    for name in ("事项名称", "设定依据", "申请条件", "申请材料", "办理流程", "办理时限", "收费", "常见问题", "容易弄混的", "版本"):
        expect(page.get_by_role("heading", level=2, name=name, exact=True)).to_be_visible()
    expect(page.get_by_role("button")).to_have_count(0)  # those that need a script are not there
    page.locator("details.faq summary").first.click()
    expect(page.locator("details.faq p").first).to_be_visible()


def test_the_look_is_that_of_the_chat_page_and_is_remembered(visit: Visit) -> None:
    page = visit("/guides", color_scheme="light")
    page.get_by_role("button", name="关怀模式").click()
    page.get_by_role("button", name="深色").click()
    page.goto(page.url.replace("/guides", "/"))
    expect(page.locator("html")).to_have_attribute("data-care", "on")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_the_drawing_is_readable_on_a_narrow_phone_and_said_as_a_list(visit: Visit) -> None:
    page = visit(f"/guides/{PARALLEL}", viewport=NARROW)
    flow = page.locator("svg.flow")
    expect(flow).to_have_attribute("aria-hidden", "true")
    expect(flow.locator("rect")).to_have_count(5)
    expect(flow.locator("polyline")).to_have_count(5)
    size, inside = page.evaluate(
        """() => {
          const svg = document.querySelector("svg.flow");
          const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
          const boxes = [...svg.querySelectorAll("rect")].map((one) => one.getBoundingClientRect());
          const inside = [...svg.querySelectorAll("text")].every((text) => {
            const at = text.getBoundingClientRect();
            return boxes.some((box) => at.left >= box.left && at.right <= box.right && at.top >= box.top - 1 && at.bottom <= box.bottom + 1);
          });
          return [15 * scale, inside];
        }"""
    )
    assert size >= 13 and inside, "letters of at least 13 pixels, none outside its box"
    steps = page.locator("ol.steps > li")
    expect(steps).to_have_count(5)
    expect(steps.nth(4)).to_contain_text("要等：消防安全检查、食品经营许可审查、招牌备案")


def test_on_paper_everything_is_unfolded_and_fits_a_few_pages(visit: Visit) -> None:
    page = visit(f"/guides/{FOOD}", {"theme": "dark"})
    answer = page.locator("details.faq p").first.inner_text()
    paper = pypdfium2.PdfDocument(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    width, height = paper[0].get_size()
    text = "".join(sheet.get_textpage().get_text_range() for sheet in paper)
    assert (round(width), round(height)) == (595, 842) and len(paper) <= 3
    assert "".join(answer.split())[:12] in "".join(text.split()), "a folded answer is printed"
    assert "现在就办" not in text and "换地区" not in text
    sign = pypdfium2.PdfDocument(io.BytesIO(visit(f"/guides/{PARALLEL}").pdf(prefer_css_page_size=True)))
    assert "这一点尚未核实" in "".join("".join(sheet.get_textpage().get_text_range() for sheet in sign).split())
    sign.close()
    light = paper[0].render(scale=0.3).to_pil().convert("L").getpixel((3, 3))
    assert light == 255, "white paper, whatever the screen looks like"
    paper.close()
