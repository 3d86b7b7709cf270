"""Commands for trying things out."""
