"""The Chinese font that figures and reports embed: Noto Sans SC, cut to GB 2312 and Latin."""

from importlib import resources
from pathlib import Path
from typing import Any, Final

from clusteratlas.errors import DependencyError

FONT_FILE: Final = "NotoSansSC-Regular-subset.ttf"
FONT_FAMILY: Final = "Noto Sans SC"


def font_path() -> Path:
    """Return the path of the shipped TrueType font; its family name is :data:`FONT_FAMILY`.

    Raises
    ------
    DependencyError
        If the installation lacks the file.

    Examples
    --------
    >>> font_path().suffix
    '.ttf'
    """
    path = Path(str(resources.files("clusteratlas.maps.fonts").joinpath(FONT_FILE)))
    if not path.is_file():
        raise DependencyError(f"the font {FONT_FILE} is missing from this installation: {path}")
    return path


def font_dir() -> Path:
    """Return the folder that holds the font, for programs that scan folders."""
    return font_path().parent


def font_at(size: float) -> Any:
    """Return the shipped font in a size (points) as matplotlib takes it.

    There is one weight: emphasis comes from size.
    """
    from matplotlib.font_manager import FontProperties

    return FontProperties(fname=str(font_path()), size=size)
