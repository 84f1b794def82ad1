"""Composes the answer to a knowledge question in its band, with citations. Knows nothing of routing or conversations."""
