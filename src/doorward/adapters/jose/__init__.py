"""Signatures by cryptography, keys read and written by joserfc."""
