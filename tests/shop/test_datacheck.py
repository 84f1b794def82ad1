"""What the checker says about the tables of `data/`."""

from __future__ import annotations

import pytest

from .helpers import DATA, FULL, MINIMAL, SHOP, found, replaced, write


@pytest.mark.parametrize(
    ("table", "old", "new", "problem"),
    [
        ("customers", "email,phone", "mail,phone", "1: error: column email is missing"),
        ("customers", "ann@example.com", "ann", "3: error: email: 'ann' is not an e-mail address"),
        (
            "customers",
            "ann@example.com",
            "LI@example.com",
            "3: warning: email 'LI@example.com' is another customer's too (line 2)",
        ),
        ("customers", "2026-01-02", "January", "2: error: joined_at: not a time"),
        (
            "customers",
            "018956,false",
            "018956,perhaps",
            "3: error: marketing_consent: unknown flag 'perhaps'",
        ),
        ("payment_methods", "alipay", "cash", "2: error: kind: unknown kind of payment 'cash'"),
        ("payment_methods", "50.00", "-50.00", "3: error: balance: -50.00 is negative"),
        ("payment_methods", "50.00", "", "3: warning: a gift_card without a balance counts as empty"),
        ("payment_methods", "g1,c1", "g1,c9", "3: error: customer_id: there is no customer 'c9'"),
        ("payment_methods", "g1,c1", "p1,c1", "3: error: id 'p1' stands twice (first on line 2)"),
        ("orders", "o2,c2", "o2,c9", "3: error: customer_id: there is no customer 'c9'"),
        (
            "orders",
            "paid,p2",
            "payed,p2",
            "3: error: status: unknown order status 'payed'; did you mean paid?",
        ),
        ("orders", "paid,p2", "paid,p9", "3: error: payment_method_id: there is no payment method 'p9'"),
        ("orders", "paid,p2", "paid,g1", "3: error: payment_method_id: 'g1' is another customer's"),
        ("orders", "2026-10-31T10:00:00+08:00", "31/10/2026", "3: error: placed_at: not a time"),
        (
            "orders",
            "2026-10-03T12:00:00",
            "2026-09-03T12:00:00",
            "2: error: delivered_at is before placed_at",
        ),
        (
            "orders",
            "28.50",
            "28.40",
            "2: error: total: 28.40 should be 28.50 (lines 22.50, shipping_fee - discount 6.00)",
        ),
        ("orders", "28.50", "28.505", "2: error: total: 28.505 has more than 2 decimals"),
        ("orders", ",8.00,", ",eight,", "2: error: shipping_fee: not an amount"),
        ("order_lines", "mug-m,1", "mug-xl,1", "3: error: sku: no product has the sku 'mug-xl'"),
        (
            "order_lines",
            "o1,1,mug-s,1,",
            "o1,1,mug-s,0,",
            "2: error: quantity: '0' is not a whole number from 1 up",
        ),
        ("order_lines", "12.50", "twelve", "3: error: unit_price: not an amount: 'twelve'"),
        (
            "order_lines",
            "#o1,2,",
            "#o1,1,",
            "3: error: order_id '#o1' line_no '1' stands twice (first on line 2)",
        ),
        ("shipments", "o1,SF,", "o9,SF,", "2: error: order_id: there is no order 'o9'"),
        ("shipments", "SF1,delivered", "SF1,", "2: error: status is empty"),
        ("shipments", "2026-10-04", "soon", "2: error: estimated_at: not a time: 'soon'"),
        ("events", ",view,", ",look,", "2: error: type: unknown type of event 'look'"),
        ("events", "c1,,view,mug", "c1,,view,", "2: error: product_id is empty in a view"),
        ("events", ",v1,search", ",,search", "4: error: customer_id and visitor_id are both empty"),
        ("events", "c1,,view,mug", "c7,,view,mug", "2: warning: customer_id: 'c7' is not known to the shop"),
        ("events", "purchase,mug,o1,,1,10.00", "rating,mug,,,,", "3: error: value is empty in a rating"),
        ("events", "o1,,1,", "o1,,many,", "3: error: quantity: 'many' is not a whole number from 1 up"),
        ("ratings", "4.5", "good", "2: error: rating: 'good' is not a number"),
        ("ratings", "c1,mug", "c1,cup", "2: warning: item: there is no product 'cup'"),
    ],
)
def test_one_thing_is_wrong(tmp_path, table, old, new, problem) -> None:
    says = found(write(tmp_path, replaced(FULL, f"data/{table}.csv", old, new)))
    assert len(says) == 1 and says[0].startswith(f"data/{table}.csv:{problem}"), says


def test_a_line_of_an_unknown_order(tmp_path) -> None:
    files = {**FULL, "data/order_lines.csv": DATA["data/order_lines.csv"] + "o9,1,lamp,1,99\n"}
    assert found(write(tmp_path, files)) == ["data/order_lines.csv:5: error: order_id: there is no order 'o9'"]


def test_an_order_that_stands_twice_with_and_without_its_sign(tmp_path) -> None:
    first = DATA["data/orders.csv"].splitlines()[1]
    files = {**FULL, "data/orders.csv": DATA["data/orders.csv"] + "#" + first + "\n"}
    assert found(write(tmp_path, files)) == ["data/orders.csv:4: error: id '#o1' stands twice (first on line 2)"]


def test_an_event_of_an_unknown_shipment(tmp_path) -> None:
    files = {**FULL, "data/shipment_events.csv": DATA["data/shipment_events.csv"].replace("SF1,", "SF9,")}
    assert found(write(tmp_path, files)) == [
        "data/shipment_events.csv:2: error: tracking_no: there is no shipment 'SF9'"
    ]


def test_one_mistake_in_a_product_is_reported_once(tmp_path) -> None:
    says = found(write(tmp_path, replaced(FULL, "products.yaml", "price: 10.00", "price: -10")))
    assert says == ["products.yaml:5: error: variants[1].price: -10 is negative"]


def test_unknown_products_of_the_history_are_named_once(tmp_path) -> None:
    more = "".join(f"2026-10-0{n}T09:00:00,c1,,view,old,,,,\n" for n in range(1, 5))
    says = found(write(tmp_path, {**FULL, "data/events.csv": DATA["data/events.csv"] + more}))
    assert says == ["data/events.csv:5: warning: product_id: 'old' is not known to the shop"]


def test_tables_that_are_referred_to_are_missed(tmp_path) -> None:
    files = {name: text for name, text in FULL.items() if name not in ("data/customers.csv", "data/order_lines.csv")}
    assert found(write(tmp_path, files)) == [
        "data/orders.csv:1: error: data/customers.csv, which it refers to, is missing",
        "data/orders.csv:1: warning: no order has lines in data/order_lines.csv",
        "data/payment_methods.csv:1: error: data/customers.csv, which it refers to, is missing",
    ]


def test_without_products_skus_are_not_judged(tmp_path) -> None:
    files = {name: text for name, text in FULL.items() if name != "products.yaml"}
    assert found(write(tmp_path, files)) == [
        "data/order_lines.csv:1: warning: there is no products.yaml or products.csv; skus are not checked"
    ]


def test_a_delivered_order_without_a_date(tmp_path) -> None:
    files = replaced(FULL, "data/orders.csv", "2026-10-03T12:00:00", "")
    assert found(write(tmp_path / "a", files)) == []
    files = replaced(files, "data/shipments.csv", ",2026-10-03T12:00:00", ",")
    assert found(write(tmp_path / "b", files)) == [
        "data/orders.csv:2: warning: order 'o1' has no delivered_at, so no return window can be counted"
    ]


def test_a_cancelled_line_may_count_or_not(tmp_path) -> None:
    lines = (
        "order_id,line_no,sku,quantity,unit_price,status\n"
        "o1,1,mug-s,1,10.00,cancelled\no1,2,mug-m,1,12.50,\no2,1,lamp,1,99,active\n"
    )
    files = {**FULL, "data/order_lines.csv": lines}
    assert found(write(tmp_path / "paid", files)) == []
    assert found(write(tmp_path / "left", replaced(files, "data/orders.csv", "28.50", "18.50"))) == []
    assert len(found(write(tmp_path / "wrong", replaced(files, "data/orders.csv", "28.50", "16.00")))) == 1


def test_columns_that_may_be_missing_and_more_columns(tmp_path) -> None:
    files = {
        **MINIMAL,
        "shop.yaml": SHOP.replace("CNY", "JPY"),
        "data/customers.csv": (
            "id,name,email,phone,locale,joined_at,tier,address1,address2,city,region,country,postcode,"
            "marketing_consent,shoe_size\nc1,A,,,,,,,,,,,,,42\n"
        ),
        "data/orders.csv": (
            "id,customer_id,placed_at,status,payment_method_id,address1,address2,city,region,country,postcode\n"
            "o1,c1,2026-10-01,paid,,,,,,,\n"
        ),
        "data/order_lines.csv": "order_id,line_no,sku,quantity,unit_price\no1,1,x,1,1200\n",
        "data/events.csv": ("at,customer_id,visitor_id,type,product_id,order_id,value\n2026-10-01,c1,,view,x,,\n"),
        "products.yaml": "- {id: x, name: X, price: 1200}",
    }
    assert found(write(tmp_path, files)) == []


def test_an_unknown_table(tmp_path) -> None:
    says = found(write(tmp_path, {**FULL, "data/costumers.csv": "id\n1\n", "data/notes.txt": "x"}))
    assert len(says) == 1 and says[0].startswith("data/costumers.csv:1: warning: not read; known tables: customers.csv")
