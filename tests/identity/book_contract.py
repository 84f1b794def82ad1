"""The contract of a proof book: one mixin that runs against every implementation."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.identity.port import Counter, ProofBook

NOW = datetime(2026, 11, 1, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)
LATER = NOW + timedelta(minutes=10)
ODD = ["", "#", "' OR 1=1 --", "\0", "A100\0", "\ud800", "%", "A10_", "x" * 5000, "🏮"]


class ProofContract:
    """A subclass gives a fixture `proofs`: a book over the made-up shop of tests/orders/book_shop.py."""

    def kept(self, proofs: ProofBook) -> list[tuple[str, str, dict[str, Any]]]:
        """(action, subject, data) of the audit's rows, oldest first; nothing of the product reads them."""
        raise NotImplementedError

    # --- contacts ---

    @pytest.mark.parametrize("spelling", ["A100", "#a100", " Ａ１００ ", "# A100"])
    def test_an_order_is_found_by_a_contact_on_it(self, proofs: ProofBook, spelling: str) -> None:
        asked: list[tuple[str, str]] = []

        def fits(contact: str, country: str) -> bool:
            asked.append((contact, country))
            return contact == "lin@example.com"

        assert proofs.order_with_contact(spelling, fits) == "A100"
        assert {contact for contact, _ in asked} == {"lin@example.com", "+8617000000101"}
        assert {country for _, country in asked} == {"CN"}
        assert proofs.order_with_contact(spelling, lambda *_: False) is None

    @pytest.mark.parametrize("order_id", ["A999", *ODD])
    def test_a_missing_order_takes_as_many_comparisons(self, proofs: ProofBook, order_id: str) -> None:
        known: list[str] = []
        missing: list[str] = []
        proofs.order_with_contact("A100", lambda contact, _: bool(known.append(contact)))  # type: ignore[func-returns-value]
        assert proofs.order_with_contact(order_id, lambda contact, _: missing.append(contact) is None) is None
        assert len(missing) == len(known) and set(missing) == {""}

    def test_numbers_that_differ_in_case_only_need_the_exact_one(self, proofs: ProofBook) -> None:
        assert proofs.order_with_contact("Case1", lambda *_: True) == "Case1"
        assert proofs.order_with_contact("case1", lambda *_: True) == "case1"
        assert proofs.order_with_contact("CASE1", lambda *_: True) is None

    def test_spellings_of_one_number_have_one_normal_form(self, proofs: ProofBook) -> None:
        assert len({proofs.normal(text) for text in ("A100", "#a100", " Ａ１００", "# a100 ")}) == 1
        assert proofs.normal("A100") != proofs.normal("A101")

    def test_where_a_code_goes(self, proofs: ProofBook) -> None:
        assert proofs.recipient("B200") == ("C2", "ann@example.com")
        for order_id in ("b200", "A999", "", "' OR 1=1 --", "🏮"):
            assert proofs.recipient(order_id) is None

    # --- counters ---

    def test_a_counter_fills_and_empties(self, proofs: ProofBook) -> None:
        counter: Counter = ("proof:visitor", "v", 2)
        assert [proofs.attempt([counter], HOUR, NOW + timedelta(minutes=m)) for m in (0, 20)] == [0, 0]
        wait = proofs.attempt([counter], HOUR, NOW + timedelta(minutes=30))
        assert 30 * 60 <= wait <= 30 * 60 + 1
        # What was refused does not count, so that waiting helps.
        assert proofs.attempt([counter], HOUR, NOW + timedelta(minutes=60, seconds=1)) == 0
        assert proofs.attempt([counter], HOUR, NOW + timedelta(minutes=61)) > 0

    def test_kinds_and_keys_are_counted_apart(self, proofs: ProofBook) -> None:
        for counter in (("a", "v", 1), ("b", "v", 1), ("a", "w", 1)):
            assert proofs.attempt([counter], HOUR, NOW) == 0
            assert proofs.attempt([counter], HOUR, NOW) > 0

    def test_one_full_counter_refuses_and_the_others_stay_as_they_are(self, proofs: ProofBook) -> None:
        assert proofs.attempt([("a", "v", 1)], HOUR, NOW) == 0
        for _ in range(3):
            assert proofs.attempt([("b", "w", 1), ("a", "v", 1)], HOUR, NOW) > 0
        assert proofs.attempt([("b", "w", 1)], HOUR, NOW) == 0

    def test_attempts_at_once_find_no_more_places_than_there_are(self, proofs: ProofBook) -> None:
        gate, found = threading.Barrier(6), []

        def run() -> None:
            gate.wait()
            found.append(proofs.attempt([("a", "v", 3)], HOUR, NOW))

        threads = [threading.Thread(target=run) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 6 and found.count(0) == 3

    # --- codes ---

    def test_a_code_holds_once(self, proofs: ProofBook) -> None:
        proofs.keep_code("c_1", "C1", "right", 5, LATER)
        assert proofs.try_code("c_1", "wrong", NOW) == (None, 4)
        assert proofs.try_code("c_2", "right", NOW) == (None, 0)
        assert proofs.try_code("c_1", "right", NOW) == ("C1", 0)
        assert proofs.try_code("c_1", "right", NOW) == (None, 0)

    def test_a_code_holds_for_its_tries(self, proofs: ProofBook) -> None:
        proofs.keep_code("c_1", "C1", "right", 3, LATER)
        assert [proofs.try_code("c_1", "wrong", NOW)[1] for _ in range(4)] == [2, 1, 0, 0]
        assert proofs.try_code("c_1", "right", NOW) == (None, 0)

    def test_a_code_holds_for_its_time(self, proofs: ProofBook) -> None:
        proofs.keep_code("c_1", "C1", "right", 5, LATER)
        assert proofs.try_code("c_1", "right", LATER) == (None, 0)
        assert proofs.try_code("c_1", "right", LATER - timedelta(seconds=1)) == ("C1", 0)

    def test_a_new_code_takes_the_place_of_the_old(self, proofs: ProofBook) -> None:
        proofs.keep_code("c_1", "C1", "old", 5, LATER)
        proofs.keep_code("c_1", "C2", "new", 5, LATER)
        assert proofs.try_code("c_1", "old", NOW) == (None, 4)
        assert proofs.try_code("c_1", "new", NOW) == ("C2", 0)

    def test_a_code_of_nobody_is_met_by_nothing(self, proofs: ProofBook) -> None:
        proofs.keep_code("c_1", None, "right", 5, LATER)
        assert proofs.try_code("c_1", "right", NOW) == (None, 4)

    def test_of_tries_at_once_one_meets(self, proofs: ProofBook) -> None:
        proofs.keep_code("c_1", "C1", "right", 5, LATER)
        gate, found = threading.Barrier(5), []

        def run() -> None:
            gate.wait()
            found.append(proofs.try_code("c_1", "right", NOW)[0])

        threads = [threading.Thread(target=run) for _ in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(found, key=str) == ["C1", None, None, None, None]

    def test_an_audit_row_is_kept(self, proofs: ProofBook) -> None:
        data = {"conversation_id": "c_1", "键": "值"}
        proofs.audit(NOW, "proof_ok", "key", data)
        proofs.audit(NOW, "proof_tried", "key", {})
        assert self.kept(proofs) == [("proof_ok", "key", data), ("proof_tried", "key", {})]
