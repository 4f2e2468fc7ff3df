"""What the tests in Rasa's environment share."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest
from rasa.shared.core.domain import Domain

ROOT = Path(__file__).resolve().parents[2]

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run one coroutine; the plug-in for asynchronous tests is not in this environment."""
    return asyncio.run(work)


@pytest.fixture(scope="session")
def domain() -> Domain:
    """The project's own domain."""
    return Domain.load(ROOT / "domain.yml")
