"""The settings themselves, one section a file."""
