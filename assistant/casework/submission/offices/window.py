"""Offices that want the papers themselves: brought to a window, or posted.

The package goes ahead over the office's own interface, so that staff have before them what the papers say; the office's file is
``expected`` until they are there, and is followed like any other.
"""

from __future__ import annotations

from typing import Literal

from assistant.casework.submission.http_office import HttpOffice


class WindowOffice(HttpOffice):
    """The papers are brought to a window of the office."""

    way: Literal["", "window", "post"] = "window"


class PostOffice(HttpOffice):
    """The papers are posted to the office."""

    way: Literal["", "window", "post"] = "post"
