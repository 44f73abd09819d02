"""Cells that a spreadsheet must show and not run."""

# The wide signs too: Chinese and Japanese spreadsheets read them as the narrow ones.
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


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


def shown(text: str) -> str:
    """Return the text of a cell without the apostrophe that :func:`defused` put in front.

    Examples
    --------
    >>> shown("'=HYPERLINK(1)"), shown("'90s")
    ('=HYPERLINK(1)', "'90s")
    """
    return text[1:] if text[:1] == "'" and text[1:].startswith(_STARTS) else text
