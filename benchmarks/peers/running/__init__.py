"""Peers while they run: started, measured in turns, ended."""
