"""The container one can try: there where everything is on one machine, with a key nobody else can read, and never beside the operator's own."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from assistant.foundation.settings import Settings
from channels.serve import container
from channels.serve.programs import environment
from sandbox.container import config as sandbox_side

NAMES = {"BANDAO_CONTAINER_KEYS", "BANDAO_CONTAINER_ISSUER", "BANDAO_SANDBOX_CONTAINER_PRODUCT"}


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*NAMES, "BANDAO_SANDBOX_URL"):
        monkeypatch.delenv(name, raising=False)


def test_app_and_sandbox_get_the_same_key_which_stays(settings: Settings) -> None:
    given = environment(settings)
    file = Path(given["BANDAO_CONTAINER_KEYS"])
    assert file.parent == settings.keys_dir and file.stat().st_mode & 0o777 == 0o600
    assert given["BANDAO_SANDBOX_CONTAINER_PRODUCT"] == settings.public_url and container.page(settings).startswith(settings.sandbox_url)
    kept = file.read_bytes()
    assert environment(settings) == given and file.read_bytes() == kept
    app = Settings(data_dir=settings.data_dir, container_keys=file, container_issuer=given["BANDAO_CONTAINER_ISSUER"])
    assert app.container_keys == file
    theirs = sandbox_side.load(given)
    assert theirs is not None and theirs.audience == settings.public_url and theirs.issuer == app.container_issuer
    assert theirs.key.as_dict() == json.loads(kept)["keys"][0]
    shutil.rmtree(settings.keys_dir)
    environment(settings)
    assert file.read_bytes() != kept, "made, not written down anywhere"


@pytest.mark.parametrize(
    "hers", [{"container_keys": Path("/keys.json"), "container_issuer": "https://app.example"}, {"container_issuer": "https://app.example"},
             {"public_url": "https://bandao.example.gov.cn"}],
)  # fmt: skip
def test_nothing_is_added_to_what_an_operator_set_or_where_others_can_come(settings: Settings, hers: dict[str, Any]) -> None:
    assert not NAMES & set(environment(settings.model_copy(update=hers)))
    assert not (settings.keys_dir / "container.json").exists()


def test_nothing_is_made_where_the_sandbox_is_not_ours(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BANDAO_SANDBOX_URL", "https://office.example")
    assert not container.opens(settings) and not NAMES & set(environment(settings))
