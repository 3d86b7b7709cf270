"""The one outgoing HTTP client. It goes nowhere that an outsider could not go.

Source: OWASP Server-Side Request Forgery Prevention Cheat Sheet; RFC 6890 and the IANA special-purpose registries.
"""
