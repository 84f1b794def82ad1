"""Decides what a message asks for: one command of a closed set. Knows nothing of how it is carried out."""
