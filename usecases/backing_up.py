"""Makes a backup while the service runs: everything of one moment, locked with a key of its own.

People's keys go into a second file that only ever holds the newest of them: whoever was forgotten
cannot be read in an older backup either.
"""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from storage import backup, erasures, marks
from storage.backup import NO_KEYS, PeoplesKeys, Tell
from storage.backup_file import BackupRefused, Writer, read_header, read_parts
from storage.casework import Casework
from storage.releases import stand_still

PEOPLE: Final = "people.keys"
"""The file with everybody's key, beside the backups; there is only ever this one."""

_ENDING: Final = ".backup"


@dataclass(frozen=True, slots=True)
class Where:
    """Where backups lie, the key that locks them, and a source of random bytes."""

    folder: Path
    key: bytes
    entropy: Callable[[int], bytes]

    @property
    def people(self) -> Path:
        """The file with everybody's key."""
        return self.folder / PEOPLE

    def file(self, made_at: datetime) -> Path:
        """Return the file of a backup of this moment."""
        return self.folder / f"starling-{made_at:%Y%m%dT%H%M%SZ}{_ENDING}"

    def newest(self) -> Path:
        """Return the newest backup. Raises BackupRefused where there is none."""
        found = sorted(self.folder.glob(f"starling-*{_ENDING}"))
        if not found:
            msg = f"there is no backup in {self.folder}"
            raise BackupRefused(msg)
        return found[-1]


@dataclass(frozen=True, slots=True)
class About:
    """What a backup says about itself: of which tables and which database, and when it was made."""

    revision: str
    identity: str
    made_at: datetime

    def to_json(self) -> bytes:
        """Return it as it is written."""
        told = {"revision": self.revision, "identity": self.identity}
        return json.dumps({**told, "made_at": self.made_at.isoformat()}).encode()

    @classmethod
    def from_json(cls, written: bytes) -> About:
        """Read it again."""
        told = json.loads(written)
        return cls(told["revision"], told["identity"], datetime.fromisoformat(told["made_at"]))


@dataclass(frozen=True, slots=True)
class BackedUp:
    """A backup that was made and read again: its file, how many rows and how many bytes."""

    file: Path
    rows: int
    size: int
    people: int


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Everybody's keys as they are read from their file, and who was forgotten when it was made."""

    keys: PeoplesKeys
    erased: tuple[str, ...]
    made_at: datetime


def make(work: Casework, where: Where, about: About, tell: Tell) -> BackedUp:
    """Write a backup of the moment that this transaction sees, then read it again to prove it.

    work: in a transaction that only reads and has done nothing yet. People's keys are written
    first: a backup that is cut short leaves nothing, and older ones can be read all the same.
    Raises BackupRefused and OSError.
    """
    stand_still(work.connection)
    keys = backup.collect_keys(work, _keys_before(where))
    erased = [each.subject for each in erasures.all_of_them(work)]
    with Writer(where.people, where.key, about.made_at, where.entropy) as people:
        people.add(keys.to_json())
        people.add(json.dumps(erased).encode())
    file = where.file(about.made_at)
    counts: Counter[str] = Counter()
    with Writer(file, where.key, about.made_at, where.entropy) as whole:
        whole.add(about.to_json())
        for part, number in backup.dump(work, keys, tell):
            counts[part.table] += number
            whole.add(part.to_json())
        whole.add(json.dumps(counts).encode())
    _prove(file, where.key, counts)
    return BackedUp(file, counts.total(), file.stat().st_size, len(keys.persons))


def read_people(where: Where) -> Forgotten:
    """Return everybody's keys. Raises BackupRefused."""
    keys, erased = read_parts(where.people, where.key)
    made_at = read_header(where.people).made_at
    return Forgotten(PeoplesKeys.from_json(keys), tuple(json.loads(erased)), made_at)


def describe(work: Casework, revision: str, now: datetime) -> About:
    """Return what a backup of this database says about itself."""
    return About(revision, marks.identity(work), now)


def _keys_before(where: Where) -> PeoplesKeys:
    return read_people(where).keys if where.people.exists() else NO_KEYS


def _prove(file: Path, key: bytes, counts: Counter[str]) -> None:
    """Read a backup from the disk again; BackupRefused where it is not what was written."""
    *_, last = deque(read_parts(file, key), maxlen=1)
    if Counter(json.loads(last)) != counts:
        msg = f"{file} does not hold what was written: is the disk in order?"
        raise BackupRefused(msg)
