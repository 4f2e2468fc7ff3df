"""The whole road on PostgreSQL: one setting, everything else the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from benchmarks.citizens.citizen import Citizen
from benchmarks.stack import Stack

pytestmark = [pytest.mark.server, pytest.mark.postgres, pytest.mark.timeout(600)]


def test_a_case_begins_and_is_kept_on_postgresql(tmp_path: Path, postgres_url: str) -> None:
    with Stack(tmp_path, BANDAO_DATABASE_URL=postgres_url) as stack:
        citizen = Citizen(stack.base_url)
        citizen.say("我们公司搬家了，执照上的地址要改")
        assert citizen.say("租的")["case"]["filled"] == 1
        assert citizen.say("转人工")["owner"] == "queue"
        assert citizen.say("都在")["owner"] == "bot"
        assert [kind for _, kind, _ in citizen.events()].count("turn") == 4
        case_no = citizen.case_no
    engine = create_engine(postgres_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as conn:
        assert conn.execute(text("SELECT status FROM case_file WHERE case_no = :no"), {"no": case_no}).scalar() == "draft"
    engine.dispose()
    assert not (stack.data_dir / "bandao.db").exists()
