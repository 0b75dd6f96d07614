"""Keeps the service's own secret key in a file of its own: never in the database it locks."""

from __future__ import annotations

import base64
import contextlib
import os
import stat
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from starling.setting_rules import KEY_BYTES, decode_key
from starling.settings import SettingsRefused

_WAITS: Final = "  # waits until: starling keys rotate"
_MISSING: Final = (
    "{path} is missing, and the database holds what only the keys in it can open. Put the file "
    "back from your copy of it, or set STARLING_SECRET_KEYS to the same keys. No new key is made, "
    "as it would open nothing: see docs/keys.md."
)


def load_or_make_keys(
    path: Path, entropy: Callable[[int], bytes], may_make: Callable[[], bool] = lambda: True
) -> tuple[SecretStr, ...]:
    """Return the keys in a file, newest first, and make the file with one new key at first.

    path: one key a line in url-safe base64, readable by its owner only. entropy: returns that many
    random bytes. The key is on the disk before it is returned, so that nothing is ever locked with
    a key that a power cut takes away; two services that start at once end up with the same key.
    may_make: whether nothing is stored yet that a new key could not open. Raises SettingsRefused
    where the file is open to others, holds no good key, cannot be made, or is missing beside data.
    """
    try:
        if not path.exists():
            if not may_make():
                raise SettingsRefused((_MISSING.format(path=path),))
            _make(path, entropy(KEY_BYTES))
    except OSError as error:
        raise _unusable(path, error) from None
    return read_keys(path)


def read_keys(path: Path) -> tuple[SecretStr, ...]:
    """Return the keys in a file that is there, newest first; one that waits comes last.

    Raises SettingsRefused as above.
    """
    keys, waiting = _read(path)
    return tuple(SecretStr(line) for line in (*keys, *waiting))


def add_key(path: Path, entropy: Callable[[int], bytes]) -> SecretStr:
    """Add a key that waits: everybody reads with it, nobody seals with it until it is put first.

    A key that waits already is returned as it is. Raises SettingsRefused.
    """
    keys, waiting = _read(path)
    if not waiting:
        waiting = [base64.urlsafe_b64encode(entropy(KEY_BYTES)).decode()]
        _replace(path, keys, waiting)
    return SecretStr(waiting[0])


def put_first(path: Path) -> bool:
    """Put the key that waits first: from now on it seals. False where none waits."""
    keys, waiting = _read(path)
    if waiting:
        _replace(path, [*waiting, *keys], [])
    return bool(waiting)


def take_away(path: Path, key: SecretStr) -> Path:
    """Take an old key out of the file; return the file in which it is kept for old backups."""
    keys, waiting = _read(path)
    gone = key.get_secret_value()
    retired = retired_file(path)
    before = _read(retired)[0] if retired.exists() else []
    _replace(retired, [*before, gone] if gone not in before else before, [])
    _replace(path, [each for each in keys if each != gone], waiting)
    return retired


def retired_file(path: Path) -> Path:
    """Return where keys are kept that only old backups still need."""
    return path.with_name("retired.keys")


def keys_for_backups(path: Path) -> tuple[SecretStr, ...]:
    """Return the keys in use and after them those that only old backups need.

    Raises SettingsRefused where there are none: a backup without its keys cannot be read.
    """
    retired = retired_file(path)
    return (*read_keys(path), *(read_keys(retired) if retired.exists() else ()))


def decode_keys(keys: tuple[SecretStr, ...]) -> tuple[bytes, ...]:
    """Return the bytes of checked keys in the same order, newest first."""
    return tuple(decode_key(key.get_secret_value()) for key in keys)


def _read(path: Path) -> tuple[list[str], list[str]]:
    """Return the keys in use, newest first, and those that wait."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise _unusable(path, error) from None
    if mode & 0o077:
        sentence = f"{path} can be read by others on this machine: run chmod 600 {path}"
        raise SettingsRefused((sentence,))
    written = [line.partition("#") for line in lines if line.strip()]
    keys = [key.strip() for key, mark, _ in written if not mark]
    waiting = [key.strip() for key, mark, _ in written if mark]
    if not keys or any(len(decode_key(line)) < KEY_BYTES for line in (*keys, *waiting)):
        sentence = f"{path} holds a line that is not a key: put the file back from your backup; "
        why = "a new key cannot open what the old one locked."
        raise SettingsRefused((sentence + why,))
    return keys, waiting


def _unusable(path: Path, error: Exception) -> SettingsRefused:
    sentence = f"{path} cannot be used to keep the secret key ({type(error).__name__}): "
    remedy = "let the service write to its folder, or set STARLING_SECRET_KEYS."
    return SettingsRefused((sentence + remedy,))


def _replace(path: Path, keys: Sequence[str], waiting: Sequence[str]) -> None:
    """Write the file anew, in one piece and for its owner only. Raises SettingsRefused."""
    try:
        handle, name = tempfile.mkstemp(prefix=path.name, dir=path.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.writelines(f"{key}\n" for key in keys)
            file.writelines(f"{key}{_WAITS}\n" for key in waiting)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise _unusable(path, error) from None


def _make(path: Path, key: bytes) -> None:
    """Write a key beside its place and link it there: whoever links first has made the key."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=path.name, dir=path.parent)  # for its owner only
    draft = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(base64.urlsafe_b64encode(key).decode() + "\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
