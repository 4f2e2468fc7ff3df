"""What was trained, and the guides it was trained from."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.foundation.messages import t
from assistant.foundation.settings import Settings
from channels.cli.checks import Check, bad, good


def checks(settings: Settings) -> Iterator[Check]:
    """Guides, search model and engine model."""
    yield _guides(settings)
    yield search(settings)
    yield engine(settings)


def _guides(settings: Settings) -> Check:
    from knowledge.catalogue import Catalogue
    from knowledge.lint import lint

    served = len(Catalogue.load(settings.guides_dir).guides)
    problems = lint(settings.guides_dir, settings.templates_dir)
    if not problems:
        return good("guides", t("doctor.guides_good", count=served))
    first = problems[0]
    files = len({problem.file for problem in problems})
    # The others are served; without any there is nothing to serve.
    return bad("guides", "guides", files=files, file=first.file, line=first.line, why=first.why, required=not served)


def search(settings: Settings) -> Check:
    """The search model is there, and of these guides."""
    from channels.serve.training import search_model

    if settings.embedding_model != "static":
        return good("model.search", settings.embedding_model)
    match search_model(settings):
        case "current":
            return good("model.search", t("doctor.search_current"))
        case "older_guides":
            return bad("model.search", "search_older", required=False)
        case "missing":
            return bad("model.search", "search_missing")


def engine(settings: Settings) -> Check:
    """The engine's model is of the present data."""
    from assistant.engine.training import is_current

    return good("model.engine", t("doctor.engine_current")) if is_current(settings) else bad("model.engine", "engine_stale")
