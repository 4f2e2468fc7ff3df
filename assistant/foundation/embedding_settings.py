"""Settings of doors inside other people's pages: the widget on a city's own site, and containers that open our page.

Both are closed until they are set.
"""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings

_ORIGIN = re.compile(r"https?://(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*(?::[1-9][0-9]{0,4})?")
_USUAL = (("http://", ":80"), ("https://", ":443"))


class EmbeddingSettings(BaseSettings):
    """A part of ``Settings``."""

    widget_origins: str = Field(
        default="", description="Origins whose pages may embed the widget (https://www.example.gov.cn), spaces between."
    )
    container_keys: Path | None = Field(
        default=None, description="JWK set of the containers' keys, each with kid and alg; unset = this door is closed."
    )
    container_issuer: str = Field(default="", description="The iss of their tickets; required with the keys.")
    container_audience: str = Field(default="", description="The aud of their tickets; empty = BANDAO_PUBLIC_URL.")
    container_levels: str = Field(
        default="phone=phone;real_name=real_name;face=face", description="The acr of their tickets for each level."
    )

    @field_validator("container_keys", mode="before")
    @classmethod
    def _unset(cls, given: object) -> object:
        """A variable set to nothing is not set: as a path it would mean the present folder."""
        return None if isinstance(given, str) and not given.strip() else given

    @field_validator("widget_origins")
    @classmethod
    def _origins(cls, given: str) -> str:
        """Each as a browser sends it: exact, or it would never match, and nobody would know why."""
        for origin in given.split():
            usual = any(origin.startswith(scheme) and origin.endswith(port) for scheme, port in _USUAL)
            if not _ORIGIN.fullmatch(origin) or usual:
                raise ValueError(f"{origin!r} is no origin as browsers name it: scheme://host, in small letters, no path, no *")
        return given
