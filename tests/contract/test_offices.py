"""The app with a routing file: of one case in two parts, one goes to a city's own system, the other to the usual office."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from assistant.casework import repository
from assistant.casework.model import Case, CaseStatus, PackageRef, PartPackage
from assistant.casework.submission import parts
from assistant.foundation.clock import SystemClock
from assistant.foundation.office_tables import office_choice
from assistant.foundation.settings import Settings
from channels.app import create_app
from channels.parts import Parts
from tests.contract.test_receiving_office import until
from tests.quick import empty_database
from tests.unit.casework.submission import support
from tests.unit.casework.submission.city import KEY, City, serving, write_examples

OURS, THEIRS = "company-founding", "social-card-reissue"
NUMBER = "RSJ:20251121-1"


@pytest.fixture
def city() -> Iterator[City]:
    with serving(City()) as city:
        yield city


@pytest.fixture
def app(tmp_path: Path, city: City, monkeypatch: pytest.MonkeyPatch) -> Iterator[Parts]:
    monkeypatch.setenv("BANDAO_RSJ_KEY", KEY)
    nowhere = "http://127.0.0.1:9"
    settings = Settings(
        data_dir=tmp_path / "app", offices=write_examples(tmp_path, city.url), follow_seconds=0.1, sandbox_url=nowhere,
        engine_url=nowhere,
    )  # fmt: skip
    empty_database(settings).dispose()
    made: Parts = create_app(settings).state.parts
    made.submissions.start()
    yield made
    made.submissions.stop()
    made.db.dispose()


def submit(app: Parts) -> None:
    now = SystemClock().now()
    support.add_case(app.db, "BD-HOLDER")
    case = Case(case_no="BD-CITY-1", guide_code="x", guide_name="开店一件事", guide_version="1", created_at=now, updated_at=now)
    case.move(CaseStatus.READY)
    case.package = PackageRef(version=1, sha256="0" * 64, blob_id="whole", built_at=now)
    case.package_version = 1
    case.packages = [
        PartPackage(
            version=1, sha256="0" * 64, built_at=now, item=item, name=item, department=f"{item} office",
            blob_id=app.blobs.put(support.package(case.case_no, 1, item)),
        )
        for item in (OURS, THEIRS)
    ]  # fmt: skip
    with app.db.write() as conn:
        parts.submit(case, now)
        repository.save(conn, case, "c-BD-HOLDER", now)
        for part, waiting in parts.to_send(case):
            app.submissions.enqueue_in(conn, case.case_no, 1, part, waiting=waiting)
    app.submissions.kick()


def stands(app: Parts) -> dict[str, tuple[str, str | None]]:
    with app.db.read() as conn:
        found = repository.find(conn, "BD-CITY-1")
    assert found is not None
    return {part.item: (part.status.value, part.office_ref) for part in found[0].parts}


def test_each_part_goes_where_the_file_says_and_neither_waits_for_the_other(app: Parts, city: City) -> None:
    submit(app)
    until(lambda: stands(app)[THEIRS] == ("submitted", NUMBER), "the city's number")
    city.decide("20251121-1", "20")
    city.decide("20251121-1", "49", "不符合条件")
    until(lambda: stands(app)[THEIRS] == ("denied", NUMBER), "the city's decision")
    assert city.taken_in == ["BD-CITY-1 1"] and city.forged == 0
    assert stands(app)[OURS] == ("submitted", None)  # the usual office is away
    with app.db.read() as conn:
        chosen = {(part, office) for part, office in conn.execute(select(office_choice.c.part, office_choice.c.office))}
    assert chosen == {(OURS, ""), (THEIRS, "RSJ")}
