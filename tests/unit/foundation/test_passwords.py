"""Staff passwords and bearer tokens."""

from __future__ import annotations

from assistant.foundation.passwords import hash_password, needs_rehash, verify_password
from assistant.foundation.tokens import hash_token, new_token, token_matches


def test_only_the_password_verifies() -> None:
    stored = hash_password("正确 horse battery")
    assert stored.startswith("$argon2id$")
    assert stored != hash_password("正确 horse battery")
    assert verify_password(stored, "正确 horse battery")
    assert not verify_password(stored, "正确 horse batterz")
    assert not needs_rehash(stored)


def test_unknown_logins_and_broken_hashes_are_just_wrong() -> None:
    assert not verify_password(None, "nobody")
    assert not verify_password("not a hash", "x")


def test_tokens_are_kept_as_hashes() -> None:
    token, stored = new_token()
    assert token not in stored
    assert stored == hash_token(token)
    assert token_matches(token, stored)
    assert not token_matches(new_token()[0], stored)
