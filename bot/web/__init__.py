"""The HTTP face: API, widget, demo page. Knows nothing of how a turn works."""
