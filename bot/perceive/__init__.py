"""Reads a message before it is routed: its language, its entities, and a masked form for logs."""
