"""Sealing by AES-256-GCM."""
