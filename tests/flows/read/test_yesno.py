import pytest
from hypothesis import given, settings

from bot.flows.read.yesno import read_answer
from tests.flows.read.shop import TEXTS

YES = (
    "yes|Yes, please.|yep go ahead|Sure|ok|OK thanks|Sounds good, do it|That's right|correct|"
    "Yes, both of them please.|Yep, go ahead.|go ahead please|Yes, please, as soon as possible."
    "|Yes, that's it.|confirm|please do|absolutely|👍|👍🏽|yes!!|y"
    "|好的|可以|确认|嗯嗯|是的，谢谢|行|对的|没问题|好的好的|同意|就这么办|可以的，麻烦了|"
    "嗯，确认|好滴|OK，谢谢|對的|沒問題|没错"
).split("|")
NO = (
    "no|No, thanks|nope|not now|don't|No, never mind|wait|hold on|that's wrong|No, forget it|"
    "nah|Stop|I changed my mind"
    "|不|不用了|算了|等等|不要|不行|先别|不用，谢谢|不对|等一下|再想想|不同意|先不要|嗯，算了|好吧，还是算了"
).split("|")
TWIST = (
    "Yes, but use PayPal|wait, only the lamp|No, the blue one|Actually, please exchange only the desk lamp.|"
    "ok but change the address|Yes, except the lamp|Hold on, make it two|sure, only with the gift card"
    "|Wait, I changed my mind! Return the more expensive one instead|no, to my gift card|"
    "Yes, but in black|not the lamp, the kettle"
    "|好的，不过地址改一下|可以，但是退到支付宝|等等，只退台灯|不，要蓝色的|是的，另外再加一个|"
    "不是这个，是第二个|好，只换一件|行，但用礼品卡|其实只要退一个|可以，除了台灯|对，不过数量是两个|"
    "嗯，改成红色"
).split("|")
NEITHER = (
    "Is that ok?|yes?|when will it arrive|How much do I get back?|Yes. A human.|I'd like to know when my order arrives|"
    "sure but where is my other order?|Good morning|not sure|I don't know|maybe|The blue lamp is nice|"
    "both|Yes I think the courier lost it|好的吗|可以吗|行不行|能不能便宜点|什么时候到|"
    "不确定|不知道|好贵|确定能到吗|对了，我想问一下|是不是七天|好的话什么时候发货呢|多少钱|"
).split("|")


@pytest.mark.parametrize("text", YES)
def test_agreeing_is_a_yes(text):
    assert read_answer(text) == "yes"


@pytest.mark.parametrize("text", NO)
def test_refusing_is_a_no(text):
    assert read_answer(text) == "no"


@pytest.mark.parametrize("text", TWIST)
def test_a_correction_is_neither_yes_nor_no(text):
    assert read_answer(text) == "twist"


@pytest.mark.parametrize("text", NEITHER)
def test_a_question_or_another_matter_is_no_answer(text):
    assert read_answer(text) is None


@pytest.mark.parametrize(
    ("text", "flow"),
    [
        ("Yes, cancel it", "cancel"),
        ("yes, return it please", "return"),
        ("是的，取消吧", "cancel"),
        ("好的，退吧", "return"),
    ],
)
def test_what_is_to_be_done_may_be_said_again(text, flow):
    assert read_answer(text, flow) == "yes"


def test_another_action_is_no_yes():
    assert read_answer("yes, cancel it", "return") != "yes"


@settings(deadline=None, max_examples=60)
@given(TEXTS)
def test_never_raises_and_never_takes_a_question_for_a_yes(text):
    answer = read_answer(text)
    assert answer in {"yes", "no", "twist", None}
    if "?" in text:
        assert answer != "yes"
