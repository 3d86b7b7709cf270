"""For browsers: credentials travel as cookies, and nothing here reads a bearer token."""
