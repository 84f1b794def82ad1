"""Measures speed and memory again and writes what was seen into `benchmarks/`. Knows nothing of quality."""
