"""The closed sets of words that shop files may use. Knows nothing of what they lead to."""

from __future__ import annotations

LANGUAGES = ("zh", "en")
COMMANDS = (
    "StartFlow",
    "SetSlot",
    "CorrectSlot",
    "CancelFlow",
    "Clarify",
    "Search",
    "Recommend",
    "ChitChat",
    "Handoff",
    "CannotHandle",
)
FLOWS = (
    "track",
    "cancel",
    "return",
    "exchange",
    "modify_items",
    "change_address",
    "change_payment",
    "invoice",
    "identity",
)
ORDER_STATUSES = (
    "pending_payment",
    "paid",
    "shipped",
    "delivered",
    "cancelled",
    "return_requested",
    "returned",
    "exchange_requested",
    "exchanged",
)
LINE_STATUSES = ("active", "cancelled", "return_requested", "returned", "exchange_requested", "exchanged")
PAYMENT_KINDS = ("card", "paypal", "alipay", "wechat", "gift_card", "store_credit")
REFUND_TARGETS = ("original", *PAYMENT_KINDS)
EVENT_TYPES = ("view", "search", "cart", "purchase", "rating")
DISCOUNT_KINDS = ("percent", "amount")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
