"""Passwords that attackers know: a list that comes along, and one that the operator brings."""
