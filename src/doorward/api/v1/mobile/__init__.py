"""For apps and API clients: credentials travel as bearer tokens, and nothing here reads a cookie."""
