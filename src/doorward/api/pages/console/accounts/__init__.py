"""Accounts in the console: finding one, seeing how it stands, and acting on it."""
