"""Entities of a message: found beside Chinese words without a space, in either width, and masked in logs."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.perceive.entities import find_entities, mask


def found(text: str) -> list[tuple[str, str]]:
    return [(e.kind, e.value) for e in find_entities(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("abc@x.com", [("email", "abc@x.com")]),
        ("我的邮箱是abc@x.com谢谢", [("email", "abc@x.com")]),
        ("Mail Li.Lei+shop@Mail.Example.co.uk.", [("email", "li.lei+shop@mail.example.co.uk")]),
        ("ＡＢＣ１２３＠ｘ．ｃｏｍ", [("email", "abc123@x.com")]),
        ("'o'brien@x.com'", [("email", "o'brien@x.com")]),
        ("e-mail:-a_b@x.org", [("email", "a_b@x.org")]),
        ("13800138000", [("phone", "13800138000")]),
        ("手机号13800138000谢谢", [("phone", "13800138000")]),
        ("１３８００１３８０００", [("phone", "13800138000")]),
        ("+86 138 0013 8000", [("phone", "8613800138000")]),
        ("13800138000 1002", [("phone", "13800138000")]),
        ("0571-8888 8888", [("phone", "057188888888")]),
        ("call 415-555-2671 now", [("phone", "4155552671")]),
        ("订单LT10023能取消吗", [("order", "LT10023")]),
        ("#w2378156", [("order", "W2378156")]),
        ("# 1001", [("order", "1001")]),
        ("取消订单#W2378156吧", [("order", "W2378156")]),
        ("I mean order 12345.", [("order", "12345")]),
        ("单号100234，谢谢", [("order", "100234")]),
        ("LT-10023", [("order", "LT-10023")]),
        ("¥1,299.00", [("money", "¥1,299.00")]),
        ("￥35", [("money", "¥35")]),
        ("满100元减20块钱", [("money", "100元"), ("money", "20块钱")]),
        ("$5 or 5 dollars", [("money", "$5"), ("money", "5 dollars")]),
        ("a@b.cn 13800138000 #1001 35元", [
            ("email", "a@b.cn"), ("phone", "13800138000"), ("order", "1001"), ("money", "35元"),
        ]),
    ],
)  # fmt: skip
def test_found(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "2026-10-01",
        "on 2026-10-01 12:00",
        "01-10-2026",
        "2026年10月1日",
        "3-5 days",
        "iPhone 15",
        "12345.67",
        "a@b",
        "@x.com",
        "9:00-21:00",
        "1/2",
    ],
)
def test_not_found(text: str) -> None:
    assert found(text) == []


@given(st.text("ab1.@_-+#¥ 元,月8\n", max_size=60))
def test_entities_are_in_order_and_never_overlap(text: str) -> None:
    end = 0
    for entity in find_entities(text):
        assert end <= entity.start < entity.end
        end = entity.end


def test_mask_names_the_kind_and_keeps_the_rest() -> None:
    text = "订单#W2378156的邮箱是abc@x.com，电话13800138000，付了35元"
    assert mask(text) == "订单<order>的邮箱是<email>,电话<phone>,付了35元"


def test_mask_of_plain_text_is_the_text() -> None:
    assert mask("Where is my order?") == "Where is my order?"


@given(
    st.emails(),
    st.sampled_from(["", " ", "邮箱是", "-", "mailto:", "<", "("]),
    st.sampled_from(["", "谢谢", ".", ",", ">"]),
)
def test_an_address_never_stands_in_the_masked_text(address: str, before: str, after: str) -> None:
    text = f"{before}{address}{after} {address}"
    masked = mask(text)
    assert address not in masked
    assert address.split("@")[1] not in masked


@given(st.text("ab1.@_-+' 邮", max_size=40))
@example("-a@b.co a@b.co")
@example("a@b.co'a@b.co")
def test_what_was_found_is_gone_and_nothing_new_appears(text: str) -> None:
    masked = mask(text).lower()
    for entity in find_entities(text):
        if entity.kind == "email":
            assert entity.value not in masked
    assert [e for e in find_entities(masked) if e.kind == "email"] == []


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.sampled_from(["电话", "tel ", "（", ""]))
def test_a_mobile_number_is_masked(number: str, before: str) -> None:
    assert number not in mask(f"{before}{number}，谢谢")


@pytest.mark.parametrize("unit", ["1", "1,", "a", "a.", "a@", "a'", "1-", "+86 ", "#", "元", "(1) ", "a@a."])
def test_hostile_text_takes_no_time(unit: str) -> None:
    text = (unit * 4000)[:4000]
    began = time.process_time()
    mask(text)
    assert time.process_time() - began < 0.2
