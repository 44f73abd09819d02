"""Cells that a spreadsheet must show and not run."""

_STARTS = ("=", "+", "-", "@", "\t", "\r")


def defused(value: object) -> object:
    """Return text that begins like a formula with an apostrophe in front; all else as it is.

    Examples
    --------
    >>> defused("=HYPERLINK(1)"), defused(-1.5)
    ("'=HYPERLINK(1)", -1.5)
    """
    if isinstance(value, str) and value.startswith(_STARTS):
        return f"'{value}"
    return value
