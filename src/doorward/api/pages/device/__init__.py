"""Letting a device in that has no browser, by the code that it shows."""
