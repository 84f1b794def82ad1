"""Currencies of ISO 4217 and amounts written in them. Knows nothing of prices' meaning or of display."""

from __future__ import annotations

import re
from decimal import Decimal

# Currencies in use (ISO 4217, without funds, metals and test codes).
_LISTED = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF
CHF CLF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ
GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR
LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN
PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB
TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UYW UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR
ZMW ZWG
"""
_CODES = frozenset(_LISTED.split())
_DECIMALS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_AMOUNT = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,12})?")


def is_currency(code: str) -> bool:
    """Whether `code` is a currency code in use (ISO 4217, upper case)."""
    return code in _CODES


def decimals(code: str) -> int:
    """Digits after the point of a currency's amounts: 2 for CNY, 0 for JPY, 3 for KWD."""
    return next((digits for digits, codes in _DECIMALS.items() if code and code in codes), 2)


def parse_amount(text: str, places: int) -> Decimal:
    """A non-negative amount with at most `places` decimals, as written in a shop's files.

    Raises ValueError with a message for a person. Trailing zeros beyond `places` are accepted.
    """
    if not _AMOUNT.fullmatch(text.strip()):
        raise ValueError(f"not an amount: {text[:40]!r} (digits and a point only, for example 129.00)")
    amount = Decimal(text.strip())
    if amount < 0:
        raise ValueError(f"{text.strip()} is negative")
    if amount != (rounded := round(amount, places)):
        raise ValueError(f"{text.strip()} has more than {places} decimals")
    return rounded
