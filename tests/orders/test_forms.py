from dataclasses import replace

import pytest

from bot.orders.changes import RequestInvoice
from bot.orders.forms import LONGEST, address_denied, invoice_denied, is_plain
from bot.orders.records import Address, Invoice
from tests.orders.samples import AWAY, HOME

TEXT = "Robert'); DROP TABLE orders;-- <script>alert(1)</script>"


def test_a_street_and_a_city_make_an_address():
    assert address_denied(Address(address1="1 Lane", city="Bristol"), HOME) is None
    assert address_denied(Address(address1="1 Lane", region="Tokyo"), HOME) is None
    assert address_denied(Address(address1=" ", city="Bristol"), HOME).details["missing"] == ["address1"]
    assert address_denied(HOME, HOME).code == "no_change"


def test_text_that_looks_like_code_is_text():
    assert address_denied(replace(AWAY, recipient=TEXT), HOME) is None
    assert invoice_denied(RequestInvoice("LC1", TEXT, "personal"), None) is None


@pytest.mark.parametrize("text", ["a\nb", "a\x00", "\u202eabc", "a\u2028b", "x" * (LONGEST + 1), "\ud800"])
def test_what_is_no_line_of_text(text):
    assert not is_plain(text)
    assert address_denied(replace(AWAY, recipient=text), HOME).details["malformed"] == ["recipient"]


@pytest.mark.parametrize("text", ["", "林晓岚", "می\u200cخواهم", "👩\u200d🚒", "x" * LONGEST])
def test_lines_of_text(text):
    assert is_plain(text)


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        (RequestInvoice("1", "A", "club"), "invoice", "kind"),
        (RequestInvoice("1", "", "personal"), "invoice", "title"),
        (RequestInvoice("1", "A", "personal", email="not an address"), "invoice", "email"),
        (RequestInvoice("1", "A", "company"), "tax_id", None),
        (RequestInvoice("1", "A", "company", "   --- "), "tax_id", None),
        (RequestInvoice("1", "A", "company", "x" * 31), "tax_id", None),
    ],
)
def test_invoices_that_cannot_be_issued(change, code, field):
    denied = invoice_denied(change, None)
    assert (denied.code, denied.details.get("field")) == (code, field)


def test_an_issued_invoice_is_not_asked_for_again():
    issued = Invoice("A", "", "", "personal", "issued")
    assert invoice_denied(RequestInvoice("1", "B", "personal"), issued).details == {"status": "issued"}
