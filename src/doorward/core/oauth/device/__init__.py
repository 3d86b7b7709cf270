"""Letting a device in that has no browser: it asks, a person answers on a phone or a computer, it gets its tokens."""
