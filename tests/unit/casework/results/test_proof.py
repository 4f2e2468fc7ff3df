"""Proofs of results: checked offline, and broken by the smallest change."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pypdfium2
import pytest

from assistant.casework.package.pages import compile_page
from assistant.casework.package.signing import PackageKeys
from assistant.casework.results.codes import new_code
from assistant.casework.results.proof import NotEmbeddable, Proof, embed, examine, extract, prove, state
from assistant.foundation.clock import SHANGHAI

SAID = {
    "kind": "licence", "title": "食品经营许可证", "number": "JY13100000000001", "issuer": "示例市场监督管理局", "holder": "示例餐饮有限公司",
    "issued": date(2026, 11, 22), "expires": date(2031, 11, 21), "media_type": "application/pdf", "verify": "http://127.0.0.1/verify",
}


@pytest.fixture
def keys(tmp_path: Path) -> PackageKeys:
    return PackageKeys(tmp_path / "package_keys.json")


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return compile_page("form", "测试", {"title": "测试", "case_no": "BD1", "guide": "测试", "blocks": []},
                        at=datetime(2026, 11, 22, tzinfo=SHANGHAI))


def proven(data: bytes, keys: PackageKeys) -> Proof:
    return prove(state(data, code=new_code(), **SAID), keys)


def test_a_detached_proof_holds_and_breaks_with_one_bit(keys: PackageKeys) -> None:
    data = b"%PDF-1.7 anything at all"
    proof = proven(data, keys).as_file()
    assert examine(data, proof, keys.public()).ok
    assert examine(data[:-1] + b"L", proof, keys.public()).fault == "changed"
    assert examine(data, proof.replace(b"JY131", b"JY132"), keys.public()).fault == "signature_wrong"
    assert examine(data, b"{}", keys.public()).fault == "proof_unreadable"
    assert examine(data, None, keys.public()).fault == "no_proof"


def test_a_key_nobody_knows_is_said(keys: PackageKeys, tmp_path: Path) -> None:
    forged = PackageKeys(tmp_path / "other.json")
    data = b"%PDF-1.7 forged"
    assert examine(data, proven(data, forged).as_file(), keys.public()).fault == "key_unknown"


def test_sm2_signs_too(tmp_path: Path) -> None:
    keys = PackageKeys(tmp_path / "sm2.json", "sm2")
    data = b"%PDF-1.7 sm2"
    verdict = examine(data, proven(data, keys).as_file(), keys.public())
    assert verdict.ok and verdict.algorithm == "sm2"


def test_an_embedded_proof_leaves_the_pages_as_they_were(keys: PackageKeys, pdf: bytes) -> None:
    proof = proven(pdf, keys)
    whole = embed(pdf, proof)
    assert whole.startswith(pdf) and extract(whole) == (pdf, proof)
    verdict = examine(whole, None, keys.public())
    assert verdict.ok and verdict.embedded
    before, after = pypdfium2.PdfDocument(pdf), pypdfium2.PdfDocument(whole)
    assert len(before) == len(after)
    assert before[0].render().to_numpy().tobytes() == after[0].render().to_numpy().tobytes()


def test_nothing_can_be_changed_or_appended_behind_an_embedded_proof(keys: PackageKeys, pdf: bytes) -> None:
    whole = embed(pdf, proven(pdf, keys))
    assert examine(whole + b"\n", None, keys.public()).fault == "changed"
    assert examine(whole.replace(b"/Prev", b"/Brev"), None, keys.public()).fault == "changed"
    # A second update that would show other pages, keeping the first's proof.
    assert examine(whole + whole[len(pdf) :], None, keys.public()).fault == "changed"
    assert examine(whole.replace(b"%PDF-1.7", b"%PDF-1.6"), None, keys.public()).fault == "changed"


def test_what_is_no_pdf_takes_no_proof(keys: PackageKeys) -> None:
    with pytest.raises(NotEmbeddable):
        embed(b"hello", proven(b"hello", keys))
