"""The catalogue as one asker is served it: by region, and in the language she reads."""

from __future__ import annotations

from assistant.engine.components.patterns.regions import DISTRICTS
from assistant.foundation.messages import ENGLISH
from channels.parts import Parts
from channels.problems import Problem
from knowledge.catalogue import Catalogue
from knowledge.regions import region_code
from knowledge.resolving import REGIONS, chain


def region_of(parts: Parts, named: str | None) -> str:
    """The six-digit code of a region given as code or name; that of the settings where none is given.

    A district nobody wrote guides for is served as its city, so that made-up codes fill no memory.

    Raises:
        Problem: 422 for a region nobody knows.
    """
    if named is None:
        return parts.settings.region
    code = region_code(named)
    if code is None:
        raise Problem(422, "unknown_region")
    written = code == parts.settings.region or (parts.settings.guides_dir / REGIONS / code).is_dir()
    return code if written or code.endswith("00") or code in DISTRICTS else chain(code)[-2]


def catalogue_of(parts: Parts, region: str, language: str | None = None) -> Catalogue:
    """The guides served in a region; in English where there is a translation, if that is asked for."""
    served = parts.services.catalogue_in(region)
    return _in_english(served) if language == ENGLISH else served


def _in_english(served: Catalogue) -> Catalogue:
    guides = {code: served.in_english(guide) for code, guide in served.guides.items()}
    return Catalogue(dict(guides), served.problems, served.files, served.translations)
