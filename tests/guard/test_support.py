"""Words of a reply come from its sources."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.guard.support import share, unsupported

PAY = "How can I pay?: We take Alipay, Visa and PayPal. Each order is paid with one method, so a gift card must cover all."
SEAL = "卫生用品: 内衣和袜子不能退货。枕头和被子须外套封条完好才能退货。"


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("The website.", PAY),
        ("Yes, the cousin can start on Monday.", PAY),
        ("睡衣没有有机棉认证的标，给娃闻着睡的。", SEAL),
        ("可以退，鹅绒被外面的塑料封口我撕开看了一下，但需要确保封口完好。", SEAL),
    ],
)
def test_an_echo_of_the_question_is_unsupported(sentence, source):
    assert unsupported(sentence, [source])


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("We take Visa, and each order is paid with one method.", PAY),
        ("No, a gift card must cover all.", PAY),
        ("枕头和被子的封条完好才能退货。", SEAL),
        ("好的。", SEAL),
        ("Yes.", PAY),
    ],
)
def test_what_rests_on_the_source_passes(sentence, source):
    assert not unsupported(sentence, [source])


@given(st.text(max_size=200))
def test_a_copy_is_fully_supported(text):
    assert share(text, [text]) == 1.0


@given(st.text(max_size=200), st.text(max_size=200))
def test_share_is_a_share(sentence, source):
    assert 0.0 <= share(sentence, [source]) <= 1.0
