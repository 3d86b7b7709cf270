"""Serving an application that is made of files, beside gateways that serve none themselves."""
