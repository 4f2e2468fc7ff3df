"""The mini-program's own tests, its types, and that all of it is within the platform's size."""

from __future__ import annotations

import json
import re

import pytest

from tests.node import MINIPROGRAM, npm, packages


@pytest.fixture(scope="module", autouse=True)
def node_modules() -> None:
    packages()


def test_its_own_tests_pass() -> None:
    done = npm("test")
    assert done.returncode == 0, done.stdout
    ran = re.search(r"^# pass (\d+)$", done.stdout, re.MULTILINE)
    assert ran and int(ran[1]) >= 60, done.stdout


def test_types_of_its_library_are_right() -> None:
    done = npm("run", "check")
    assert done.returncode == 0, done.stdout


def test_it_is_within_the_size_of_a_main_package() -> None:
    done = npm("run", "--silent", "pack")
    found = json.loads(done.stdout.splitlines()[-1])
    assert done.returncode == 0 and found["bytes"] <= found["limit"], found
    assert found["ours"] < 200_000, "ours is small; it is the library that is not"


def test_it_holds_no_secrets_and_no_address_of_anybody() -> None:
    for path in (MINIPROGRAM / "miniprogram").rglob("*.js"):
        if "miniprogram_npm" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"(?i)secret\w*\s*[:=]|encodingaeskey|BEGIN (RSA|EC|PRIVATE)", text), path
        addresses = set(re.findall(r"https?://[\w.:-]+", text))
        assert addresses <= {"http://127.0.0.1:8080"}, (path, addresses)
