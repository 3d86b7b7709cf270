"""Ending what was begun: signing out at an application's wish, and telling applications of every end."""
