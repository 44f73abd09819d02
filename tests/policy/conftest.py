"""What tests of extraction ask of a text."""

from clusteratlas.policy import extract


def stated(text: str) -> dict[str, set[str]]:
    """Return the sectors that a text states for each unit."""
    found: dict[str, set[str]] = {}
    for item in extract(text)["positionings"]:
        found.setdefault(item["district"], set()).update(item["sectors"])
    return found
