"""The guides as pages: the directory (分类导航), one page an item with its six disclosures (六公开), and its forms.

Rendered on the server, readable without scripts. They hold nothing about anybody, so they need no authentication.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from assistant.casework import recommending
from assistant.casework.fields.dates import said
from assistant.casework.fields.parse import field_options
from assistant.casework.package.errors import OfficeError, OfficeUnavailable, PackageError
from assistant.casework.package.shelf import KINDS
from assistant.foundation.logging import get_logger
from assistant.foundation.messages import CHINESE, ENGLISH, render, simplify, t, use_language
from channels.api.limits import by_address
from channels.parts import Parts, parts_of
from channels.problems import Problem
from channels.served import catalogue_of, region_of
from channels.web import guide_regions, guide_view
from channels.web.routes import SECURITY_HEADERS
from knowledge.browsing import Category, UnknownCategory, category_name, directory, filtered, in_order_of_life
from knowledge.catalogue import Catalogue
from knowledge.regions import region_name
from knowledge.resolving import NATION
from knowledge.schema import DocumentSpec, Guide
from knowledge.situations import describe
from knowledge.translation import Translation, called, told_in_full

log = get_logger(__name__)
router = APIRouter(include_in_schema=False)
LANGUAGES = {"zh-CN": "简", "zh-Hant": "繁", "en": "EN"}
FILTERS = ("life_event", "theme", "applicant", "sector")
_LONGEST_QUERY = 200
_POPULAR = 8
_HEADERS = {**SECURITY_HEADERS, "Cache-Control": "private, no-cache"}
REGION_COOKIE = "bandao_region"
"""Which region's guides somebody chose to read: its code, for a year; nothing else is in it."""
_YEAR_SECONDS = 365 * 86_400
_MEDIA = {"docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "pdf": "application/pdf"}
_pages = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("pages")), undefined=StrictUndefined, autoescape=True, trim_blocks=True,
    lstrip_blocks=True,
)  # fmt: skip
_pages.globals |= {"t": t, "called": called, "describe": describe, "dated": said, "view": guide_view, "languages": LANGUAGES}


@dataclass(frozen=True)
class Reader:
    """Who reads: the region and language asked for, and links that keep both; ``unknown_region`` is one nobody knows."""

    parts: Parts
    region: str
    locale: str
    named_region: str | None
    unknown_region: str | None = None

    @property
    def language(self) -> str:
        return ENGLISH if self.locale == ENGLISH else CHINESE

    @property
    def catalogue(self) -> Catalogue:
        return catalogue_of(self.parts, self.region, self.language)

    def link(self, path: str, **query: str | None) -> str:
        """An address of ours with the reader's language and region."""
        kept = {"lang": self.locale if self.locale != CHINESE else None, "region": self.named_region}
        asked = {name: value for name, value in {**query, **kept}.items() if value}
        return f"{path}?{urlencode(asked)}" if asked else path

    def chat(self, words: str = "") -> str:
        """The chat page for the region chosen, with something written in its box that is not sent yet."""
        asked = {"say": words, "region": self.region if self.named_region else ""}
        query = urlencode({name: value for name, value in asked.items() if value}, quote_via=quote)
        return f"/?{query}" if query else "/"

    def apply(self, guide: Guide) -> str:
        """What to say to have an item done; in another region than is served by itself, with its name."""
        name = guide.name if self.locale != ENGLISH else called(guide)
        if self.region == self.parts.settings.region:
            return t("guides.say_apply", name=name)
        return t("guides.say_apply_in", name=name, place=region_name(self.region))


def reader_of(request: Request, *, remembered: bool = True) -> Reader:
    """Who asks for this page; a region or language nobody knows is that of the settings, and Chinese.

    Args:
        remembered: a region chosen before counts where none is named.
    """
    parts, query = parts_of(request), request.query_params
    locale = query.get("lang", CHINESE)
    locale = locale if locale in LANGUAGES else CHINESE
    unknown = None
    for named in (query.get("region", "").strip()[:40], request.cookies.get(REGION_COOKIE, "")[:6] if remembered else ""):
        if named:
            try:
                return Reader(parts, region_of(parts, named), locale, named, unknown)
            except Problem:
                unknown = unknown or named
    return Reader(parts, parts.settings.region, locale, None, unknown)


def show_page(request: Request, reader: Reader, template: str, status: int = 200, **shown: Any) -> HTMLResponse:
    query = {name: value for name, value in request.query_params.items() if name != "lang"}
    switches = {
        locale: request.url.path + ("?" + urlencode({**query, "lang": locale}) if locale != CHINESE or query else "")
        for locale in LANGUAGES
    }
    if reader.locale != CHINESE:
        switches[CHINESE] = request.url.path + ("?" + urlencode(query) if query else "")
    with use_language(reader.language):
        place = region_name(reader.region)
        shown.setdefault("embedded", False)
        shown.setdefault("nationwide", True)  # no page but a guide's says that it is a region's
        shown["regions"] = guide_regions.chooser(request, reader.region, reader.parts.settings)
        html = _pages.get_template(template).render(reader=reader, switches=switches, region_name=place, **shown)
    headers = {**_HEADERS, "Content-Language": reader.locale}
    page = HTMLResponse(render(html, reader.locale) if reader.locale == "zh-Hant" else html, status, headers)
    if reader.named_region and "region" in request.query_params:
        secure = request.url.scheme == "https"
        page.set_cookie(REGION_COOKIE, reader.region, _YEAR_SECONDS, httponly=True, samesite="lax", secure=secure)
    return page


def sorry(request: Request, reader: Reader, status: int, what: str, *, links: Mapping[str, str] | None = None,
          retry: int | None = None, **params: Any) -> HTMLResponse:  # fmt: skip
    """A page that says what is the matter and what to do next."""
    with use_language(reader.language):
        title, text = t(f"guides.sorry_{what}"), t(f"guides.sorry_{what}_text", **params)
    page = show_page(request, reader, "sorry.html.j2", status, title=title, text=text, links=dict(links or {}))
    if retry is not None:
        page.headers["Retry-After"] = str(retry)
    return page


@router.api_route("/guides", methods=["GET", "HEAD"])
async def directory_page(request: Request) -> Response:
    """The directory: search, the most used, every category; or the items of one category or search."""
    return await asyncio.to_thread(_directory, request)


def _directory(request: Request) -> Response:
    reader = reader_of(request)
    query = request.query_params
    asked = query.get("q", "").strip()[:_LONGEST_QUERY]
    chosen = {kind: query[kind][:40] for kind in FILTERS if query.get(kind)}
    catalogue = reader.catalogue
    try:
        with use_language(reader.language):
            listed = in_order_of_life(filtered(catalogue.all(), **cast(Any, chosen))) if chosen else []
            names = [category_name(kind, code, reader.language) or "" for kind, code in chosen.items()]
            groups = _groups(catalogue, reader)
    except UnknownCategory:
        return sorry(request, reader, 404, "category")
    if asked:
        try:
            by_address(reader.parts, request)
        except Problem as problem:
            return sorry(request, reader, 429, "hasty", retry=int((problem.headers or {}).get("Retry-After", 5)))
        hits = reader.parts.services.search.search(simplify(asked), 12, reader.region)
        held = {guide.code for guide in listed} if chosen else catalogue.guides.keys()
        listed = [catalogue.guides[hit.code] for hit in hits if hit.code in held and hit.code in catalogue.guides]
    started = reader.parts.usage.started()
    popular = [guide for guide, _ in recommending.most_used(catalogue, started)[:_POPULAR]]
    return show_page(
        request, reader, "directory.html.j2", asked=asked, chosen=chosen, names=names, listed=listed, popular=popular,
        groups=groups, shown=bool(asked or chosen), counted=any(started.get(guide.code) for guide in popular),
    )  # fmt: skip


def _groups(catalogue: Catalogue, reader: Reader) -> list[tuple[str, str, list[tuple[str, list[Category]]]]]:
    """(filter, title, [(sub-title, categories)]) in the order they are shown."""
    found = directory(catalogue.all(), reader.language)
    events = [(t(f"guides.events_{whose}"), listed) for whose, listed in found.life_events.items() if listed]
    return [
        ("life_event", t("guides.by_life_event"), events), ("theme", t("guides.by_theme"), [("", found.themes)]),
        ("applicant", t("guides.by_applicant"), [("", found.applicants)]),
        ("sector", t("guides.by_sector"), [("", found.sectors)]),
    ]  # fmt: skip


@router.api_route("/guides/{code}", methods=["GET", "HEAD"])
async def guide_page(code: str, request: Request) -> Response:
    """One item."""
    return await asyncio.to_thread(_guide, code, request)


def _guide(code: str, request: Request) -> Response:
    reader = reader_of(request)
    catalogue = reader.catalogue
    guide = catalogue.get(code)
    if guide is None:
        return sorry(request, reader, 404, "unknown", links={"guides.to_directory": reader.link("/guides")})
    return guide_html(request, reader, guide, reader.parts.services.catalogue_in(reader.region).translations.get(code))


def guide_html(
    request: Request, reader: Reader, guide: Guide, translation: Translation | None, *, embedded: bool = False
) -> HTMLResponse:
    """The page of a guide, which need not be one of those served: the console shows drafts so.

    Args:
        guide: as it is in the reader's region and language.
        translation: what its English comes from, to say whether that is all of it.
        embedded: its content alone, for a frame of a page of ours: no head, no foot, nothing to begin a case with.
    """
    catalogue = reader.catalogue
    with use_language(reader.language):
        after = reader.parts.usage.afterwards(guide.code)
        shown: dict[str, Any] = {
            "guide": guide, "say": reader.apply(guide),
            "nationwide": reader.region != NATION and guide_regions.nationwide(reader.parts, guide),
            "next": recommending.needed_next(guide, catalogue, after), "embedded": embedded,
        }  # fmt: skip
        if guide.outline:
            shown["say"] = t("guides.say_ask", name=called(guide))
            return show_page(request, reader, "outline.html.j2", **shown)
        options = [(field, field_options(field)) for field in guide.fields]
        shown |= {
            "chart": guide_view.chart(guide), "situations": guide_view.situations(guide, options),
            "documents": {document.key: document for document in guide.documents},
            "partly": reader.locale == ENGLISH and not told_in_full(guide, translation),
        }  # fmt: skip
    return show_page(request, reader, "guide.html.j2", **shown)


@router.api_route("/guides/{code}/forms/{document}/{kind}", methods=["GET", "HEAD"])
async def form(code: str, document: str, kind: str, request: Request) -> Response:
    """A blank form or a sample of an item."""
    return await asyncio.to_thread(_form, code, document, kind, request)


def _form(code: str, document: str, kind: str, request: Request) -> Response:
    reader = reader_of(request, remembered=False)
    guide: Guide | None = reader.parts.services.catalogue_in(reader.region).get(code)
    spec: DocumentSpec | None = next((d for d in guide.documents if d.key == document), None) if guide else None
    if guide is None or spec is None or kind not in KINDS:
        return sorry(request, reader, 404, "form", links={"guides.to_directory": reader.link("/guides")})
    back = {"guides.to_guide": reader.link(f"/guides/{code}")}
    try:
        by_address(reader.parts, request)
        data = reader.parts.forms.get(guide, spec, kind)
    except Problem as problem:
        return sorry(request, reader, 429, "hasty", links=back, retry=int((problem.headers or {}).get("Retry-After", 5)))
    except OfficeUnavailable as error:
        log.error("form.unavailable", template=spec.template, reason=str(error))
        word = {"guides.blank_word": reader.link(f"/guides/{code}/forms/{document}/blank.docx")}
        return sorry(request, reader, 503, "office", links={**word, **back}, retry=30)
    except (OfficeError, PackageError) as error:
        log.error("form.failed", template=spec.template, reason=str(error))
        return sorry(request, reader, 500, "template", links=back, title=spec.title)
    ending = kind.rpartition(".")[2]
    name = f"{spec.title}（{t('guides.sample') if kind.startswith('sample') else t('guides.blank')}）.{ending}"
    headers = {
        **SECURITY_HEADERS,
        "Content-Disposition": f"{'inline' if ending == 'pdf' else 'attachment'}; filename=\"form.{ending}\"; "
        f"filename*=UTF-8''{quote(name)}",
        "Cache-Control": "public, max-age=3600",
    }
    return Response(data, media_type=_MEDIA[ending], headers=headers)
