"""Who was forgotten, remembered outside the database: one id a line, beside the key file.

A restored backup knows nothing of what was erased after it; this file does. It holds ids that
belong to nobody any more, no name and no word, and it must not judge.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

_ID: Final = re.compile(r"[0-9a-z]{1,40}")


def remember(path: Path, subject: str) -> None:
    """Append an id so that it survives a power cut; one that stands there is not written again.

    Raises OSError, and ValueError for what is no id: then nothing was erased either.
    """
    if not _ID.fullmatch(subject):
        msg = "only ids are written down here"
        raise ValueError(msg)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        # A line that a power cut left half written must not swallow this one.
        before = os.pread(handle, 1, max(os.fstat(handle).st_size - 1, 0))
        if subject not in read(path):
            os.write(handle, (b"" if before in (b"", b"\n") else b"\n") + f"{subject}\n".encode())
        os.fsync(handle)
    finally:
        os.close(handle)
    _sync_folder(path.parent)


def read(path: Path) -> list[str]:
    """Return who was forgotten, in the order of it; nobody where there is no file.

    A line that is no id, such as one cut short by a power cut, is passed over: the erasure that
    wrote it was not confirmed. Raises OSError where the file is there and cannot be read.
    """
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []
    return list(dict.fromkeys(line for line in lines if _ID.fullmatch(line)))


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
