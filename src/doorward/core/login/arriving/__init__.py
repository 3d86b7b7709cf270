"""Letting in whoever has proven who they are."""
