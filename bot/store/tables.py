"""The tables of a shop's database: conversations, customers and orders, behaviour. Knows nothing of what uses them.

Amounts are integer minor units of the shop's currency, moments are in UTC. A change here needs a new file in
migrations/versions; a test compares the two.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Float, ForeignKey, Index, Integer, MetaData, String, Table, Text

from bot.orders.records import ADDRESS_FIELDS
from bot.store.columns import Instant, Json, Words

metadata = MetaData()


def _key() -> String:
    return String(200)


def _number() -> Column[int]:
    """A growing row number; plain Integer where SQLite needs it to number rows by itself."""
    return Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)


def _words(name: str) -> Column[str]:
    return Column(name, Words, nullable=False, server_default="")


conversations = Table(
    "conversations", metadata,
    Column("id", String(64), primary_key=True),
    Column("created_at", String(40), nullable=False),
    Column("key_hash", String(64)),
    Column("customer_id", String(64), index=True),
)  # fmt: skip
conversation_events = Table(
    "conversation_events", metadata,
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("at", String(40), nullable=False),
    Column("type", String(32), nullable=False),
    Column("message_id", String(64), index=True),
    Column("data", Text, nullable=False),
)  # fmt: skip
feedback = Table(
    "feedback", metadata,
    Column("message_id", String(64), primary_key=True),
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("rating", Integer, nullable=False),
    Column("comment", Words),
)  # fmt: skip

customers = Table(
    "customers", metadata,
    Column("id", _key(), primary_key=True),
    *(_words(name) for name in ("name", "email", "phone", "locale", "joined_at", "tier")),
    *(_words(f"address_{name}") for name in ADDRESS_FIELDS),
    Column("marketing_consent", Boolean, nullable=False),
    Column("extra", Json),
)  # fmt: skip
payment_methods = Table(
    "payment_methods", metadata,
    Column("id", _key(), primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False, index=True),
    Column("kind", String(32), nullable=False),
    _words("label"),
    Column("balance", BigInteger),
    Column("extra", Json),
)  # fmt: skip
orders = Table(
    "orders", metadata,
    Column("id", _key(), primary_key=True),
    # The number as customers type it: without case. Two orders may differ in case only; then the exact one wins.
    Column("typed", _key(), nullable=False, index=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False),
    Column("placed_at", Instant, nullable=False),
    Column("status", String(32), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("shipping_fee", BigInteger, nullable=False),
    Column("discount", BigInteger, nullable=False),
    Column("payment_method_id", _key(), nullable=False),
    *(_words(f"address_{name}") for name in ADDRESS_FIELDS),
    Column("delivered_at", Instant),
    Column("refund_payment_method_id", _key()),
    Column("exchange_payment_method_id", _key()),
    Column("cancel_reason", _key()),
    _words("note"),
    Column("version", Integer, nullable=False),
    Column("extra", Json),
    Index("ix_orders_of_customer", "customer_id", "placed_at"),
)  # fmt: skip
order_lines = Table(
    "order_lines", metadata,
    Column("order_id", ForeignKey("orders.id"), primary_key=True),
    Column("line_no", Integer, primary_key=True, autoincrement=False),
    Column("sku", _key(), nullable=False),
    Column("product_id", _key()),
    Column("options", Json, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("unit_price", BigInteger, nullable=False),
    Column("status", String(32), nullable=False),
    Column("exchange_sku", _key()),
    Column("extra", Json),
)  # fmt: skip
payments = Table(
    "payments", metadata,
    _number(),
    Column("order_id", ForeignKey("orders.id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("payment_method_id", _key(), nullable=False),
)  # fmt: skip
invoices = Table(
    "invoices", metadata,
    Column("order_id", ForeignKey("orders.id"), primary_key=True),
    *(_words(name) for name in ("title", "tax_id", "email")),
    Column("kind", String(16), nullable=False),
    Column("status", String(32), nullable=False),
)  # fmt: skip
shipments = Table(
    "shipments", metadata,
    _number(),
    Column("order_id", ForeignKey("orders.id"), nullable=False, index=True),
    Column("carrier", _key(), nullable=False, index=True),
    Column("tracking_no", _key(), nullable=False, index=True),
    Column("status", String(64), nullable=False),
    Column("shipped_at", Instant),
    Column("estimated_at", Instant),
    Column("delivered_at", Instant),
    Column("extra", Json),
)  # fmt: skip
# One parcel may carry two orders, so its events belong to the tracking number.
shipment_events = Table(
    "shipment_events", metadata,
    _number(),
    Column("tracking_no", _key(), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("status", String(64), nullable=False),
    *(_words(name) for name in ("location", "text_en", "text_zh")),
    Column("extra", Json),
)  # fmt: skip
changes = Table(
    "changes", metadata,
    _number(),
    Column("key", _key(), nullable=False, unique=True),
    Column("at", Instant, nullable=False),
    Column("action", String(32), nullable=False),
    Column("customer_id", ForeignKey("customers.id"), nullable=False, index=True),
    Column("order_id", ForeignKey("orders.id"), index=True),
    Column("arguments", Json, nullable=False),
    Column("by", _key(), nullable=False),
)  # fmt: skip
stock = Table(
    "stock", metadata,
    Column("sku", _key(), primary_key=True),
    Column("quantity", BigInteger),  # NULL: not counted
)  # fmt: skip

# What customers did. Ids are not checked: history outlives products and customers.
events = Table(
    "events", metadata,
    _number(),
    Column("event_id", _key(), unique=True),
    Column("at", Instant, nullable=False),
    Column("customer_id", _key(), index=True),
    Column("visitor_id", _key()),
    Column("type", String(16), nullable=False),
    Column("product_id", _key()),
    Column("order_id", _key()),
    Column("query", Words),
    Column("quantity", Integer),
    Column("value", Float),
    Column("extra", Json),
)  # fmt: skip
ratings = Table(
    "ratings", metadata,
    _number(),
    Column("user", _key(), nullable=False, index=True),
    Column("item", _key(), nullable=False),
    Column("rating", Float, nullable=False),
    Column("timestamp", String(40)),
    Column("extra", Json),
)  # fmt: skip
audit = Table(
    "audit", metadata,
    _number(),
    Column("at", Instant, nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", _key(), index=True),
    Column("data", Json),
)  # fmt: skip

# What identity proofs need. Keys and hashes only: no contact, number or code can be read here.
attempts = Table(
    "attempts", metadata,
    _number(),
    Column("kind", String(32), nullable=False),
    Column("key", _key(), nullable=False),
    Column("at", Instant, nullable=False, index=True),
    Index("ix_attempts_of_key", "key", "kind", "at"),
)  # fmt: skip
codes = Table(
    "codes", metadata,
    Column("conversation_id", String(64), primary_key=True),  # of any log, a batch's as well
    Column("customer_id", _key()),
    Column("code_hash", String(64), nullable=False),
    Column("tries_left", Integer, nullable=False),
    Column("expires_at", Instant, nullable=False),
)  # fmt: skip

ORDER_TABLES = (
    customers, payment_methods, orders, order_lines, payments, invoices, shipments, shipment_events, changes, stock,
)  # fmt: skip
"""What an order book needs, in an order in which rows may be inserted."""
BEHAVIOUR_TABLES = (events, ratings)
"""What customers did."""
