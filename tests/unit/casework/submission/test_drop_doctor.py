"""What doctor says of an office that takes files, where something is wrong with the folder."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assistant.casework.submission.offices import config
from assistant.foundation.settings import Settings
from channels.cli.checks import offices as doctor
from tests.unit.casework.submission.test_sftp_office import SECRET, FarSide, far

__all__ = ["far"]


@pytest.mark.parametrize(
    ("spoil", "why", "remedy"),
    [
        ("host_key", "公钥不对（SHA256:", "不要改"), ("client_key", "不认我们的账号或密钥", "登记的公钥"), ("folder", "看不到文件夹", "in 和 out"),
        ("gone", "没有应答", "地址、网络"),
    ],
)  # fmt: skip
def test_doctor_says_what_is_wrong_with_a_drop_and_what_next(
    far: FarSide, spoil: str, why: str, remedy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = {}
    if spoil == "host_key":
        other = Ed25519PrivateKey.generate().public_key()
        changes["host_key"] = other.public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH).decode()
    elif spoil == "client_key":
        (far.folder / "client_key.pub").write_text(far.drop.server.public_key, encoding="ascii")
    elif spoil == "folder":
        changes["url"] = f"sftp://bandao@127.0.0.1:{far.drop.server.port}/elsewhere"
    else:
        changes["url"] = "sftp://bandao@127.0.0.1:9/"
    loaded = config.load(far.routing(**changes), environ={"BANDAO_GJJ_KEY": SECRET})
    monkeypatch.setattr(doctor, "check", lambda _settings: loaded)
    (found,) = doctor.checks(Settings(data_dir=far.folder))
    assert not found.ok and why in found.detail and remedy in found.remedy
