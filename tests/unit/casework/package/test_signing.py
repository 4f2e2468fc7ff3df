"""Keys, the package's signature, and that nothing in a package can be changed unnoticed."""

from __future__ import annotations

import io
import json
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest
from gmssl import sm2 as reference
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.casework.package import sm2
from assistant.casework.package.archive import pack
from assistant.casework.package.assembly import HandSignature, Trimmings
from assistant.casework.package.build import build
from assistant.casework.package.checking import examine
from assistant.casework.package.forms import Drawn
from assistant.casework.package.press import press
from assistant.casework.package.signing import Algorithm, KeyUnreadable, PackageKeys, key_id, read_keys
from tests.unit.casework.package import samples
from tests.unit.casework.package.test_book import STROKES
from tests.unit.casework.package.test_build import Plain


@pytest.fixture(scope="module", params=["ed25519", "sm2"])
def algorithm(request: pytest.FixtureRequest) -> Algorithm:
    return "sm2" if request.param == "sm2" else "ed25519"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory, algorithm: Algorithm) -> PackageKeys:
    return PackageKeys(tmp_path_factory.mktemp("keys") / "package_keys.json", algorithm)


class Zip(bytes):
    """A package that hypothesis need not write out."""

    def __repr__(self) -> str:
        return f"<{len(self)} bytes>"


@pytest.fixture(scope="module")
def package(keys: PackageKeys, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    templates = samples.templates(tmp_path_factory.mktemp("templates"))
    signature = HandSignature(Drawn(press.ink(strokes=STROKES), 400, 200), samples.NOW)
    trim = Trimmings(signature=signature, sealer=keys)
    return Zip(build(samples.case(), samples.GUIDE, [], samples.NOW, Plain(), templates, trim).data)


def members(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def codes(package: bytes, keys: PackageKeys) -> list[tuple[str, str]]:
    return [(found.code, found.member) for found in examine(package, keys.public()).findings]


def test_a_package_as_made_is_well(package: bytes, keys: PackageKeys, algorithm: Algorithm) -> None:
    verdict = examine(package, keys.public())
    assert verdict.ok and verdict.findings == [] and verdict.case_no == "BD202611100001"
    assert [(s["kind"], s["ok"]) for s in verdict.signatures] == [("drawn", True), ("package", True)]
    held = members(package)
    manifest = json.loads(held["manifest.json"])
    assert manifest["signatures"][1]["algorithm"] == algorithm
    listed = {file["path"] for file in manifest["files"]}
    assert set(held) - listed == {"manifest.json", "signatures/applicant.png", "signatures/package.json"}


def test_a_key_nobody_gave_us_is_said(package: bytes, tmp_path: Path) -> None:
    other = PackageKeys(tmp_path / "k.json")
    assert codes(package, other) == [("key_unknown", "signatures/package.json")]


def test_rotation_keeps_what_was_signed(package: bytes, keys: PackageKeys, tmp_path: Path, algorithm: Algorithm) -> None:
    file = tmp_path / "k.json"
    mine = PackageKeys(file, algorithm)
    declared = mine.declared()
    signed = mine.sign(b"{}", declared)
    new = mine.rotate(samples.NOW)
    assert new.key_id != declared["key_id"] and mine.declared()["key_id"] == new.key_id
    assert [key.key_id for key in mine.public()] == [new.key_id, declared["key_id"]]
    assert json.loads(signed)["key_id"] in {key.key_id for key in mine.public()}
    held = json.loads(file.read_text())
    assert [bool(key["private_key"]) for key in held["keys"]] == [False, True]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(KeyUnreadable):
        mine.sign(b"{}", declared)


def test_two_first_uses_make_one_key(tmp_path: Path) -> None:
    one, two = PackageKeys(tmp_path / "k.json"), PackageKeys(tmp_path / "k.json")
    assert one.declared() == two.declared()


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_change_of_a_member_is_noticed(package: bytes, keys: PackageKeys, data: st.DataObject) -> None:
    held = members(package)
    name = data.draw(st.sampled_from(sorted(held)))
    way = data.draw(st.sampled_from(["flip", "cut", "grow", "remove", "rename", "add", "swap"]))
    other = data.draw(st.sampled_from(sorted(set(held) - {name})))
    content = held[name]
    if way == "flip":
        at = data.draw(st.integers(0, len(content) - 1))
        held[name] = content[:at] + bytes([content[at] ^ (1 << data.draw(st.integers(0, 7)))]) + content[at + 1 :]
    elif way == "cut":
        held[name] = content[: data.draw(st.integers(0, len(content) - 1))]
    elif way == "grow":
        held[name] = content + b" "
    elif way == "remove":
        del held[name]
    elif way == "rename":
        held[f"{name}x"] = held.pop(name)
    elif way == "add":
        held[data.draw(st.sampled_from(["x.pdf", "附件/x.pdf", "signatures/x.json"]))] = b"x"
    else:
        held[name], held[other] = held[other], held[name]
    verdict = examine(pack(held.items()), keys.public())
    assert not verdict.ok and verdict.findings, (way, name)


@settings(max_examples=60, deadline=None)
@given(at=st.integers(0, 1_000_000), bit=st.integers(0, 7))
def test_a_flipped_bit_in_the_zip_never_crashes(package: bytes, keys: PackageKeys, at: int, bit: int) -> None:
    place = at % len(package)
    changed = package[:place] + bytes([package[place] ^ (1 << bit)]) + package[place + 1 :]
    verdict = examine(changed, keys.public())
    try:
        same = members(changed) == members(package)
    except Exception:
        same = False
    assert verdict.ok <= same, "what is well has the very members it was made with"


def test_what_was_changed_is_named(package: bytes, keys: PackageKeys) -> None:
    held = members(package)
    assert codes(pack({**held, "材料清单.pdf": b"other"}.items()), keys)[:1] == [("changed", "材料清单.pdf")]
    assert codes(pack({**held, "signatures/applicant.png": b"x"}.items()), keys) == [("changed", "signatures/applicant.png")]
    manifest = held["manifest.json"].replace("示例公司".encode(), "别的公司".encode())
    assert codes(pack({**held, "manifest.json": manifest}.items()), keys) == [("signature_wrong", "signatures/package.json")]
    stripped = json.loads(held["manifest.json"])
    stripped["signatures"] = []
    plain = {name: data for name, data in held.items() if not name.startswith("signatures/")}
    found = codes(pack({**plain, "manifest.json": json.dumps(stripped).encode()}.items()), keys)
    assert found == [("unsigned", "manifest.json")]
    assert codes(b"no zip", keys) == [("unreadable", "")]


def test_whoever_signs_anew_with_a_key_of_his_own_is_unknown(package: bytes, keys: PackageKeys, tmp_path: Path) -> None:
    forger = PackageKeys(tmp_path / "f.json")
    held = members(package)
    manifest: dict[str, Any] = json.loads(held["manifest.json"])
    manifest["signatures"][1] = forger.declared()
    text = json.dumps(manifest).encode()
    held |= {"manifest.json": text, "signatures/package.json": forger.sign(text, forger.declared())}
    assert codes(pack(held.items()), keys) == [("key_unknown", "signatures/package.json")]


def test_keys_are_read_as_they_are_published(keys: PackageKeys) -> None:
    items = [key.model_dump(mode="json") for key in keys.public()]
    assert read_keys(json.dumps({"items": items})) == keys.public() == read_keys(json.dumps(items))
    assert read_keys(json.dumps(items[0])) == keys.public()[:1]
    for wrong in ("", "[]", "{}", '{"items": 3}', json.dumps({**items[0], "key_id": "0" * 16}), "-----BEGIN PUBLIC KEY-----"):
        with pytest.raises(KeyUnreadable):
            read_keys(wrong)


def test_a_pem_will_do_for_ed25519() -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public = Ed25519PrivateKey.generate().public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    assert read_keys(pem)[0].key_id == key_id(public.public_bytes_raw())


def test_sm2_is_the_standards() -> None:
    private, public = sm2.generate()
    message = b"message digest"
    signature = sm2.sign(message, private, public)
    assert sm2.verify(message, signature, public) and not sm2.verify(message + b".", signature, public)
    theirs = reference.CryptSM2(private_key=private.hex(), public_key=public.hex())
    theirs.public_key = public.hex()
    assert theirs.verify_with_sm3(signature.hex(), message), "gmssl's own slow way agrees"
    assert not sm2.verify(message, b"\0" * 64, public) and not sm2.verify(message, b"\xff" * 64, public)
    assert not sm2.verify(message, signature, public[:-1] + bytes([public[-1] ^ 1])), "a key that is no point of the curve"


def test_sm2_with_the_published_example() -> None:
    # GM/T 0003.5 (GB/T 32918.5) A.2: key, message and signature of the recommended curve.
    public = bytes.fromhex(
        "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
        "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
    )
    signature = bytes.fromhex(
        "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
        "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
    )
    assert sm2.verify(b"message digest", signature, public)
