"""The `zhanggui` command: one thin module a group of verbs. Knows nothing of how the work is done."""
