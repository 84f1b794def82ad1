"""Reads slots out of what a customer says, in Chinese and English: pure functions. Know no state, rules or templates."""
