"""Vendored and own scripts of the single-file maps; see README.md."""
