"""Customers, orders and what belongs to them; stock; behaviour; audit."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision: str | None = "0001"
_ADDRESS = ("recipient", "phone", "address1", "address2", "district", "city", "region", "country", "postcode")


def upgrade() -> None:
    """Make the tables."""
    _customers()
    _orders()
    _parts_of_orders()
    _shipments()
    _ledgers()
    _behaviour()


def _key(name: str, **options: Any) -> sa.Column[str]:
    return sa.Column(name, sa.String(200), **options)


def _at(name: str, nullable: bool = True) -> sa.Column[str]:
    return sa.Column(name, sa.String(40), nullable=nullable)


def _of(
    table: str, name: str, nullable: bool = False, index: bool = False, primary_key: bool = False
) -> sa.Column[str]:
    key = sa.ForeignKey(f"{table}.id")
    if primary_key:
        return sa.Column(name, sa.String(200), key, primary_key=True)
    return sa.Column(name, sa.String(200), key, nullable=nullable, index=index)


def _words(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False, server_default="") for name in names]


def _number() -> sa.Column[int]:
    kind = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    return sa.Column("id", kind, primary_key=True, autoincrement=True)


def _extra() -> sa.Column[str]:
    return sa.Column("extra", sa.Text)


def _address() -> list[sa.Column[str]]:
    return _words(*(f"address_{name}" for name in _ADDRESS))


def _customers() -> None:
    op.create_table(
        "customers",
        _key("id", primary_key=True),
        *_words("name", "email", "phone", "locale", "joined_at", "tier"),
        *_address(),
        sa.Column("marketing_consent", sa.Boolean, nullable=False),
        _extra(),
    )
    op.create_table(
        "payment_methods",
        _key("id", primary_key=True),
        _of("customers", "customer_id", index=True),
        sa.Column("kind", sa.String(32), nullable=False),
        *_words("label"),
        sa.Column("balance", sa.BigInteger),
        _extra(),
    )


def _orders() -> None:
    op.create_table(
        "orders",
        _key("id", primary_key=True),
        _key("typed", nullable=False, index=True),
        _of("customers", "customer_id"),
        _at("placed_at", nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("total", sa.BigInteger, nullable=False),
        sa.Column("shipping_fee", sa.BigInteger, nullable=False),
        sa.Column("discount", sa.BigInteger, nullable=False),
        _key("payment_method_id", nullable=False),
        *_address(),
        _at("delivered_at"),
        _key("refund_payment_method_id"),
        _key("exchange_payment_method_id"),
        _key("cancel_reason"),
        *_words("note"),
        sa.Column("version", sa.Integer, nullable=False),
        _extra(),
    )
    op.create_index("ix_orders_of_customer", "orders", ["customer_id", "placed_at"])


def _parts_of_orders() -> None:
    op.create_table(
        "order_lines",
        _of("orders", "order_id", primary_key=True),
        sa.Column("line_no", sa.Integer, primary_key=True, autoincrement=False),
        _key("sku", nullable=False),
        _key("product_id"),
        sa.Column("options", sa.Text, nullable=False),
        sa.Column("quantity", sa.Integer, nullable=False),
        sa.Column("unit_price", sa.BigInteger, nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        _key("exchange_sku"),
        _extra(),
    )
    op.create_table(
        "payments",
        _number(),
        _of("orders", "order_id", index=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        _key("payment_method_id", nullable=False),
    )
    op.create_table(
        "invoices",
        _of("orders", "order_id", primary_key=True),
        *_words("title", "tax_id", "email"),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
    )


def _shipments() -> None:
    op.create_table(
        "shipments",
        _number(),
        _of("orders", "order_id", index=True),
        _key("carrier", nullable=False, index=True),
        _key("tracking_no", nullable=False, index=True),
        sa.Column("status", sa.String(64), nullable=False),
        *(_at(name) for name in ("shipped_at", "estimated_at", "delivered_at")),
        _extra(),
    )
    op.create_table(
        "shipment_events",
        _number(),
        _key("tracking_no", nullable=False, index=True),
        _at("at", nullable=False),
        sa.Column("status", sa.String(64), nullable=False),
        *_words("location", "text_en", "text_zh"),
        _extra(),
    )


def _ledgers() -> None:
    op.create_table(
        "changes",
        _number(),
        _key("key", nullable=False, unique=True),
        _at("at", nullable=False),
        sa.Column("action", sa.String(32), nullable=False),
        _of("customers", "customer_id", index=True),
        _of("orders", "order_id", nullable=True, index=True),
        sa.Column("arguments", sa.Text, nullable=False),
        _key("by", nullable=False),
    )
    op.create_table(
        "stock",
        _key("sku", primary_key=True),
        sa.Column("quantity", sa.BigInteger),
    )
    op.create_table(
        "audit",
        _number(),
        _at("at", nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        _key("subject", index=True),
        sa.Column("data", sa.Text),
    )


def _behaviour() -> None:
    op.create_table(
        "events",
        _number(),
        _key("event_id", unique=True),
        _at("at", nullable=False),
        _key("customer_id", index=True),
        _key("visitor_id"),
        sa.Column("type", sa.String(16), nullable=False),
        _key("product_id"),
        _key("order_id"),
        sa.Column("query", sa.Text),
        sa.Column("quantity", sa.Integer),
        sa.Column("value", sa.Float),
        _extra(),
    )
    op.create_table(
        "ratings",
        _number(),
        _key("user", nullable=False, index=True),
        _key("item", nullable=False),
        sa.Column("rating", sa.Float, nullable=False),
        sa.Column("timestamp", sa.String(40)),
        _extra(),
    )
