"""What is derived from the secret; that the secret itself is kept is tested with the tokens it signs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.identity.secret import keyed_hash, secret
from bot.web import tokens


def test_tokens_are_signed_with_the_same_secret() -> None:
    assert secret() == tokens.secret()  # type: ignore[attr-defined]


def test_a_hash_depends_on_key_purpose_and_parts() -> None:
    hashes = {
        keyed_hash("k", "a", "b"),
        keyed_hash("other", "a", "b"),
        keyed_hash("k", "b", "a"),
        keyed_hash("k", "ab"),
        keyed_hash("k", "a", "b", ""),
        keyed_hash("k", "a"),
    }
    assert len(hashes) == 6 and all(len(found) == 64 for found in hashes)


@given(st.lists(st.text(), max_size=3), st.lists(st.text(), max_size=3))
def test_other_parts_have_another_hash(one: list[str], two: list[str]) -> None:
    assert (keyed_hash("k", "p", *one) == keyed_hash("k", "p", *two)) == (one == two)
