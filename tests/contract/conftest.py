"""What several contract tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.wechat_world import Running, running


@pytest.fixture(scope="module")
def wechat(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One app and one WeChat for all of a module: everybody is somebody new. Not longer: what runs beside it is nobody else's business."""
    with running(tmp_path_factory.mktemp("wechat")) as both:
        yield both
