"""Whom other providers vouch for."""
