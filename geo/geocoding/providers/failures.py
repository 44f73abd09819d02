"""geopy's errors to ours, by one table."""

from dataclasses import dataclass
from typing import Final

from geopy.exc import (
    ConfigurationError,
    GeocoderAuthenticationFailure,
    GeocoderInsufficientPrivileges,
    GeocoderParseError,
    GeocoderQueryError,
    GeocoderQuotaExceeded,
    GeocoderRateLimited,
    GeocoderServiceError,
    GeocoderTimedOut,
    GeocoderUnavailable,
    GeopyError,
)

from clusteratlas.errors import GeocodingError, QuotaError


class AccessRefusedError(GeocodingError):
    """The key is wrong, absent or not allowed to do this: no retry and no other address helps."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What one of geopy's errors becomes, and whether asking again may help."""

    error: type[GeocodingError]
    retried: bool
    words: str


RULES: Final[tuple[tuple[type[GeopyError], Rule], ...]] = (
    (GeocoderRateLimited, Rule(QuotaError, True, "asked too fast")),
    (GeocoderQuotaExceeded, Rule(QuotaError, False, "quota used up")),
    (GeocoderAuthenticationFailure, Rule(AccessRefusedError, False, "access refused")),
    (GeocoderInsufficientPrivileges, Rule(AccessRefusedError, False, "access refused")),
    (ConfigurationError, Rule(AccessRefusedError, False, "configuration refused")),
    (GeocoderTimedOut, Rule(GeocodingError, True, "no answer in time")),
    (GeocoderUnavailable, Rule(GeocodingError, True, "not available")),
    (GeocoderParseError, Rule(GeocodingError, True, "unreadable answer")),
    (GeocoderQueryError, Rule(GeocodingError, False, "address refused")),
    (GeocoderServiceError, Rule(GeocodingError, True, "service failed")),
    (GeopyError, Rule(GeocodingError, False, "failed")),
)
"""Most specific first: the first class that an error is an instance of decides."""


def rule_for(error: GeopyError) -> Rule:
    """Return the rule of one of geopy's errors."""
    return next(rule for kind, rule in RULES if isinstance(error, kind))


def to_ours(name: str, error: GeopyError, *, retry_after: float | None = None) -> GeocodingError:
    """Return our error for one of geopy's, with the provider's name in front."""
    rule = rule_for(error)
    detail = f": {error}" if str(error) else ""
    return rule.error(f"{name}: {rule.words}{detail}", retry_after=retry_after)
