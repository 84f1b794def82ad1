from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.orders.scale import compare, ordered, same

RISING = [
    ["XXS", "XS", "S", "M", "L", "XL", "XXL", "3XL"],
    ["small", "medium", "large"],
    ["extra small", "S", "中号", "大号", "XXL"],
    ["小", "中", "大"],
    ["7", "8", "9", "10", "11.5"],
    ["30ml", "50 ml", "100ml", "1 liter", "1.5L", "2 litres"],
    ["0.8l", "1040ml", "1.2l"],
    ["640毫升", "1升"],
    ["1 cup", "2 cups", "8 cups"],
    ["3 ft", "4 ft", "6 ft"],
    ["25ft", "50ft", "100ft"],
    ["28 inch", "31 inch", "34 inch"],
    ["5.8-inch", "6.1-inch", "10-inch"],
    ["20cm", "24in", "1.2m"],
    ["3x", "5x", "10x"],
    ["2倍", "10倍"],
    ["low", "medium", "high"],
    ["低", "中", "高"],
    ["60W equivalent", "75W equivalent", "100W equivalent"],
    ["7w", "9w", "1kW"],
    ["64GB", "256GB SSD", "512GB SSD", "1TB"],
    ["5000mAh", "10000mAh", "20000mAh"],
    ["2-piece", "3-piece", "10-piece"],
    ["4件", "6件套", "12件"],
    ["4 hours", "10 hours", "2 days"],
    ["90 minutes", "2小时"],
    ["720p", "1080p", "2K", "4K", "5K"],
    ["20MP", "24MP", "30MP"],
    ["110 degrees", "130 degrees", "160°"],
    ["9 bar", "15 bar"],
    ["4mm", "5mm"],
    ["5-25 lbs", "30-50 lbs", "55-75 lbs"],
    ["500克", "1公斤"],
    ["i5", "i7", "i9"],
    ["not resistant", "IPX4", "IPX7"],
    ["A6", "A5", "A4"],
    ["60%", "80%", "full size"],
    ["portable", "small", "medium", "large", "full size"],
    ["ef", "f", "m"],
    ["single", "double", "king"],
    ["beginner", "intermediate", "expert"],
    ["basic", "professional"],
    ["light", "medium", "dark"],
    ["half", "full"],
    ["no", "yes"],
    ["1/4 inch", "1/2 inch", "1 inch"],
    ["１００ｍｌ", "500ml"],
]


@pytest.mark.parametrize("values", RISING, ids=lambda values: values[0])
def test_values_are_ordered_by_what_they_mean(values):
    assert ordered(reversed(values)) == [[value] for value in values]
    for lower, higher in pairwise(values):
        assert (compare(lower, higher), compare(higher, lower), compare(lower, lower)) == (-1, 1, 0)


@pytest.mark.parametrize(("a", "b"), [("black", "white"), ("S", "6 ft"), ("500ml", "64GB"), ("", "8"), ("8", "8 cups")])
def test_values_that_do_not_compare(a, b):
    assert compare(a, b) is None


def test_equal_values_stand_together_and_others_are_left_out():
    assert ordered(["1 liter", "500ml", "1000ml", "insulated"]) == [["500ml"], ["1 liter", "1000ml"]]
    assert ordered(["black", "white"]) == []


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Wi-Fi", "wifi"),
        ("grey", "Gray"),
        ("1L", "1000 ml"),
        ("S", "small"),
        ("10 in", "10-inch"),
        ("space grey", "Space-Gray"),
    ],
)
def test_values_that_mean_the_same(a, b):
    assert same(a, b)
    assert same(b, a)


@pytest.mark.parametrize(
    ("a", "b"), [("256GB", "256GB SSD"), ("S", "M"), ("60W equivalent", "60W"), ("black", "blue"), ("1L", "1.1L")]
)
def test_values_that_differ(a, b):
    assert not same(a, b)


@given(st.text(max_size=90), st.text(max_size=90))
def test_any_text_is_a_value(a, b):
    ab, ba = compare(a, b), compare(b, a)
    assert (ab is None) == (ba is None)
    assert same(a, a)
    assert same(a, b) == same(b, a)
    assert len(ordered([a, b])) <= 2


@given(st.text(alphabet="0123456789/.-~ xlcmg%\"'件", max_size=12))
def test_any_number_with_any_unit(text):
    assert compare(text, text) in (0, None)
