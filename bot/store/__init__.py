"""What is kept: one append-only event log a conversation, and feedback. Knows nothing of turns or HTTP."""
