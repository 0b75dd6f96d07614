"""The form of a backup on disk: parts that are locked one by one, in order, with an end of its own.

It must not know what a part holds. Whoever has not the key reads nothing but when it was made; a
part that was changed, left out, moved or cut off is noticed.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from storage.errors import StorageFault

FORMAT: Final = 1
_MAGIC: Final = b"starling backup 1\n"
_SALT_BYTES: Final = 16
_KEY_BYTES: Final = 32
_LONGEST: Final = 1 << 30
_PART, _LAST = b"p", b"e"


class BackupRefused(StorageFault):
    """A backup cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Header:
    """What stands readable at the start of a backup: of which form, and when it was made."""

    made_at: datetime
    salt: bytes
    line: bytes
    """All of it as it is written: every part is bound to it."""


def _new_header(made_at: datetime, salt: bytes) -> Header:
    told = {"format": FORMAT, "made_at": made_at.isoformat(), "salt": salt.hex()}
    return Header(made_at, salt, json.dumps(told).encode() + b"\n")


class Writer:
    """Writes a backup beside its place and puts it there when it is whole: `with Writer(...)`."""

    def __init__(
        self, path: Path, key: bytes, made_at: datetime, entropy: Callable[[int], bytes]
    ) -> None:
        """Take the place, the backup key, and a source of random bytes."""
        self._path = path
        self._draft = path.with_name(f".{path.name}.{os.getpid()}")
        header = _new_header(made_at, entropy(_SALT_BYTES))
        self._lock = _Lock(key, header)
        self._file: IO[bytes] = os.fdopen(
            os.open(self._draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb"
        )
        self._file.write(_MAGIC + header.line)

    def add(self, part: bytes) -> None:
        """Add a part: it is made smaller, then locked."""
        self._write(_PART, part)

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        """End it and put it in its place, or leave nothing where something went wrong."""
        with self._file:
            if kind is None:
                self._write(_LAST, b"")
                self._file.flush()
                os.fsync(self._file.fileno())
        if kind is None:
            self._draft.replace(self._path)
            _sync(self._path.parent)
        else:
            self._draft.unlink()

    def _write(self, sort: bytes, part: bytes) -> None:
        locked = self._lock.seal(sort, zlib.compress(part, 6))
        self._file.write(sort + len(locked).to_bytes(4, "big") + locked)


def read_header(path: Path) -> Header:
    """Return what stands at the start of a backup. Raises BackupRefused."""
    with _opened(path) as file:
        return _header(path, file)


def read_parts(path: Path, key: bytes) -> Iterator[bytes]:
    """Return the parts of a backup in their order, each proven before it is handed out.

    Raises BackupRefused where the key is another, or anything was changed, moved or is missing.
    """
    with _opened(path) as file:
        lock = _Lock(key, _header(path, file))
        while True:
            sort, part = _next(path, file, lock)
            if sort == _LAST:
                break
            yield part
        if file.read(1):
            raise _spoilt(path)


class _Lock:
    """Locks parts in order: AES-256-GCM under a key of this backup alone, numbered nonces."""

    def __init__(self, key: bytes, header: Header) -> None:
        info = b"starling backup 1"
        own = HKDF(SHA256(), _KEY_BYTES, header.salt, info).derive(key)
        self._cipher = AESGCM(own)
        self._beside = header.line
        self._number = 0

    def seal(self, sort: bytes, part: bytes) -> bytes:
        return self._cipher.encrypt(self._nonce(), part, sort + self._beside)

    def open(self, sort: bytes, locked: bytes) -> bytes:
        return self._cipher.decrypt(self._nonce(), locked, sort + self._beside)

    def _nonce(self) -> bytes:
        self._number += 1
        return self._number.to_bytes(12, "big")


def _next(path: Path, file: IO[bytes], lock: _Lock) -> tuple[bytes, bytes]:
    head = file.read(5)
    size = int.from_bytes(head[1:], "big")
    locked = file.read(size) if len(head) == 5 and size < _LONGEST else b""  # noqa: PLR2004 - as read
    if not locked or len(locked) != size:
        raise _spoilt(path)
    try:
        return head[:1], zlib.decompress(lock.open(head[:1], locked))
    except (InvalidTag, zlib.error):
        raise _spoilt(path) from None


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        msg = f"{path} cannot be read ({error.strerror})"
        raise BackupRefused(msg) from None


def _header(path: Path, file: IO[bytes]) -> Header:
    if file.readline(len(_MAGIC)) != _MAGIC:
        msg = f"{path} is no backup of Starling, or of a newer form than this version knows"
        raise BackupRefused(msg)
    try:
        line = file.readline(1000)
        told = json.loads(line)
        return Header(datetime.fromisoformat(told["made_at"]), bytes.fromhex(told["salt"]), line)
    except (ValueError, KeyError, TypeError):
        raise _spoilt(path) from None


def _spoilt(path: Path) -> BackupRefused:
    msg = (
        f"{path} does not open: it was changed or cut short, or the backup key is another. Take "
        "another copy of it, or set STARLING_BACKUP_KEY to the key that it was made with"
    )
    return BackupRefused(msg)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
