"""Bytes on S3, and on what speaks like it."""
