"""Settings: derived values, generated secrets, and their documentation."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest
from pydantic import ValidationError

from assistant.foundation.settings import ROOT, Settings, get_settings

DOCUMENT = ROOT / "docs" / "settings.md"


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in list(os.environ):
        if name.startswith("BANDAO_"):
            monkeypatch.delenv(name)
    get_settings.cache_clear()


def test_ports_and_addresses_follow_the_port(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, port=9100)
    assert (settings.engine_port, settings.sandbox_port, settings.sandbox_smtp_port) == (9101, 9102, 9103)
    assert settings.engine_url == "http://127.0.0.1:9101"
    assert settings.sandbox_url == "http://127.0.0.1:9102"


def test_what_is_set_is_not_derived(tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path,
        engine_port=7,
        sandbox_url="http://office.example/",
        engine_token="given",
        office_api_key="given too",
        office_webhook_secret="given four",
        register_url="http://register.example/v/",
        register_client_secret="given three",
        messages_secret="given five",
        courier_api_key="given six",
        oidc_client_secret="given seven",
        citizen_client_secret="given eight",
        wechat_official_secret="given nine",
        wechat_official_token="given ten",
        wechat_official_aes_key="A" * 43,
        wechat_mini_secret="given eleven",
        wechat_work_secret="given twelve",
        wechat_work_token="given thirteen",
        wechat_work_aes_key="B" * 43,
    )
    assert settings.engine_url == "http://127.0.0.1:7"
    assert settings.sandbox_url == "http://office.example"
    assert settings.register_url == "http://register.example/v"
    assert (settings.engine_token, settings.office_api_key, settings.register_client_secret) == ("given", "given too", "given three")
    assert (settings.office_webhook_secret, settings.messages_secret) == ("given four", "given five")
    assert (settings.courier_api_key, settings.courier_url) == ("given six", "http://office.example/courier")
    assert not settings.keys_dir.exists()


def test_secrets_are_generated_once_and_private(tmp_path: Path) -> None:
    first, second = Settings(data_dir=tmp_path), Settings(data_dir=tmp_path)
    assert first.engine_token == second.engine_token
    assert first.engine_token != first.office_api_key
    assert len(first.engine_token) >= 40
    for name in ("engine.token", "office.key", "office-webhook.key", "register.key", "messages.key", "courier.key", "oidc.key", "citizen-oidc.key", "wechat.key"):
        assert stat.S_IMODE((tmp_path / "keys" / name).stat().st_mode) == 0o600
    assert sorted(path.name for path in (tmp_path / "keys").iterdir()) == [
        "citizen-oidc.key",
        "courier.key",
        "engine.token",
        "messages.key",
        "office-webhook.key",
        "office.key",
        "oidc.key",
        "register.key",
        "wechat.key",
    ]


def test_secrets_do_not_show_in_a_printed_object(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, database_url="postgresql://bandao:hunter2@db/bandao")
    for secret in (settings.engine_token, settings.office_api_key, settings.register_client_secret, settings.messages_secret, settings.office_webhook_secret, settings.courier_api_key, settings.oidc_client_secret, "hunter2"):
        assert secret not in repr(settings)


@pytest.mark.parametrize(
    ("given", "host", "port", "security"),
    [({}, "127.0.0.1", 8083, "none"), ({"smtp_host": "mail.example"}, "mail.example", 587, "starttls"),
     ({"smtp_host": "mail.example", "smtp_security": "tls"}, "mail.example", 465, "tls"),
     ({"sandbox_url": "http://city.example"}, "", 587, "starttls")],
)  # fmt: skip
def test_mail_goes_to_the_sandbox_only_where_the_sandbox_is_ours(
    tmp_path: Path, given: dict[str, str], host: str, port: int, security: str
) -> None:
    settings = Settings.model_validate({"data_dir": tmp_path, **given})
    assert (settings.smtp_host, settings.smtp_port, settings.smtp_security) == (host, port, security)


@pytest.mark.parametrize("hours", ["22-8", "22:00", "25:00-08:00", "22:60-08:00", "night"])
def test_quiet_hours_that_are_none_are_refused(tmp_path: Path, hours: str) -> None:
    with pytest.raises(ValidationError):
        Settings(data_dir=tmp_path, quiet_hours=hours)
    assert Settings(data_dir=tmp_path, quiet_hours="").quiet_hours == ""


def test_database_addresses_get_the_driver(tmp_path: Path) -> None:
    assert Settings(data_dir=tmp_path).database_url == f"sqlite:///{tmp_path}/bandao.db"
    for given in ("postgres://db/x", "postgresql://db/x", "postgresql+psycopg://db/x"):
        assert Settings(data_dir=tmp_path, database_url=given).database_url == "postgresql+psycopg://db/x"


def test_relative_folders_become_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BANDAO_DATA_DIR", "here")
    assert get_settings().data_dir == tmp_path / "here"
    assert get_settings() is get_settings()
    get_settings.cache_clear()


@pytest.mark.parametrize(("name", "value"), [("port", 0), ("region", "上海"), ("fsync", "off"), ("rate_per_address", -1)])
def test_impossible_values_are_refused(tmp_path: Path, name: str, value: object) -> None:
    with pytest.raises(ValidationError, match=name):
        Settings(data_dir=tmp_path, **{name: value})


def test_settings_cannot_be_changed(settings: Settings) -> None:
    with pytest.raises(ValidationError):
        settings.port = 1


def test_every_setting_says_what_it_means() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_every_setting_is_documented_and_nothing_else() -> None:
    documented = re.findall(r"^\| `(BANDAO_[A-Z_]+)` \|", DOCUMENT.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert sorted(documented) == sorted(f"BANDAO_{name.upper()}" for name in Settings.model_fields)


def test_the_register_is_the_sandboxs_unless_set(tmp_path: Path) -> None:
    assert Settings(data_dir=tmp_path, sandbox_port=9).register_url == "http://127.0.0.1:9/register"


def test_a_folder_set_to_nothing_is_not_the_present_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BANDAO_SANDBOX_SEED", "")
    assert Settings(data_dir=tmp_path).sandbox_seed is None
