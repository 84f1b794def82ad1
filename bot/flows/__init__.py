"""The state machines that look up and change orders. Know nothing of databases, HTTP or templates."""
