"""Files that appear whole or not at all."""

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from clusteratlas.errors import InputError


def refuse_overwriting(read: Iterable[Path | None], written: Iterable[Path | None]) -> None:
    """Raise if a file that is to be written is one that is read, or is to be written twice.

    Parameters
    ----------
    read, written
        The files of a command; None stands for an option that was not given.

    Raises
    ------
    InputError
        If two of them are one file, by whatever path or link, or if what is to be written exists
        and is no ordinary file.
    """
    inputs = {path.resolve() for path in read if path is not None}
    outputs: set[Path] = set()
    for path in written:
        if path is None:
            continue
        if path.resolve() in inputs:
            raise InputError(f"{path}: this is the input; name another file to write")
        if path.resolve() in outputs:
            raise InputError(f"{path}: named for two results; name a file for each")
        outputs.add(path.resolve())
        _refuse_special(path)


def ending_of(target: Path, allowed: Iterable[str]) -> str:
    """Return the ending of a file that is to be written, lower case.

    Raises
    ------
    InputError
        If it is none of those allowed (``.json``).
    """
    ending, known = target.suffix.lower(), tuple(allowed)
    if ending not in known:
        allowed_are = "allowed is" if len(known) == 1 else "allowed are"
        raise InputError(f"cannot write {target.name}: {allowed_are} {', '.join(known)}")
    return ending


def _refuse_special(target: Path) -> None:
    """Raise if something stands at the target that a new file must not take the place of."""
    if target.is_dir():
        raise InputError(f"{target}: is a directory; name a file to write")
    if target.exists() and not target.is_file():  # a device or pipe would be gone for everybody
        raise InputError(f"{target}: is no ordinary file; name another file to write")


@contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """Give a temporary file beside the target; it takes the target's place when all went well.

    An error (full disk, interrupt) leaves neither a partial target nor the temporary file; what stood
    there before stays. The permissions are those of an ordinary new file.

    Raises
    ------
    InputError
        If the target's folder does not exist, or the target is a folder, a device or a pipe.
    OSError
        If it cannot be written to.
    """
    _refuse_special(target)
    if not target.absolute().parent.is_dir():
        raise InputError(f"no directory {target.parent}")
    try:
        handle, name = tempfile.mkstemp(dir=target.absolute().parent, prefix=f".{target.name}-")
    except OSError as error:  # it names the temporary file, which says nothing to the user
        raise type(error)(error.errno, error.strerror, str(target)) from error
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)  # mkstemp makes files that only the owner may read
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file, text as UTF-8 with its line ends as they are; errors as :func:`whole_file`."""
    with whole_file(path) as temporary:
        temporary.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
