import pytest
from hypothesis import given, settings

from bot.flows.read.reasons import read_reason
from tests.flows.read.shop import REASONS, TEXTS

GIVEN = {
    "no longer needed": "no_longer_needed",
    "I don't need it any more": "no_longer_needed",
    "changed my mind": "no_longer_needed",
    "I already have one": "no_longer_needed",
    "ordered by accident": "ordered_by_mistake",
    "it was a mistake": "ordered_by_mistake",
    "I ordered the wrong size": "ordered_by_mistake",
    "found it cheaper": "found_cheaper",
    "there's a better price elsewhere": "found_cheaper",
    "it's too expensive": "found_cheaper",
    "delivery is too slow": "too_slow",
    "it takes too long": "too_slow",
    "TOO_SLOW": "too_slow",
    "Ordered by mistake.": "ordered_by_mistake",
    "不想要了": "no_longer_needed",
    "拍错了": "ordered_by_mistake",
    "用不上了": "no_longer_needed",
    "手滑点错了": "ordered_by_mistake",
    "别处更便宜": "found_cheaper",
    "隔壁便宜二十块": "found_cheaper",
    "降价了": "found_cheaper",
    "发货太慢": "too_slow",
    "等太久了": "too_slow",
    "来不及了": "too_slow",
    "改主意了": "no_longer_needed",
    "买重了": "ordered_by_mistake",
    "不需要了，谢谢": "no_longer_needed",
    "太貴了": "found_cheaper",
}


@pytest.mark.parametrize(("text", "id"), GIVEN.items())
def test_reads_a_reason_in_own_words(text, id):
    assert read_reason(text, REASONS).reason.id == id


@pytest.mark.parametrize(
    "text", ["", "hello", "yes", "it is broken", "my order", "好的", "颜色不对", "帮我取消", "private", "退货"]
)
def test_gives_none(text):
    assert read_reason(text, REASONS) is None


@pytest.mark.parametrize(("text", "place"), [("the second", 1), ("第三个", 2), ("1", 0), ("last one", 3)])
def test_reads_places_among_those_listed(text, place):
    assert read_reason(text, REASONS, listed=True).reason is REASONS[place]
    assert read_reason(text, REASONS) is None


@settings(deadline=None, max_examples=60)
@given(TEXTS)
def test_never_raises(text):
    found = read_reason(text, REASONS, listed=True)
    assert found is None or 0 < found.score <= 1
