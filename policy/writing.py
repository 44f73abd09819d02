"""Write result files whole or not at all."""

import os
import tempfile
from pathlib import Path
from typing import Any


def write_json(path: str | Path, value: Any) -> None:
    """Write a value as indented UTF-8 JSON; the file appears only when it is complete."""
    import orjson

    write_bytes(path, orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def write_bytes(path: str | Path, content: bytes) -> None:
    """Write a file under a temporary name beside the target, then put it in place."""
    path = Path(path)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        umask = os.umask(0)
        os.umask(umask)
        Path(temporary).chmod(0o666 & ~umask)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
