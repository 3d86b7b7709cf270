"""Signing keys, and the tokens they sign."""
