"""The model registry: how models are found, fetched, checked and installed. Knows nothing of shops."""
