"""Brings a backup back into an empty database, in one transaction: whole, or not at all.

Whoever was forgotten since is forgotten again, old messages wait for a person, and the audit is
proven against the heads outside the database before anything is added to it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from storage import (
    audit,
    bringing_back,
    chain,
    erasure,
    erasures,
    key_marks,
    marks,
    quarantine,
    rotation,
    subjects,
    unseen,
    words,
)
from storage.backup import Keyring, Part
from storage.backup_file import BackupRefused, read_parts
from storage.bringing_back import Loader
from storage.casework import Casework
from storage.erasures import Erasure, Why
from storage.sealed import SEALED
from storage.words import NoticeKind
from usecases import auditing
from usecases.auditing import Anchor, AnchorKind, Verified
from usecases.backing_up import About, Forgotten, Where, read_people

_STARLING: Final = "starling"


def _tell_nobody(table: str, rows: int) -> None:
    del table, rows


@dataclass(frozen=True, slots=True)
class Outside:
    """What is known beside the database: who was forgotten, and heads of the audit.

    `unsettled` were about to be forgotten, and nobody knows whether they were. `tell` hears how
    many rows of which table are in, part by part.
    """

    erased: Collection[str]
    anchors: Sequence[Anchor]
    unsettled: Collection[str] = ()
    tell: Callable[[str, int], None] = _tell_nobody


@dataclass(frozen=True, slots=True)
class BroughtBack:
    """What bringing a backup back came to: the report.

    `forgotten` were forgotten again. `unclear` are there and were about to be forgotten: somebody
    has to decide whether they were. `unreadable` parts are theirs and stay away, `without_parent`
    rows pointed at those. `later_heads` of the audit were written after the backup. `unopened` is
    what no key opens. `anchor` is to be written outside: from here the audit goes on.
    """

    about: About
    rows: Counter[str]
    forgotten: tuple[str, ...]
    unclear: tuple[str, ...]
    unreadable: int
    without_parent: int
    set_aside: int
    audit: Verified
    later_heads: int
    unopened: Counter[str]
    anchor: Anchor | None

    @property
    def is_good(self) -> bool:
        """Whether everything opens and the audit is whole."""
        return self.audit.is_whole and not self.unopened


def read_about(file: Path, key: bytes) -> About:
    """Return what a backup says about itself. Raises BackupRefused."""
    return About.from_json(next(read_parts(file, key)))


def check(about: About, people: Forgotten, revision: str) -> None:
    """Raise BackupRefused for a backup that this version or these people's keys cannot bring back.

    revision: of the tables that this version of Starling works with.
    """
    if about.revision != revision:
        msg = (
            f"the backup has tables of revision {about.revision} and this version of Starling "
            f"works with {revision}: install the version that made it, restore, then update"
        )
        raise BackupRefused(msg)
    if people.made_at < about.made_at:
        msg = "people.keys is older than the backup: put the newest people.keys beside it"
        raise BackupRefused(msg)


def bring_back(
    work: Casework, where: Where, file: Path, outside: Outside, revision: str, now: datetime
) -> BroughtBack:
    """Put a backup into empty tables and do all that must follow, inside one transaction.

    Raises BackupRefused, with nothing stored, where tables are not empty, the backup does not open,
    or people's keys are missing though nobody forgot them.
    """
    if not bringing_back.is_empty(work.connection):
        msg = "the database is not empty: a backup is only brought back into an empty one"
        raise BackupRefused(msg)
    people, about = read_people(where), read_about(file, where.key)
    check(about, people, revision)
    loader = _load(work, where, file, people, outside.tell)
    erased = [*people.erased, *outside.erased]
    erased += [each.subject for each in erasures.all_of_them(work)]
    _check_strangers(loader.loaded.strangers, erased)
    unopened = bringing_back.count_unopened(work)
    verified, later, anchor = _prove_audit(work, outside.anchors, now)
    forgotten = _forget_again(work, erased, now)
    set_aside = _put_on_hold(work, now)
    if not unopened:
        _reseal(work)
    _note(work, about, forgotten, set_aside, now)
    return BroughtBack(
        about=about,
        rows=loader.loaded.rows,
        forgotten=tuple(forgotten),
        unclear=tuple(erasures.still_there(work, outside.unsettled)),
        unreadable=loader.loaded.unreadable.total(),
        without_parent=loader.loaded.without_parent.total(),
        set_aside=set_aside,
        audit=verified,
        later_heads=later,
        unopened=unopened,
        anchor=anchor,
    )


def _load(
    work: Casework,
    where: Where,
    file: Path,
    people: Forgotten,
    tell: Callable[[str, int], None],
) -> Loader:
    loader = Loader(work, Keyring(work, people.keys))
    parts = read_parts(file, where.key)
    next(parts)
    waiting = next(parts)
    for part in parts:  # the last one is no part of a table: it counts all rows
        table = Part.from_json(waiting)
        loader.take(table)
        tell(table.table, loader.loaded.rows[table.table])
        waiting = part
    return loader


def _check_strangers(strangers: Collection[str], erased: Collection[str]) -> None:
    """Refuse where somebody cannot be read who was not forgotten: then keys are lost."""
    lost = set(strangers) - set(erased)
    if lost:
        msg = (
            f"people.keys lacks {len(lost)} people whom nobody forgot: put the newest people.keys "
            "beside the backup, and erased.log beside the keys of the service"
        )
        raise BackupRefused(msg)


def _prove_audit(
    work: Casework, anchors: Sequence[Anchor], now: datetime
) -> tuple[Verified, int, Anchor | None]:
    """Prove the audit as far as the backup goes; heads that were written later cannot be in it."""
    anchor = auditing.head_in(work, AnchorKind.RESTORED, now)
    identity = marks.known_identity(work)
    later = sum(
        each.identity == identity and (anchor is None or each.end.count > anchor.end.count)
        for each in anchors
    )
    if anchor is None:
        return auditing.verify_in(work, anchors, now), later, None
    found = auditing.verify_in(work, [*anchors, anchor], now)
    outside = replace(found, anchors=found.anchors - 1, restores=found.restores - 1)
    return outside, later, anchor


def _forget_again(work: Casework, erased: Collection[str], now: datetime) -> list[str]:
    """Forget everybody again whom this copy brought back."""
    found = []
    for participant in dict.fromkeys(erased):
        subject = subjects.find(work, participant)
        if subject is None:
            continue
        erasure.forget(work, subject, now)
        erasures.add(work, Erasure(participant, now, _STARLING, Why.RESTORED))
        work.flush()
        found.append(participant)
    return found


def _put_on_hold(work: Casework, now: datetime) -> int:
    """Let nothing old go out by itself, and let everybody know that the copy was looked after."""
    number = quarantine.set_aside(work.connection)
    unseen.pass_over(work.connection, now)
    words.give_notice(work, None, NoticeKind.RESTORED, now)
    marks.note_alive(work.connection, now)
    key_marks.set_newest(work.connection, work.vault.key_names[0])
    return number


def _reseal(work: Casework) -> None:
    """Seal what only a retired key opens with the newest one: the service knows no retired keys."""
    for sealed in SEALED:
        after: object = None
        while True:
            after = rotation.reseal_some(work, sealed, after).after
            if after is None:
                break
    chain.reseal(work.connection, work.vault)


def _note(
    work: Casework, about: About, forgotten: Sequence[str], set_aside: int, now: datetime
) -> None:
    made = f"{about.made_at:%Y-%m-%dT%H:%M:%SZ}"
    audit.note(work, _STARLING, "brought back a backup", made, now)
    audit.note(work, _STARLING, "set messages aside after a restore", str(set_aside), now)
    for each in forgotten:
        audit.note(work, _STARLING, "forgot somebody again after a restore", each, now)
    work.flush()
