"""Customers and orders as the bot knows them, amounts in integer minor units (cents, fen). Knows nothing of where they are kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

PaymentMove = Literal["payment", "refund"]
ADDRESS_FIELDS = ("recipient", "phone", "address1", "address2", "district", "city", "region", "country", "postcode")


@dataclass(frozen=True)
class Address:
    """Where a parcel goes; a part that is not known is empty."""

    recipient: str = ""
    phone: str = ""
    address1: str = ""
    address2: str = ""
    district: str = ""
    city: str = ""
    region: str = ""
    country: str = ""
    postcode: str = ""


@dataclass(frozen=True)
class PaymentMethod:
    """A way to pay that the customer has on file; `balance` for gift cards and store credit, else None."""

    id: str
    customer_id: str
    kind: str
    label: str
    balance: int | None = None


@dataclass(frozen=True)
class Customer:
    """A customer with the default address and the payment methods on file."""

    id: str
    name: str
    email: str
    phone: str
    locale: str
    joined_at: str
    tier: str
    address: Address
    payment_methods: tuple[PaymentMethod, ...] = ()
    marketing_consent: bool = False


@dataclass(frozen=True)
class OrderLine:
    """One line; `unit_price` in minor units. `options` are those of the sku in the catalogue."""

    line_no: int
    sku: str
    product_id: str | None
    options: dict[str, str]
    quantity: int
    unit_price: int
    status: str = "active"
    exchange_sku: str | None = None


@dataclass(frozen=True)
class Payment:
    """Money taken or given back, in minor units, never negative."""

    kind: PaymentMove
    amount: int
    payment_method_id: str


@dataclass(frozen=True)
class Invoice:
    """An invoice asked for. `kind`: personal or company; `status`: requested until the shop issues it."""

    title: str
    tax_id: str
    email: str
    kind: str
    status: str = "requested"


@dataclass(frozen=True)
class ShipmentEvent:
    """One scan of a parcel, with its text by language."""

    at: datetime
    status: str
    location: str
    text: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Shipment:
    """A parcel of an order; events oldest first."""

    carrier: str
    tracking_no: str
    status: str
    shipped_at: datetime | None
    estimated_at: datetime | None
    delivered_at: datetime | None
    events: tuple[ShipmentEvent, ...] = ()


@dataclass(frozen=True)
class ChangeRow:
    """One row of the append-only log of changes."""

    at: datetime
    action: str
    arguments: dict[str, Any]
    by: str


@dataclass(frozen=True)
class Order:
    """An order with everything that belongs to it. `version` grows by one with each change.

    `total` = sum of active lines + shipping_fee - discount, in minor units; times are aware, in the shop's timezone.
    """

    id: str
    customer_id: str
    status: str
    placed_at: datetime
    currency: str
    total: int
    payment_method_id: str
    address: Address
    lines: tuple[OrderLine, ...]
    delivered_at: datetime | None = None
    shipping_fee: int = 0
    discount: int = 0
    payments: tuple[Payment, ...] = ()
    refund_payment_method_id: str | None = None
    exchange_payment_method_id: str | None = None
    cancel_reason: str | None = None
    invoice: Invoice | None = None
    shipments: tuple[Shipment, ...] = ()
    changes: tuple[ChangeRow, ...] = ()
    note: str = ""
    version: int = 0

    def line(self, number: int) -> OrderLine | None:
        """The line `number`, or None."""
        return next((line for line in self.lines if line.line_no == number), None)
