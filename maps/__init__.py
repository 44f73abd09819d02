"""Single-file maps and figures."""
