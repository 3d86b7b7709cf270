"""Letters set by Jinja."""
