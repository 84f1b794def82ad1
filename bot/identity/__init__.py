"""Who a conversation speaks for: tokens, proofs of one order, one-time codes. Knows nothing of flows, HTTP or any database."""
