"""Records as `shop show` prints them and evaluation compares them. Knows nothing of where they are kept.

Amounts are JSON numbers with the currency's decimals, times are ISO 8601 in the shop's timezone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.orders.money import to_json
from bot.orders.records import Customer, Order, PaymentMethod, Shipment

Records = dict[str, dict[str, Any]]
"""`{"orders": {id: record}, "customers": {...}, "payment_methods": {...}}`"""
KINDS = ("orders", "customers", "payment_methods")


def order_json(order: Order) -> dict[str, Any]:
    """An order with everything that belongs to it."""
    money = order.currency
    return {
        "id": order.id,
        "customer_id": order.customer_id,
        "status": order.status,
        "placed_at": order.placed_at.isoformat(),
        "delivered_at": _time(order.delivered_at),
        "currency": money,
        "total": to_json(order.total, money),
        "shipping_fee": to_json(order.shipping_fee, money),
        "discount": to_json(order.discount, money),
        "payment_method_id": order.payment_method_id,
        "address": dict(vars(order.address)),
        "lines": [{**vars(line), "unit_price": to_json(line.unit_price, money)} for line in order.lines],
        "payments": [{**vars(payment), "amount": to_json(payment.amount, money)} for payment in order.payments],
        "refund_payment_method_id": order.refund_payment_method_id,
        "exchange_payment_method_id": order.exchange_payment_method_id,
        "cancel_reason": order.cancel_reason,
        "invoice": order.invoice and dict(vars(order.invoice)),
        "shipments": [_shipment(shipment) for shipment in order.shipments],
        "changes": [{**vars(change), "at": change.at.isoformat()} for change in order.changes],
        "note": order.note,
    }


def customer_json(customer: Customer, currency: str) -> dict[str, Any]:
    """A customer with the default address and the payment methods on file."""
    own = {name: value for name, value in vars(customer).items() if name not in ("address", "payment_methods")}
    return {
        **own,
        "address": dict(vars(customer.address)),
        "payment_methods": [method_json(method, currency) for method in customer.payment_methods],
    }


def method_json(method: PaymentMethod, currency: str) -> dict[str, Any]:
    """A payment method on file; `balance` is null where there is none to count."""
    return {**vars(method), "balance": None if method.balance is None else to_json(method.balance, currency)}


def records_json(orders: list[Order], customers: list[Customer], currency: str) -> Records:
    """The records of these orders and customers by kind and id."""
    return {
        "orders": {order.id: order_json(order) for order in orders},
        "customers": {customer.id: customer_json(customer, currency) for customer in customers},
        "payment_methods": {
            method.id: method_json(method, currency) for customer in customers for method in customer.payment_methods
        },
    }


def changed_records(before: Mapping[str, Mapping[str, Any]], after: Mapping[str, Mapping[str, Any]]) -> Records:
    """The records of `after` that are new or differ from `before`, by kind and id; every kind is there, if empty."""
    return {
        kind: {key: record for key, record in after[kind].items() if before[kind].get(key) != record} for kind in KINDS
    }


def _shipment(shipment: Shipment) -> dict[str, Any]:
    return {
        "carrier": shipment.carrier,
        "tracking_no": shipment.tracking_no,
        "status": shipment.status,
        "shipped_at": _time(shipment.shipped_at),
        "estimated_at": _time(shipment.estimated_at),
        "delivered_at": _time(shipment.delivered_at),
        "events": [{**vars(event), "at": event.at.isoformat()} for event in shipment.events],
    }


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
