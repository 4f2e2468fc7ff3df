from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from fastapi.testclient import TestClient

from sandbox.app import create_app
from sandbox.config import SandboxConfig
from tests.unit.sandbox import packages

KEY = "fictitious-office-key"
STAFF_KEY = "office-demo"


class Hands:
    """A clock a test can turn."""

    def __init__(self) -> None:
        self.at = datetime(2025, 11, 21, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **step: float) -> None:
        self.at += timedelta(**step)


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def config(tmp_path: Path, hands: Hands) -> SandboxConfig:
    return SandboxConfig(data_dir=tmp_path, office_key=KEY, staff_key=STAFF_KEY, now=hands, max_package_bytes=200_000)


class Sender:
    """Sends to the office as a program does."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.headers: dict[str, str | bytes] = {"X-Api-Key": KEY}

    def send(self, package: bytes, said: dict[str, object], key: str = "BD-0001-1") -> Any:
        files = {"package": ("package.zip", package, "application/zip"), "metadata": (None, json.dumps(said))}
        return self.client.post("/office/v1/submissions", files=files, headers={**self.headers, "Idempotency-Key": key})

    def send_good(self, case_no: str = "BD-0001", version: int = 1, content: bytes = packages.FORM) -> Any:
        package = packages.good_package(case_no=case_no, version=version, content=content)
        return self.send(package, packages.metadata(package, case_no=case_no, version=version), f"{case_no}-{version}")

    def act(self, receipt_no: str, action: str, text: str = "") -> Any:
        url = f"/office/v1/admin/submissions/{receipt_no}/actions"
        return self.client.post(url, json={"action": action, "text": text}, headers=self.headers)

    def get(self, path: str) -> Any:
        return self.client.get(f"/office/v1{path}", headers=self.headers)

    def post(self, path: str, body: dict[str, object]) -> Any:
        return self.client.post(f"/office/v1{path}", json=body, headers=self.headers)


@pytest.fixture
def client(config: SandboxConfig) -> Iterator[TestClient]:
    with TestClient(create_app(config), base_url="http://127.0.0.1", follow_redirects=False) as client:
        yield client


@pytest.fixture
def sender(client: TestClient) -> Sender:
    return Sender(client)
