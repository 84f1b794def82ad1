"""Cutting a streamed text at a stop string."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.generate.stops import StopCutter

letters = st.text(alphabet="ab退", max_size=12)


def cut(pieces, stops):
    cutter = StopCutter(stops)
    return "".join([*(cutter.feed(piece) for piece in pieces), cutter.finish()]), cutter.done


@given(st.lists(letters, max_size=8), st.lists(letters.filter(bool), max_size=3))
def test_the_split_into_pieces_does_not_matter(pieces, stops):
    text = "".join(pieces)
    assert cut(pieces, stops) == cut([text], stops) == cut(list(text), stops)


@given(st.lists(letters, max_size=8), letters.filter(bool))
def test_one_stop_string_cuts_at_its_first_place(pieces, stop):
    text = "".join(pieces)
    assert cut(pieces, [stop]) == (text.split(stop)[0], stop in text)


@given(letters, st.lists(letters.filter(bool), min_size=1, max_size=3))
def test_nothing_is_held_back_longer_than_needed(text, stops):
    cutter = StopCutter(stops)
    shown = "".join(cutter.feed(letter) for letter in text)
    if not cutter.done:
        held = text[len(shown) :]
        assert held == "" or any(stop.startswith(held) for stop in stops)


@pytest.mark.parametrize("stops", [(), ("",)])
def test_without_stop_strings_all_passes_at_once(stops):
    cutter = StopCutter(stops)
    assert cutter.feed("全部\n") == "全部\n"
    assert cutter.finish() == ""
    assert not cutter.done


def test_nothing_follows_a_stop_string():
    cutter = StopCutter(["\n\n"])
    assert cutter.feed("a\n") == "a"
    assert cutter.feed("\nb") == ""
    assert cutter.done
    assert cutter.feed("c") == ""
    assert cutter.finish() == ""
