"""Bytes on their way in and out: uploads as they come, and the origin that serves what is kept."""
