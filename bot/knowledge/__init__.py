"""The knowledge base: load, split, embed, search, rank. Knows nothing of conversations."""
