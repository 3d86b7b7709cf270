"""Proving possession of a key with every request (DPoP, RFC 9449)."""
