"""Decides whether an order as a whole allows an action: rule, status, windows, limits, reasons. Knows nothing of lines or money."""

from __future__ import annotations

from datetime import datetime

from bot.orders.book import Denied
from bot.orders.records import Order
from bot.orders.windows import last_day, within_days, within_minutes
from bot.shop.types import CancelRule, ExchangeRule, Limits, ReturnRule, Rule, Rules
from bot.text import nfkc

# An order gets these from a return or an exchange of some line; what else may be done is then up to each line's status.
_AFTER_DELIVERY = frozenset({"return_requested", "returned", "exchange_requested", "exchanged"})
_USED_BY_STATUS = {
    "return_requested": "return",
    "returned": "return",
    "exchange_requested": "exchange",
    "exchanged": "exchange",
    "cancelled": "cancel",
}
# What `modify_items.final` closes; a parcel that has arrived may still go back.
_CLOSED_BY_FINAL = frozenset({"cancel", "modify_items", "change_address", "change_payment"})
_OF_LINES = frozenset({"return", "exchange", "modify_items"})


def order_allowed(action: str, order: Order, rules: Rules, now: datetime) -> Denied | None:
    """Why no `action` is possible for this order whatever its lines, or None: to offer only orders that can be changed.

    Raises ValueError for times without a zone.
    """
    if action == "invoice":
        return Denied("invoice_cancelled", {}) if order.status == "cancelled" else None
    if action in ("track", "identity"):  # always on
        return None
    rule = rule_of(action, rules)
    if rule is None:
        return Denied("off", {"action": action})
    return (
        _final_denied(action, order, rules)
        or _once_denied(action, order, rules.limits)
        or _status_denied(action, order, rule)
        or _time_denied(order, rule, now)
        or _no_line_denied(action, order)
    )


def rule_of(action: str, rules: Rules) -> Rule | None:
    """The shop's rule for an action, None when it is off (or the action needs none)."""
    by_action: dict[str, Rule | None] = {
        "cancel": rules.cancel,
        "return": rules.return_,
        "exchange": rules.exchange,
        "modify_items": rules.modify_items,
        "change_address": rules.change_address,
        "change_payment": rules.change_payment,
    }
    return by_action.get(action)


def _final_denied(action: str, order: Order, rules: Rules) -> Denied | None:
    final = rules.modify_items is not None and rules.modify_items.final
    if final and action in _CLOSED_BY_FINAL and any(row.action == "modify_items" for row in order.changes):
        return Denied("final", {})
    return None


def _once_denied(action: str, order: Order, limits: Limits) -> Denied | None:
    """A limited flow was used when the log says so, or, for orders that came with their history, a status does."""
    if action not in limits.once_per_order:
        return None
    logged = [row.action for row in order.changes]
    seen = [_USED_BY_STATUS.get(status) for status in (order.status, *(line.status for line in order.lines))]
    used = next((flow for flow in (*logged, *seen) if flow in limits.once_per_order), None)
    return Denied("once_per_order", {"flows": list(limits.once_per_order), "used": used}) if used else None


def _status_denied(action: str, order: Order, rule: Rule) -> Denied | None:
    if order.status in rule.statuses:
        return None
    if action in ("return", "exchange") and "delivered" in rule.statuses and order.status in _AFTER_DELIVERY:
        return None
    return Denied("status", {"status": order.status, "allowed": list(rule.statuses)})


def _time_denied(order: Order, rule: Rule, now: datetime) -> Denied | None:
    if isinstance(rule, CancelRule) and rule.within_minutes is not None:
        if within_minutes(order.placed_at, rule.within_minutes, now):
            return None
        return Denied("too_late_minutes", {"minutes": rule.within_minutes, "placed_at": order.placed_at.isoformat()})
    if isinstance(rule, ReturnRule | ExchangeRule) and rule.within_days is not None:
        return _days_denied(order, rule.within_days, now)
    return None


def _days_denied(order: Order, days: int, now: datetime) -> Denied | None:
    """Days count in the zone of the order's times, which is the shop's. Without a known delivery a person has to look."""
    zone = order.placed_at.tzinfo
    if zone is None:
        raise ValueError(f"order {order.id}: placed_at has no time zone")
    delivered = delivered_at(order)
    if delivered is None:
        return Denied("too_late_days", {"days": days, "delivered_at": None, "last_day": None})
    if within_days(delivered, days, zone, now):
        return None
    last = last_day(delivered, days, zone).isoformat()
    return Denied("too_late_days", {"days": days, "delivered_at": delivered.isoformat(), "last_day": last})


def delivered_at(order: Order) -> datetime | None:
    """When the order arrived: as its record says, else when its last parcel did; None when that is not known."""
    parcels = [parcel.delivered_at for parcel in order.shipments if parcel.delivered_at is not None]
    return order.delivered_at or max(parcels, default=None)


def _no_line_denied(action: str, order: Order) -> Denied | None:
    if action not in _OF_LINES or any(line.status == "active" for line in order.lines):
        return None
    return Denied("line_status", {"line_no": None, "status": order.lines[0].status if order.lines else None})


def reason_id(action: str, text: str, rules: Rules) -> str | None:
    """The id of the rule's reason whose id or label (in any language) is `text`, whatever its case; else None."""
    wanted = nfkc(text)
    for reason in getattr(rule_of(action, rules), "reasons", ()):
        if wanted in {nfkc(known) for known in (reason.id, *reason.label.values())}:
            return str(reason.id)
    return None


def reason_denied(action: str, reason: str | None, rules: Rules) -> Denied | None:
    """`reason` unless it is the id of one of the rule's reasons, or None where the rule has none."""
    known = [item.id for item in getattr(rule_of(action, rules), "reasons", ())]
    if (reason in known) if known else (reason is None):
        return None
    return Denied("reason", {"reason": reason, "reasons": known})
