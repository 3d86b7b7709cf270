"""The HTTP doors: the way in for browsers, apps and operators."""
