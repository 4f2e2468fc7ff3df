"""The folder of guides changes while the product serves: found and answered at once, refused without harm, a turn undisturbed."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from assistant.casework.model import Case, CaseStatus
from assistant.engine.training import CATALOGUE_FILE
from assistant.foundation.clock import SHANGHAI, FixedClock
from assistant.foundation.database import Database
from assistant.foundation.settings import ROOT, Settings
from channels.app import create_app
from channels.parts import Parts

pytestmark = pytest.mark.timeout(120)

DEADLINE = 60.0
"""Seconds to wait at most, on a machine with other work; how long it takes is measured by ``bandao bench reload``."""
NOW = datetime(2026, 12, 1, 10, 0, tzinfo=SHANGHAI)
GUIDE = """
code: whale-watch
name: 蓝鲸观察登记
version: "{version}"
effective: 2026-01-01
outline: true
region: "310000"
themes: [transport]
summary: {summary}
names:
  aliases: [观鲸登记, 看蓝鲸登记]
  colloquial: [出海看鲸鱼]
  samples: {{apply: [我想出海看蓝鲸，要登记吗]}}
"""


@pytest.fixture
def parts(settings: Settings, db: Database, tmp_path: Path) -> Iterator[tuple[TestClient, Parts]]:
    """A product that has begun, with guides and names for the engine of its own."""
    shutil.copytree(ROOT / "knowledge" / "guides", tmp_path / "guides")
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "search").symlink_to(settings.models_dir / "search")
    where = {"guides_dir": tmp_path / "guides", "models_dir": tmp_path / "models"}
    app = create_app(settings.model_copy(update={**where, "engine_url": "http://127.0.0.1:9", "sandbox_url": "http://127.0.0.1:9"}), FixedClock(NOW))
    with TestClient(app) as client:
        yield client, app.state.parts


def _until(holds: Callable[[], bool]) -> float:
    """Seconds until something holds."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < DEADLINE, "not in time"
        time.sleep(0.02)
    return time.monotonic() - began


def _publish(parts: Parts, text: str) -> None:
    draft = parts.settings.guides_dir / "whale-watch.draft"
    draft.write_text(text, encoding="utf-8")
    draft.replace(draft.with_suffix(".yaml"))


def test_a_guide_written_while_it_serves(parts: tuple[TestClient, Parts], record_property: Callable[[str, object], None]) -> None:
    client, running = parts

    def found() -> bool:
        items = client.get("/api/v1/search", params={"q": "我想出海看蓝鲸，要登记吗"}).json()["items"]
        return bool(items) and items[0]["code"] == "whale-watch"

    def summary() -> str | None:
        answer = client.get("/api/v1/guides/whale-watch")
        return str(answer.json()["summary"]) if answer.status_code == 200 else None

    assert not found() and summary() is None
    turn = running.services.pinned()
    _publish(running, GUIDE.format(version="2026.1", summary="出海看蓝鲸前登记。"))
    record_property("seconds until found", _until(found))
    assert summary() == "出海看蓝鲸前登记。" and "蓝鲸观察登记" in client.get("/guides?theme=transport").text
    assert not any(hit.code == "whale-watch" for hit in turn.find("看蓝鲸")), "a turn goes on with what it began with"
    assert turn.catalogue.get("whale-watch") is None and running.services.catalogue.get("whale-watch") is not None
    _until(lambda: "观鲸登记" in (running.settings.models_dir / CATALOGUE_FILE).read_text(encoding="utf-8").splitlines())

    # Broken: the version before goes on, staff are told, and nothing is unready for it
    _publish(running, GUIDE.format(version="2026.2", summary="[没有写完"))
    _until(lambda: bool(running.guides.refused))
    assert {entry.file for entry in running.guides.refused} == {"whale-watch.yaml"}
    assert summary() == "出海看蓝鲸前登记。" and found()
    assert "bandao_guide_problems 1.0" in client.get("/metrics").text
    assert client.get("/readyz").json()["parts"]["index"] is True

    # Mended, and another version: a case goes on with the one it was started on
    _publish(running, GUIDE.format(version="2026.2", summary="出海看蓝鲸前一天登记。"))
    _until(lambda: summary() == "出海看蓝鲸前一天登记。")
    assert running.guides.refused == []
    started = Case(
        case_no="BD1", guide_code="whale-watch", guide_name="蓝鲸观察登记", guide_version="2026.1", status=CaseStatus.DRAFT,
        created_at=NOW, updated_at=NOW,
    )
    assert running.services.guide_of(started).summary == "出海看蓝鲸前登记。"

    (running.settings.guides_dir / "whale-watch.yaml").unlink()
    _until(lambda: not found())
    assert summary() is None and running.services.guide_of(started).summary == "出海看蓝鲸前登记。"
