"""Finding without words: categories, filters, the most used, what comes next, recommendations; and the pages of the guides."""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from types import SimpleNamespace
from urllib.parse import unquote

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant.casework import repository
from assistant.casework.model import Case, CaseStatus
from assistant.casework.package.errors import ConversionFailed, OfficeUnavailable
from assistant.foundation.database import Database
from assistant.foundation.settings import ROOT, get_settings
from channels.web.routes import SECURITY_HEADERS
from knowledge.catalogue import Catalogue
from knowledge.search import Search
from tests.conftest import NOW

FOOD = "food-permit-new"
_CATALOGUE = Catalogue.load(ROOT / "knowledge" / "guides")
_held: list[Search] = []


def _search(_catalogue: Catalogue, models_dir: object, model: str, **_: object) -> Search:
    if not _held:
        _held.append(Search.build(_CATALOGUE, get_settings().models_dir, model))
    return _held[0]


@pytest.fixture(autouse=True)
def read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guides and their index are the same in every test; making them anew takes longer than the test."""
    monkeypatch.setattr("channels.app.Catalogue", SimpleNamespace(load=lambda _folder, *_: _CATALOGUE))
    monkeypatch.setattr("channels.app.Search", SimpleNamespace(build=_search))


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    return TestClient(app, raise_server_exceptions=True)


class Asker:
    """Somebody with a conversation, and with the cases given to her."""

    def __init__(self, client: TestClient, db: Database, locale: str = "zh-CN") -> None:
        self.client, self.db = client, db
        opened = client.post("/api/v1/conversations", json={"channel": "web", "locale": locale}).json()
        self.id, self.headers = opened["conversation_id"], {"Authorization": f"Bearer {opened['token']}"}
        self.cases = 0

    def starts(self, code: str, status: CaseStatus = CaseStatus.DRAFT) -> None:
        self.cases += 1
        at = NOW + timedelta(minutes=self.cases)
        made = Case(case_no=f"BD-{self.id[:13]}-{self.cases}", guide_code=code, guide_name=code, guide_version="2026.1", status=status, created_at=at, updated_at=at)
        with self.db.write() as conn:
            repository.save(conn, made, self.id, at)

    def recommended(self) -> list[dict[str, str]]:
        answer = self.client.get(f"/api/v1/conversations/{self.id}/recommendations", headers=self.headers)
        assert answer.status_code == 200
        items: list[dict[str, str]] = answer.json()["items"]
        return items


def test_categories_count_what_the_list_gives(client: TestClient) -> None:
    found = client.get("/api/v1/categories").json()
    assert found.keys() == {"themes", "life_events", "sectors", "applicants"} and found["life_events"].keys() == {"person", "enterprise"}
    events = [*found["life_events"]["person"], *found["life_events"]["enterprise"]]
    for kind, listed in (("theme", found["themes"]), ("life_event", events), ("sector", found["sectors"]), ("applicant", found["applicants"])):
        for category in listed:
            answer = client.get("/api/v1/guides", params={kind: category["code"]}).json()
            assert answer["total"] == len(answer["items"]) == category["total"] > 0
            assert re.search(r"[\u4e00-\u9fff]", category["name"])


def test_without_a_filter_the_whole_catalogue_is_listed_with_themes_in_words(client: TestClient) -> None:
    items = client.get("/api/v1/guides").json()["items"]
    assert {item["code"] for item in items} == set(_CATALOGUE.for_region("310115").guides)
    assert next(item for item in items if item["code"] == FOOD)["themes"] == ["食品药品", "准营准办"]
    assert client.get(f"/api/v1/guides/{FOOD}").json()["themes"] == ["食品药品", "准营准办"]


@pytest.mark.parametrize("kind", ["theme", "life_event", "sector", "applicant"])
def test_an_unknown_category_is_a_problem_that_names_it(client: TestClient, kind: str) -> None:
    answer = client.get("/api/v1/guides", params={kind: "nothing"})
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_category")
    assert answer.headers["content-type"] == "application/problem+json" and kind in answer.json()["detail"]


def test_guides_are_served_for_a_region(client: TestClient) -> None:
    here, nation = (client.get(f"/api/v1/guides/{FOOD}", params=params).json() for params in ({}, {"region": "000000"}))
    assert here == client.get(f"/api/v1/guides/{FOOD}", params={"region": "浦东新区"}).json()
    assert here["version"] != nation["version"] and here["places"] != nation["places"]
    for path in ("guides", f"guides/{FOOD}", "categories", "guides/popular", f"guides/{FOOD}/next"):
        assert client.get(f"/api/v1/{path}", params={"region": "桃花源"}).json()["code"] == "unknown_region"


def test_made_up_districts_are_served_as_their_city(client: TestClient, app: FastAPI) -> None:
    before = set(app.state.parts.guides.current.kept)
    for district in range(310150, 310190):
        assert client.get(f"/api/v1/guides/{FOOD}", params={"region": str(district)}).status_code == 200
    assert len(set(app.state.parts.guides.current.kept) - before) <= 2


def test_the_most_used_come_first(client: TestClient, db: Database) -> None:
    first = client.get("/api/v1/guides/popular", params={"limit": 3}).json()
    assert len(first["items"]) == 3 and [item["count"] for item in first["items"]] == [None] * 3
    for _ in range(5):
        Asker(client, db).starts("shop-sign")
    Asker(client, db).starts("residence-permit")
    client.app.state.parts.clock.advance(timedelta(minutes=2))  # type: ignore[attr-defined]
    answer = client.get("/api/v1/guides/popular", params={"limit": 2})
    assert [(item["code"], item["count"]) for item in answer.json()["items"]] == [("shop-sign", 5), ("residence-permit", None)]
    assert answer.headers["cache-control"] == "public, max-age=60"
    assert client.get("/api/v1/guides/popular", params={"limit": 0}).status_code == 422


def test_what_comes_next_is_counted_or_what_the_guide_says(client: TestClient, db: Database) -> None:
    own = client.get(f"/api/v1/guides/{FOOD}/next").json()["items"]
    guide = _CATALOGUE.for_region("310115").guides[FOOD]
    assert [(item["name"], item["reason"]) for item in own] == [(follow.item, follow.why) for follow in guide.followups]
    for _ in range(5):
        asker = Asker(client, db)
        asker.starts(FOOD)
        asker.starts("credit-report")
    client.app.state.parts.clock.advance(timedelta(minutes=9))  # type: ignore[attr-defined]
    items = client.get(f"/api/v1/guides/{FOOD}/next").json()["items"]
    assert [(item["code"], item["count"]) for item in items] == [("credit-report", 5), *((item["code"], None) for item in own)]
    assert client.get("/api/v1/guides/nothing/next").status_code == 404


def test_recommendations_are_hers_and_have_reasons(client: TestClient, db: Database) -> None:
    asker, other = Asker(client, db), Asker(client, db)
    assert asker.recommended() == []
    asker.starts(FOOD, CaseStatus.CLOSED)
    asker.starts("shop-sign")
    found = asker.recommended()
    assert 0 < len(found) <= 4 and all(item["reason"] for item in found)
    assert not {item["code"] for item in found} & {FOOD, "shop-sign"}
    assert any("办完" in item["reason"] and "常接着办" in item["reason"] for item in found)
    assert other.recommended() == []
    path = f"/api/v1/conversations/{asker.id}/recommendations"
    assert client.get(path).status_code == 401
    assert client.get(path, headers=other.headers).status_code == 404


def test_recommendations_are_told_in_the_language_of_the_conversation(client: TestClient, db: Database) -> None:
    for locale, words in (("en", "People who did"), ("zh-Hant", "辦完")):
        asker = Asker(client, db, locale)
        asker.starts(FOOD)
        assert any(words in item["reason"] for item in asker.recommended())


def test_every_guide_has_its_page(client: TestClient) -> None:
    for code, guide in _CATALOGUE.for_region("310115").guides.items():
        for language in ("zh-CN", "zh-Hant", "en"):
            answer = client.get(f"/guides/{code}", params={"lang": language})
            assert answer.status_code == 200 and answer.headers["content-language"] == language, code
            assert "None" not in re.sub(r"<[^>]*>", "", answer.text), code
            if guide.outline:
                continue
            ids = re.findall(r'<section id="(\w+)"', answer.text)
            assert ids[:6] == ["name", "basis", "conditions", "materials", "process", "time"], code
            assert answer.text.count('<rect class="step"') == len(guide.process)


def test_pages_carry_the_policy_and_nothing_inline(client: TestClient) -> None:
    for path in ("/guides", f"/guides/{FOOD}", "/guides/nothing", "/guides?theme=nothing", "/guides?q=开饭店"):
        answer = client.get(path)
        assert answer.headers["content-security-policy"] == SECURITY_HEADERS["Content-Security-Policy"]
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", answer.text)


def test_what_nobody_has_checked_is_said_where_it_stands(client: TestClient) -> None:
    guide = _CATALOGUE.for_region("310115").guides[FOOD]
    assert guide.promised_limit and not all(guide.evidence[key].verified for key in guide.promised_limit.evidence)
    page = client.get(f"/guides/{FOOD}").text
    time = page[page.index('<section id="time"') : page.index('<section id="fee"')]
    assert "尚未核实" in time and "《行政许可法》第四十二条" in time
    conditions = page[page.index('<section id="conditions"') : page.index('<section id="materials"')]
    assert "尚未核实" not in conditions and conditions.count("依据：") == len(guide.conditions)


def test_situations_say_which_materials_come_with_them(client: TestClient) -> None:
    page = client.get(f"/guides/{FOOD}").text
    row = next(row for row in re.findall(r"<tr><th scope=\"row\">(.*?)</tr>", page) if row.startswith("委托代理人"))
    assert "授权委托书" in row and "身份证" in row


def test_do_it_now_brings_the_item_into_the_chat(client: TestClient) -> None:
    page = client.get(f"/guides/{FOOD}").text
    assert "我要办食品经营许可新办" in [unquote(words) for words in re.findall(r'href="/\?say=([^"]+)"', page)]
    assert "I want to apply for" in unquote(re.findall(r'href="/\?say=([^"]+)"', client.get("/guides/residence-permit?lang=en").text)[0])


def test_links_keep_language_and_region(client: TestClient) -> None:
    page = client.get("/guides?lang=en&region=310000&theme=food").text
    assert f"/guides/{FOOD}?lang=en&amp;region=310000" in page
    assert 'href="/guides?region=310000&amp;theme=food"' in page, "the way to Chinese"


@pytest.mark.parametrize("path", ["/guides/nothing", "/guides?theme=nothing", f"/guides/{FOOD}/forms/nothing/blank.pdf", f"/guides/{FOOD}/forms/application_form/x.exe"])
def test_what_is_not_there_gets_a_page_with_a_next_step(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404 and answer.headers["content-type"].startswith("text/html")
    assert 'href="tel:12345"' in answer.text and 'href="/guides' in answer.text


def test_a_search_that_finds_nothing_leads_on_to_the_chat(client: TestClient, monkeypatch: pytest.MonkeyPatch, app: FastAPI) -> None:
    monkeypatch.setattr(type(app.state.parts.services), "search", SimpleNamespace(search=lambda *_: []))
    page = client.get("/guides", params={"q": "<b>天气</b>"}).text
    assert "&lt;b&gt;天气&lt;/b&gt;" in page and "<b>天气" not in page
    assert re.search(r'href="/\?say=%3Cb%3E', page)


def test_a_search_finds_by_what_people_say(client: TestClient) -> None:
    assert f"/guides/{FOOD}" in client.get("/guides", params={"q": "开饭店要办什么证"}).text


def test_forms_are_files_with_a_name(client: TestClient, app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = client.get(f"/guides/{FOOD}/forms/application_form/blank.docx")
    assert answer.status_code == 200 and answer.content[:2] == b"PK"
    assert "食品经营许可申请书（空白表）.docx" in unquote(answer.headers["content-disposition"])
    monkeypatch.setattr(app.state.parts.forms, "_office", SimpleNamespace(convert=lambda _docx: b"%PDF-1.7"))
    answer = client.get(f"/guides/{FOOD}/forms/application_form/blank.pdf?lang=en")
    assert answer.content == b"%PDF-1.7" and answer.headers["content-type"] == "application/pdf"


@pytest.mark.parametrize(("error", "status"), [(OfficeUnavailable("busy"), 503), (ConversionFailed("no"), 500)])
def test_without_libreoffice_the_page_says_so_and_offers_word(
    client: TestClient, app: FastAPI, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    def convert(_docx: bytes) -> bytes:
        raise error

    monkeypatch.setattr(app.state.parts.forms, "_office", SimpleNamespace(convert=convert))
    answer = client.get(f"/guides/{FOOD}/forms/application_form/sample.pdf")
    assert answer.status_code == status and f"/guides/{FOOD}" in answer.text
    if status == 503:
        assert answer.headers["retry-after"] == "30" and "blank.docx" in answer.text


def test_two_who_want_the_same_form_get_it_made_once(client: TestClient, app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []

    def convert(_docx: bytes) -> bytes:
        made.append(1)
        return b"%PDF-1.7"

    monkeypatch.setattr(app.state.parts.forms, "_office", SimpleNamespace(convert=convert))
    path = f"/guides/{FOOD}/forms/application_form/blank.pdf"
    asking = [threading.Thread(target=client.get, args=(path,)) for _ in range(4)]
    for one in asking:
        one.start()
    for one in asking:
        one.join()
    assert made == [1] and client.get(path).status_code == 200


def test_a_region_is_remembered_and_its_pages_are_nobody_else_s(client: TestClient) -> None:
    chosen = client.get("/guides/newborn?region=中山市")
    assert "适用地区：广东省中山市" in chosen.text and "5个工作日起" in chosen.text
    cookie = chosen.headers["set-cookie"]
    assert cookie.startswith("bandao_region=442000;") and "HttpOnly" in cookie and "SameSite=lax" in cookie
    assert chosen.headers["cache-control"] == "private, no-cache"
    later = client.get("/guides/newborn")
    assert "适用地区：广东省中山市" in later.text and "set-cookie" not in later.headers
    assert 'href="/guides?region=442000"' in later.text, "links carry it, so that they mean the same to whoever gets them"
    assert "%E6%88%91%E8%A6%81%E5%9C%A8" in later.text and "region=442000" in later.text


def test_what_only_the_nation_is_known_for_is_said(client: TestClient) -> None:
    assert "下面是全国统一的规定。北京市自己的" in client.get("/guides/newborn?region=北京").text
    client.cookies.clear()
    assert "下面是全国统一的规定" not in client.get("/guides/newborn").text
    assert "没有认出“&lt;b&gt;”是哪里" in client.get("/guides?region=<b>").text
    client.cookies.set("bandao_region", "nonsense")
    assert "适用地区：上海市浦东新区" in client.get("/guides").text


def test_a_conversation_begins_in_a_region_by_name_and_starts_with_what_is_used_most(client: TestClient) -> None:
    opened = client.post("/api/v1/conversations", json={"channel": "web", "locale": "zh-CN", "region": "中山"})
    assert opened.status_code == 201
    offered = [option["value"] for option in opened.json()["replies"][1]["options"]][:3]
    most = [item["name"] for item in client.get("/api/v1/guides/popular?limit=3").json()["items"]]
    assert offered == most
    assert client.post("/api/v1/conversations", json={"channel": "web", "region": "火星"}).status_code == 422
