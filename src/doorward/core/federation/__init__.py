"""Letting another provider vouch."""
