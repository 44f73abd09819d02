"""Everything clusteratlas raises on purpose.

::

    AtlasError                     one clear line for the user; exit code 1
    ├── InputError (ValueError)    a value, file or column is not what is allowed
    │   ├── UnknownNameError (LookupError)  a district, sector or id that nobody has
    │   └── FileFormatError        a file cannot be read as what it claims to be
    ├── CrsError (ValueError)      a frame carries no CRS or the wrong one
    ├── StoreError                 the store is missing, locked, damaged or too old
    ├── GeocodingError             a provider refused, timed out or answered nonsense
    │   └── QuotaError             the provider's quota is used up; try again later
    └── DependencyError            an optional package or program is not installed

The command line shows ``str(error)`` and leaves with ``error.exit_code``; the API maps each class to
a status in ``clusteratlas.api.errors``.
"""


class AtlasError(Exception):
    """Base of all errors that are explained to the user in one line."""

    exit_code = 1


class InputError(AtlasError, ValueError):
    """What was given is wrong; the message says what, where, and what is allowed."""


class UnknownNameError(InputError, LookupError):
    """No district, sector, park or enterprise has this name or id.

    Parameters
    ----------
    message
        One line for the user.
    suggestions
        Names that exist and look alike, best first.
    """

    def __init__(self, message: str, *, suggestions: tuple[str, ...] = ()) -> None:
        self.suggestions = suggestions
        if suggestions:
            message = f"{message}; did you mean {', '.join(suggestions)}?"
        super().__init__(message)


class FileFormatError(InputError):
    """A file is empty, encrypted, damaged, or not of the format that was expected."""


class CrsError(AtlasError, ValueError):
    """A frame has no CRS, or another than the function is defined for."""


class StoreError(AtlasError):
    """The store is missing, locked, damaged, or of another schema version."""


class GeocodingError(AtlasError):
    """An online provider refused, timed out, or answered what cannot be used.

    Parameters
    ----------
    message
        One line for the user.
    retry_after
        Seconds after which a retry may help; None if it will not.
    """

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class QuotaError(GeocodingError):
    """The provider's daily or per-second quota is used up."""


class DependencyError(AtlasError):
    """An optional package or program that this call needs is not installed."""
