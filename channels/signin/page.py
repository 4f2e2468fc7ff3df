"""The page one comes back to where the door is no page of ours: what came of it, in one sentence."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from assistant.foundation.messages import t, use_language

_pages = Environment(loader=FileSystemLoader(Path(__file__).with_name("pages")), autoescape=True, undefined=StrictUndefined)


def told(words: str, locale: str) -> str:
    """The page as HTML."""
    with use_language(locale):
        return _pages.get_template("told.html").render(words=words, title=t("signin.title"), locale=locale)
