"""Writes heads of the audit outside the database, a line each, and reads them: only ever added to.

The file stands beside the key file and holds no secret; keep a copy on another machine, too.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

from storage.chain import End
from usecases.auditing import Anchor, AnchorKind
from usecases.refusal import Refusal


class AnchorsRefused(Refusal):
    """The file with the audit's heads holds a line that is none."""


def read_anchors(path: Path) -> list[Anchor]:
    """Return what was written, the oldest first; nothing where there is no file yet.

    Raises AnchorsRefused where a line cannot be read, with its number, and OSError.
    """
    if not path.exists():
        return []
    anchors = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            anchors.append(_read(line))
        except (ValueError, KeyError, TypeError):
            msg = f"{path}, line {number} is no head of the audit: it was changed by hand. Take "
            remedy = "the file from your copy of it, then look again."
            raise AnchorsRefused(msg + remedy) from None
    return anchors


def add_anchor(path: Path, anchor: Anchor) -> None:
    """Add a head at the end of the file, on the disk when this returns. Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    written = {
        "identity": anchor.identity,
        "at": anchor.at.isoformat(),
        "kind": anchor.kind.value,
        "line": anchor.end.last,
        "count": anchor.end.count,
        "digest": anchor.end.digest.hex(),
    }
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, (json.dumps(written) + "\n").encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def _read(line: str) -> Anchor:
    written = json.loads(line)
    return Anchor(
        identity=str(written["identity"]),
        at=datetime.fromisoformat(written["at"]).astimezone(UTC),
        kind=AnchorKind(written["kind"]),
        end=End(int(written["line"]), int(written["count"]), bytes.fromhex(written["digest"])),
    )
