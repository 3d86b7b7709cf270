"""Protecting a whole application, whatever it is made with."""
