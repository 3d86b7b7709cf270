"""Letting an application act."""
