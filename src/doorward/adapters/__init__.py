"""Exits: one folder a technology, and each driver comes in by one door."""
