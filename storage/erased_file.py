"""Who was forgotten, remembered outside the database: one id a line, beside the key file.

A restored backup knows nothing of what was erased after it; this file does. It holds ids that
belong to nobody any more, no name and no word, and it must not judge.

An id alone says that somebody was forgotten, for good. `?` before it says that they were about to
be when it was written, `-` that it did not come to that, and `!` that nobody can know any more.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

_LINE: Final = re.compile(r"([?!-]?)([0-9a-z]{1,40})")
_ID: Final = re.compile(r"[0-9a-z]{1,40}")
_DONE, _INTENDED, _TAKEN_BACK, _UNCLEAR = "", "?", "-", "!"


def remember(path: Path, subject: str) -> None:
    """Note that somebody was forgotten, so that it survives a power cut: for good.

    Raises OSError, and ValueError for what is no id.
    """
    _add(path, _DONE, subject)


def intend(path: Path, subject: str) -> None:
    """Note that somebody is about to be forgotten: before the commit, which may still fail.

    Does nothing for whoever was forgotten before. Raises like `remember`.
    """
    _add(path, _INTENDED, subject)


def take_back(path: Path, subject: str) -> None:
    """Note that whoever was about to be forgotten was not. Raises like `remember`."""
    _add(path, _TAKEN_BACK, subject)


def doubt(path: Path, subject: str) -> None:
    """Note that nobody can know whether somebody was forgotten. Raises like `remember`."""
    _add(path, _UNCLEAR, subject)


def read(path: Path) -> list[str]:
    """Return who was forgotten, in the order of it; nobody where there is no file.

    A line that is no id, such as one cut short by a power cut, is passed over. Raises OSError where
    the file is there and cannot be read.
    """
    return [subject for subject, said in _read(path).items() if said == _DONE]


def unsettled(path: Path) -> list[str]:
    """Return who was about to be forgotten and of whom nobody noted whether they were.

    Raises like `read`.
    """
    return [subject for subject, said in _read(path).items() if said == _INTENDED]


def unclear(path: Path) -> list[str]:
    """Return of whom nobody can know whether they were forgotten. Raises like `read`."""
    return [subject for subject, said in _read(path).items() if said == _UNCLEAR]


def _read(path: Path) -> dict[str, str]:
    """Return what was said last of each; whoever was forgotten stays so, whatever follows."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return {}
    last: dict[str, str] = {}
    for line in lines:
        found = _LINE.fullmatch(line)
        if found is not None and last.get(found[2]) != _DONE:
            last[found[2]] = found[1]
    return last


def _add(path: Path, said: str, subject: str) -> None:
    """Append a line; what stands there already is only brought to the disk."""
    if not _ID.fullmatch(subject):
        msg = "only ids are written down here"
        raise ValueError(msg)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        # A line that a power cut left half written must not swallow this one.
        before = os.pread(handle, 1, max(os.fstat(handle).st_size - 1, 0))
        if _read(path).get(subject) not in (said, _DONE):
            line = f"{said}{subject}\n".encode()
            os.write(handle, (b"" if before in (b"", b"\n") else b"\n") + line)
        os.fsync(handle)
    finally:
        os.close(handle)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
