"""A mailbox in a folder, for development."""
