"""The guides' pages as the real app serves them, over guides of its own: one whole item, one with parallel steps, outlines."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from playwright.sync_api import Browser, BrowserContext, Page

from assistant.foundation.settings import ROOT, Settings
from channels.app import create_app
from tests.browser.serving import answering, listening
from tests.quick import empty_database

FOOD = "food-permit-new"
PARALLEL = "shop-sign"


def _guides(folder: Path) -> Path:
    """The fixture guides, 食品经营许可新办 as it is served, and the sign's process with two steps at the same time."""
    shutil.copytree(ROOT / "tests" / "fixtures" / "guides", folder)
    real = ROOT / "knowledge" / "guides"
    shutil.copy(real / f"{FOOD}.yaml", folder / f"{FOOD}.yaml")
    path = folder / f"{PARALLEL}.yaml"
    guide = yaml.safe_load(path.read_text(encoding="utf-8"))
    cited = guide["process"][0]["evidence"]
    guide["process"] = [
        {"name": "准备", "text": "备好材料。", "evidence": [*cited]},
        {"name": "消防安全检查", "text": "消防来看。", "office": "消防救援机构", "days": 3, "after": ["准备"], "evidence": [*cited]},
        {"name": "食品经营许可审查", "text": "市场监管来看。", "office": "市场监督管理局", "days": 5, "after": ["准备"], "evidence": [*cited]},
        {"name": "招牌备案", "text": "街道来看。", "office": "街道办事处", "days": 1, "after": [], "evidence": [*cited]},
        {"name": "发证", "text": "领证。", "after": ["消防安全检查", "食品经营许可审查", "招牌备案"], "evidence": [*cited]},
    ]
    path.write_text(yaml.safe_dump(guide, allow_unicode=True), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def pages_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the app that serves the pages."""
    return tmp_path_factory.mktemp("pages") / "data"


@pytest.fixture(scope="session")
def pages_url(pages_data: Path) -> Iterator[str]:
    """Where the pages are served."""
    room = pages_data.parent
    here = listening()
    port = here.getsockname()[1]
    settings = Settings(data_dir=pages_data, guides_dir=_guides(room / "guides"), rate_per_address=0, rate_verify=0, port=min(port, 65532))
    empty_database(settings).dispose()
    with pytest.MonkeyPatch.context() as patch:
        # training a search for these few guides would take longer than all the tests
        found = SimpleNamespace(search=lambda text, *_: [SimpleNamespace(code=FOOD)] if "饭店" in text else [])
        patch.setattr("channels.app.Search", SimpleNamespace(build=lambda *_, **__: found))
        app = create_app(settings)
    with answering(app, here, lifespan="off") as base:
        yield base


@pytest.fixture
def visit(browser: Browser, pages_url: str) -> Iterator[Callable[..., Page]]:
    """Opens a page; keyword arguments go to the browser context, ``preferences`` are set before the first paint."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def start(path: str, preferences: dict[str, str] | None = None, **options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, "locale": "zh-CN", **options})
        contexts.append(context)
        for key, value in (preferences or {}).items():
            context.add_init_script(f"localStorage.setItem('bandao.chat.{key}', '{value}')")
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if "Content Security Policy" in message.text else None)
        page.goto(pages_url + path)
        return page

    yield start
    for context in contexts:
        context.close()
    assert errors == []
