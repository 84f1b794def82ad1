import pytest
from hypothesis import given, settings

from bot.flows.read.cancel_words import gives_up
from tests.flows.read.shop import TEXTS

GIVES_UP = (
    "never mind|Nevermind|forget it|Forget about it, thanks|leave it|drop it|I changed my mind|"
    "I'll keep it|stop this|don't bother|Don't cancel anything.|I don't want to return it anymore|"
    "cancel|let's leave it|nvm"
    "|算了|算了不弄了|不退了|不换了|不用了|不改了|先不退了|当我没说|不取消了|不办了|还是留着吧|放弃|唔退喇|不用退了"
).split("|")
GOES_ON = (
    "cancel my order please|I want to cancel order LC50001|I don't want the lamp any more, return it|"
    "Then leave it, but change the address|yes|no|the second one|never received it|please return the watch|"
    "leave it at the door"
    "|I changed my mind! Return the more expensive one instead|forget it, please cancel the whole order|only the lamp"
    "|取消订单|我要退货|不想要了，取消订单|这个我不要了|算了，换成蓝色的|不要了|第二个|"
    "只退台灯|帮我把手表退了|退了吧|改地址|算了，帮我取消订单|可以退吗"
).split("|")


@pytest.mark.parametrize("text", GIVES_UP)
def test_drops_the_request(text):
    assert gives_up(text)


@pytest.mark.parametrize("text", GOES_ON)
def test_keeps_the_request(text):
    assert not gives_up(text)


@settings(deadline=None, max_examples=60)
@given(TEXTS)
def test_never_raises(text):
    assert gives_up(text) in {True, False}
