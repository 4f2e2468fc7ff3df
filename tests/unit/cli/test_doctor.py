"""`bandao doctor`: whatever is broken is named, with its remedy; nothing is made by looking."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from assistant.foundation.crypto import KeyRing
from assistant.foundation.database import Database
from assistant.foundation.settings import Settings
from channels.cli.checks import Check, data, environments, machine, models, offices, running
from channels.cli.doctor import examine
from channels.serve import runlock
from tests.unit.casework.submission.city import KEY, City, serving, write_examples


def found(checks: Iterable[Check], name: str) -> Check:
    """The one check of this name."""
    (check,) = [check for check in checks if check.name == name]
    assert check.ok or check.remedy, "a fault without a remedy helps nobody"
    return check


def test_before_the_first_start_data_is_no_fault_and_is_not_made(settings: Settings) -> None:
    assert found(data.checks(settings), "keyring").ok
    assert not settings.keyring_path.exists()
    assert not (settings.data_dir / "bandao.db").exists()


def test_a_sound_database_is_sound(settings: Settings, db: Database) -> None:
    checks = list(data.checks(settings))
    assert [(check.name, check.ok) for check in checks] == [("keyring", True), ("database", True), ("audit", True)]


def test_a_database_without_its_keys_is_a_loss_not_a_first_start(settings: Settings, db: Database) -> None:
    settings.keyring_path.unlink()
    assert not found(data.checks(settings), "keyring").ok


def test_a_broken_key_ring_is_named(settings: Settings, db: Database) -> None:
    settings.keyring_path.write_text("{}", encoding="ascii")
    assert not found(data.checks(settings), "keyring").ok


def test_keys_others_can_read_are_named(settings: Settings, db: Database) -> None:
    settings.keyring_path.chmod(0o644)
    check = found(data.checks(settings), "keyring")
    assert not check.ok and "keyring.json" in check.detail


def test_another_databases_keys_are_named(settings: Settings, db: Database) -> None:
    settings.keyring_path.unlink()
    KeyRing.open(settings.keyring_path)
    assert not found(data.checks(settings), "database").ok


def test_an_older_schema_is_named(settings: Settings, db: Database) -> None:
    with db.write() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    check = found(data.checks(settings), "database")
    assert not check.ok and "db upgrade" in check.remedy


def test_a_changed_audit_chain_is_named(settings: Settings, db: Database) -> None:
    from assistant.foundation import audit
    from assistant.foundation.clock import SystemClock

    with db.write() as conn:
        audit.append(conn, at=SystemClock().now(), actor="system", action="staff.added", subject="1", detail={})
        # The database itself refuses to change entries: whoever tampers has to take that away first.
        names = text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entry'")
        for trigger in conn.execute(names).scalars().all():
            conn.execute(text(f"DROP TRIGGER {trigger}"))
        conn.execute(text("UPDATE audit_entry SET actor = 'somebody'"))
    check = found(data.checks(settings), "audit")
    assert not check.ok and "1" in check.detail


def test_an_unreachable_database_is_named_without_its_password(settings: Settings, db: Database) -> None:
    elsewhere = settings.model_copy(update={"database_url": "postgresql+psycopg://u:secretword@127.0.0.1:1/x"})
    check = found(data.checks(elsewhere), "database")
    assert not check.ok
    assert "secretword" not in check.detail + check.remedy


def test_a_port_held_by_a_stranger_is_named(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = settings.model_copy(update={"port": server.getsockname()[1]})
        assert not found([machine.port(taken)], "port").ok


def test_our_own_server_on_the_port_is_no_fault(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, runlock.RunLock(settings.data_dir / "run"):
        ours = settings.model_copy(update={"port": server.getsockname()[1]})
        assert found([machine.port(ours)], "port").ok


def test_a_missing_office_program_is_named(settings: Settings) -> None:
    without = settings.model_copy(update={"soffice": "no-such-office"})
    assert not found([machine.office(without)], "libreoffice").ok


def test_too_little_disk_is_named(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "NEEDED_FREE", 10**18)
    assert not found([machine.disk(settings)], "disk").ok


def test_untrained_models_are_named(settings: Settings, tmp_path: Path) -> None:
    untrained = settings.model_copy(update={"models_dir": tmp_path})
    assert not found([models.search(untrained)], "model.search").ok
    assert not found([models.engine(untrained)], "model.engine").ok


def test_a_bad_guide_is_named_but_the_others_serve(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("nonsense", encoding="utf-8")
    alone = found(models.checks(settings.model_copy(update={"guides_dir": tmp_path})), "guides")
    assert not alone.ok and alone.required and "bad.yaml" in alone.detail


def test_a_server_that_runs_but_does_not_answer_is_named(settings: Settings) -> None:
    assert found(running.checks(settings), "running").ok
    with runlock.RunLock(settings.data_dir / "run") as lock:
        lock.describe(url="http://127.0.0.1:1", sandbox_url="http://127.0.0.1:1")
        checks = list(running.checks(settings))
    assert not found(checks, "running.app").ok
    assert not found(checks, "running.sandbox").ok
    register = found(checks, "running.register")
    assert not register.ok and not register.required and "127.0.0.1:1/register" in register.detail


def test_packages_that_deviate_from_the_lock_are_named(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    pins = "uvicorn[standard]==1.0 \\\n    --hash=sha256:00\n# via\nTyping_Extensions==2.0\nmissing==3\n"
    lock.write_text(pins, encoding="utf-8")
    for name, version in (("uvicorn", "1.0"), ("typing-extensions", "2.1")):
        info = tmp_path / f"{name}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", encoding="utf-8")
    assert environments.deviations(lock, tmp_path) == ["typing-extensions 2.1 ≠ 2.0", "missing – ≠ 3"]


def test_a_setting_that_cannot_be_used_is_the_first_thing_said(bandao: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BANDAO_PORT", "none")
    checks = list(examine())
    assert [(check.name, check.ok) for check in checks] == [("settings", False)]
    assert "BANDAO_PORT" in checks[0].detail


def test_a_check_that_breaks_does_not_hide_the_others(bandao: object, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Settings) -> Iterator[Check]:
        yield from ()
        raise RuntimeError("oh")

    for module in (machine, models):
        monkeypatch.setattr(module, "checks", broken)
    monkeypatch.setattr(environments, "checks", lambda: iter(()))
    names = {check.name: check.ok for check in examine()}
    assert names["machine"] is False and names["models"] is False
    assert names["running"] is True


def test_a_routing_file_that_cannot_be_used_is_told_line_by_line(settings: Settings, tmp_path: Path) -> None:
    assert list(offices.checks(settings)) == []
    path = tmp_path / "offices.yaml"
    path.write_text("offices: {}\nroutes:\n  - items: [no-such-item]\n    office: RSJ\n", encoding="utf-8")
    checks = list(offices.checks(settings.model_copy(update={"offices": path})))
    assert [check.ok for check in checks] == [False, False] and all(check.remedy for check in checks)
    assert "第 4 行" in checks[0].detail and "no-such-item" in checks[1].detail


def test_offices_that_are_silent_or_cannot_be_asked_cost_no_start(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BANDAO_RSJ_KEY", KEY)
    with serving(City()) as city:
        path = write_examples(tmp_path, city.url)
        used = settings.model_copy(update={"offices": path})
        assert found(offices.checks(used), "offices.RSJ").ok
        mapping = tmp_path / "rsj.yaml"
        lines = [line for line in mapping.read_text(encoding="utf-8").splitlines() if not line.startswith("  find:")]
        mapping.write_text("\n".join(lines), encoding="utf-8")
        check = found(offices.checks(used), "offices.RSJ")
        assert not check.ok and not check.required and "核实" in check.detail
    check = found(offices.checks(used), "offices.RSJ")
    assert not check.ok and not check.required and "没有应答" in check.detail
