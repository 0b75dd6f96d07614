"""Keeps the service's own secret key in a file of its own: never in the database it locks."""

from __future__ import annotations

import base64
import contextlib
import os
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path

from pydantic import SecretStr

from starling.setting_rules import KEY_BYTES, decode_key
from starling.settings import SettingsRefused


def load_or_make_keys(path: Path, entropy: Callable[[int], bytes]) -> tuple[SecretStr, ...]:
    """Return the keys in a file, newest first, and make the file with one new key at first.

    path: one key a line in url-safe base64, readable by its owner only. entropy: returns that many
    random bytes. The key is on the disk before it is returned, so that nothing is ever locked with
    a key that a power cut takes away; two services that start at once end up with the same key.
    Raises SettingsRefused where the file is open to others, holds no good key, or cannot be made.
    """
    try:
        if not path.exists():
            _make(path, entropy(KEY_BYTES))
        mode = stat.S_IMODE(path.stat().st_mode)
        lines = path.read_text(encoding="utf-8").split()
    except (OSError, UnicodeDecodeError) as error:
        sentence = f"{path} cannot be used to keep the secret key ({type(error).__name__}): "
        remedy = "let the service write to its folder, or set STARLING_SECRET_KEYS."
        raise SettingsRefused((sentence + remedy,)) from None
    if mode & 0o077:
        sentence = f"{path} can be read by others on this machine: run chmod 600 {path}"
        raise SettingsRefused((sentence,))
    if not lines or any(len(decode_key(line)) < KEY_BYTES for line in lines):
        sentence = f"{path} holds a line that is not a key: put the file back from your backup; "
        why = "a new key cannot open what the old one locked."
        raise SettingsRefused((sentence + why,))
    return tuple(SecretStr(line) for line in lines)


def decode_keys(keys: tuple[SecretStr, ...]) -> tuple[bytes, ...]:
    """Return the bytes of checked keys in the same order, newest first."""
    return tuple(decode_key(key.get_secret_value()) for key in keys)


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
