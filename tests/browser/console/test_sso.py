"""Signing in at an identity provider in a real browser, and the pages of those who keep accounts and read the audit chain."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from playwright.sync_api import Browser, expect

from assistant.desk import accounts, identities
from assistant.foundation.crypto import KeyRing
from assistant.foundation.database import Database
from assistant.foundation.settings import Settings
from channels.app import create_app
from sandbox.app import create_app as create_sandbox
from sandbox.config import SandboxConfig
from tests.browser.console.conftest import DESK
from tests.contract.desk_world import PASSWORD, hire

SECRET = "fictitious-oidc-secret"


def serve(app: FastAPI, listening: socket.socket) -> tuple[uvicorn.Server, threading.Thread]:
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1, ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    return server, thread


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The console with the sandbox's provider; 张三 is an operator, guan-1 keeps the accounts, shen-1 reads the audit chain."""
    data: Path = tmp_path_factory.mktemp("sso")
    ours, theirs = socket.create_server(("127.0.0.1", 0)), socket.create_server(("127.0.0.1", 0))
    here = f"http://127.0.0.1:{ours.getsockname()[1]}"
    issuer = f"http://127.0.0.1:{theirs.getsockname()[1]}/identity"
    provider = SandboxConfig(
        data_dir=data / "sandbox", office_key="fictitious-office-key", staff_key="x", identity_client_secret=SECRET,
        identity_redirect=f"{here}/console/sso/back",
    )  # fmt: skip
    provider.data_dir.mkdir()
    nowhere = "http://127.0.0.1:9"
    settings = Settings(
        data_dir=data / "ours", rate_per_address=0, fsync="normal", engine_url=nowhere, sandbox_url=nowhere, public_url=here,
        oidc_issuer=issuer, oidc_client_secret=SECRET,
    )  # fmt: skip
    database = Database(settings.database_url, KeyRing.open(settings.keyring_path), settings.fsync)
    database.upgrade()
    database.dispose()
    app = create_app(settings)
    parts = app.state.parts
    for login, roles in (("zhuo-1", "operator"), ("guan-1", "administrator"), ("shen-1", "auditor")):
        hire(parts, login, login, roles=roles)
    with parts.db.write() as conn:
        identities.link(conn, "zhuo-1", issuer, "u-1001", parts.clock.now())
        assert accounts.find(conn, "zhuo-1")
    servers = [serve(create_sandbox(provider), theirs), serve(app, ours)]
    yield here
    for server, _ in servers:
        server.should_exit = True
    for _, thread in servers:
        thread.join(30)  # one app in a process is all there can be


def test_there_and_back_and_out_again(browser: Browser, base: str) -> None:
    page = browser.new_context(viewport=DESK, locale="zh-CN").new_page()
    page.goto(f"{base}/console/")
    page.get_by_role("link", name="用统一身份认证登录").click()
    page.get_by_role("link", name="王五").click()
    expect(page.get_by_text("还没有给您开通账号")).to_contain_text("u-1003")
    page.get_by_role("link", name="回到登录").click()
    page.get_by_role("link", name="用统一身份认证登录").click()
    page.get_by_role("link", name="张三").click()
    expect(page.locator("#desk")).to_be_visible()
    expect(page.locator("#who")).to_have_text("zhuo-1")
    page.locator("#account").click()
    page.locator("#sign-out").click()
    expect(page.locator("#sign-in")).to_be_visible()
    assert page.url == f"{base}/console/"
    page.context.close()


def test_keeping_accounts_and_reading_the_audit_chain(browser: Browser, base: str) -> None:
    page = browser.new_context(viewport=DESK, locale="zh-CN").new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))

    def sign_in(login: str) -> None:
        page.goto(f"{base}/console/")
        page.locator("#login").fill(login)
        page.locator("#password").fill(PASSWORD)
        page.keyboard.press("Enter")

    sign_in("guan-1")
    expect(page).to_have_url(f"{base}/console/accounts/")
    expect(page.locator("#lines tr")).to_have_count(3)
    page.locator("#new-open").click()
    page.locator("#edit-login").fill("bian-1")
    page.locator("#edit-name").fill("1号编辑")
    page.get_by_label("编写指南").check()
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#told-login")).to_have_text("bian-1")
    page.get_by_role("button", name="记下了").click()
    expect(page.locator("#lines tr", has_text="bian-1")).to_contain_text("编写指南")
    assert Axe().run(page).response["violations"] == []
    page.locator("#account").click()
    page.locator("#sign-out").click()
    expect(page.locator("#sign-in")).to_be_visible()
    sign_in("shen-1")
    expect(page).to_have_url(f"{base}/console/audit/")
    page.locator("#subject").fill("bian-1")
    page.get_by_role("button", name="查找").click()
    expect(page.locator("#lines tr")).to_have_count(1)
    expect(page.locator("#lines tr")).to_contain_text("staff.added")
    page.locator("#verify").click()
    expect(page.locator("#verified")).to_contain_text("一条不差")
    assert Axe().run(page).response["violations"] == []
    assert errors == []
    page.context.close()
