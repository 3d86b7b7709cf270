"""Kept bytes in a local folder."""
