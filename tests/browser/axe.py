"""What axe finds. Its rules about structure say the same in every colour and size of type, and cost most of its time: once for
each page and width is enough; what colours and sizes change is asked in every look."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

LOOK = ["color-contrast", "target-size", "link-in-text-block", "scrollable-region-focusable"]


def violations(page: Page, *, whole: bool = True, context: str | None = None) -> list[str]:
    """One line each. ``whole``: every rule; else those that a theme or a size of type may break."""
    options: dict[str, Any] = {"resultTypes": ["violations"]} | ({} if whole else {"runOnly": LOOK})
    response: dict[str, Any] = Axe().run(page, context=context, options=options).response
    return [
        f"{found['id']} ({found['impact']}): {node['html'][:160]}" for found in response["violations"] for node in found["nodes"]
    ]
