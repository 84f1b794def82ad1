"""Token ids to text, one at a time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.generate.detokenise import Detokeniser

from .tiny import byte_tokenizer

BYTES = byte_tokenizer()
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffd"), max_size=30)


def pieces_of(tokenizer, ids):
    detokeniser = Detokeniser(tokenizer)
    return [*(detokeniser.feed(token) for token in ids), detokeniser.finish()]


@given(texts)
def test_bytes_join_to_characters(text):
    pieces = pieces_of(BYTES, BYTES.encode(text, add_special_tokens=False))
    assert "".join(pieces) == text
    assert not any("\ufffd" in piece for piece in pieces)


def test_a_character_comes_with_its_last_byte():
    assert pieces_of(BYTES, BYTES.encode("退a", add_special_tokens=False)) == ["", "", "退", "a", ""]


def test_half_a_character_at_the_end_is_dropped():
    ids = BYTES.encode("退货", add_special_tokens=False)
    assert "".join(pieces_of(BYTES, ids[:-1])) == "退"


def test_bytes_that_are_no_characters_do_not_hold_up_the_rest():
    junk = BYTES.encode("退", add_special_tokens=False)[1:2] * 40
    pieces = pieces_of(BYTES, [*junk, *BYTES.encode("ok", add_special_tokens=False)])
    assert "".join(pieces).endswith("ok")
    assert sum(map(bool, pieces)) > 3


@pytest.mark.parametrize("text", ["hello world", "hello world world hello"])
def test_spaces_between_words_are_kept(text):
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    raw = Tokenizer(models.WordLevel({"▁hello": 0, "▁world": 1}, unk_token="▁hello"))
    raw.pre_tokenizer = pre_tokenizers.Metaspace()
    raw.decoder = decoders.Metaspace()
    words = PreTrainedTokenizerFast(tokenizer_object=raw)
    pieces = pieces_of(words, words.encode(text, add_special_tokens=False))
    assert "".join(pieces) == text
    assert pieces[1] == " world"
