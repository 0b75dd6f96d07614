"""Remembers outside the database until when it was in use, so that an older copy is recognised.

The file stands beside the key file. It holds no secret, and losing it loses only this.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from usecases.restoring import Seen


def read_last_seen(path: Path) -> Seen | None:
    """Return what is remembered, or None where nothing is, or nothing that can be read."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        written = json.loads(path.read_text(encoding="utf-8"))
        at = datetime.fromisoformat(written["alive_at"])
        return Seen(str(written["identity"]), at.astimezone(UTC))
    return None


def write_last_seen(path: Path, seen: Seen) -> None:
    """Remember it, in one piece. Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    text = json.dumps({"identity": seen.identity, "alive_at": seen.alive_at.isoformat()})
    draft.write_text(text + "\n", encoding="utf-8")
    draft.replace(path)
