"""Write result files whole or not at all."""

from pathlib import Path
from typing import Any

from clusteratlas.files import write_whole


def write_json(path: str | Path, value: Any) -> None:
    """Write a value as indented UTF-8 JSON; the file appears only when it is complete."""
    import orjson

    write_bytes(path, orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def write_bytes(path: str | Path, content: bytes) -> None:
    """Write a file under a temporary name beside the target, then put it in place."""
    write_whole(Path(path), content)
