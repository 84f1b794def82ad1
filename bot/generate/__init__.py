"""The local writer: turns a prompt into text. Knows nothing of shops, passages or conversations."""
