"""For anybody: nothing here reads a cookie or a bearer token."""
