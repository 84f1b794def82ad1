"""Batch evaluation: suites, checks, metrics, reports. Knows nothing of HTTP."""
