"""Customers, their orders, and what may be changed about them. Knows nothing of conversations, HTTP or any database."""
