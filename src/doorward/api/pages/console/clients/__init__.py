"""Clients in the console: finding one, adding and changing it, its secrets, its end."""
