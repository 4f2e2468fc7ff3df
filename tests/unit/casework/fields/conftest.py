"""The catalogue of messages is loaded once before anything is timed: hypothesis allows an example 200 ms."""

from __future__ import annotations

import pytest

from assistant.foundation.messages import t


@pytest.fixture(scope="session", autouse=True)
def _messages_loaded() -> None:
    t("fields.several")
