"""The mini-program in Node against the running server: its conversation client, and a whole case through its own app and pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.citizens.answers import sample_pdf
from benchmarks.citizens.facts import load
from benchmarks.stack import Stack
from tests.node import npm, packages

DRIVER = load(Path(__file__).with_name("cases") / "driving-licence-renewal.yaml")[0]


@pytest.mark.timeout(400)
def test_it_talks_with_the_server_and_takes_a_case_to_its_rating(server: Stack, tmp_path: Path) -> None:
    packages()
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(sample_pdf())
    done = npm(
        "run", "live", BANDAO_URL=server.base_url, BANDAO_OFFICE=server.office_url.split("/office")[0], BANDAO_SCAN=str(scan),
        BANDAO_OFFICE_KEY=(server.data_dir / "keys" / "office.key").read_text(encoding="ascii").strip(),
        BANDAO_CITIZEN=DRIVER.model_dump_json(),
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert "# pass 9" in done.stdout and "# fail 0" in done.stdout, done.stdout
