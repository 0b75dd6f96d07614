"""Who did what, and when: appended, chained, never changed; it must hold no free text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Select, select

from storage import chain
from storage.casework import AnyRow, Casework, Connection
from storage.chain import End
from storage.tables import audit


def note(work: Casework, who: str, did: str, target: str, now: datetime) -> None:
    """Gather one line: who (a sign-in name), what (fixed words), on what (an id)."""
    work.insert(
        audit,
        {"id": work.numbers.next(now), "at": now, "who": who, "did": did, "target": target},
    )


# --- reading ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the audit; `digest` is None where it was written before the chain began."""

    id: int
    at: datetime
    who: str
    did: str
    target: str
    digest: bytes | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines to show: what is None does not matter. Times are aware, `until` not included."""

    who: str | None = None
    did: str | None = None
    target: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    below: int | None = None
    most: int = 100


def newest(connection: Connection, wanted: Wanted) -> list[Line]:
    """Return the newest lines of those wanted, newest first; `below` goes on after a page."""
    query = _narrowed(select(audit), wanted).order_by(audit.c.id.desc()).limit(wanted.most)
    return [_line(row) for row in connection.execute(query)]


def names(connection: Connection) -> list[str]:
    """Return everybody who is named in a line, in order."""
    return sorted(connection.execute(select(audit.c.who).distinct()).scalars())


def _narrowed(query: Select[AnyRow], wanted: Wanted) -> Select[AnyRow]:
    for column, value in (
        (audit.c.who, wanted.who),
        (audit.c.did, wanted.did),
        (audit.c.target, wanted.target),
    ):
        if value is not None:
            query = query.where(column == value)
    if wanted.since is not None:
        query = query.where(audit.c.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(audit.c.at < wanted.until)
    return query if wanted.below is None else query.where(audit.c.id < wanted.below)


def _line(row: AnyRow) -> Line:
    return Line(row.id, row.at, row.who, row.did, row.target, row.digest)


# --- proving ------------------------------------------------------------------------------


class WrongKind(StrEnum):
    """What can be wrong with the audit."""

    NOT_BOUND = "not-bound"
    """A line does not fit what stands before it: it was changed or moved, or something before it
    was changed, taken out or put in."""
    WITHOUT_DIGEST = "without-digest"
    """A line among chained ones carries no digest: it was put in."""
    END = "end"
    """The last line is not the one that the head names: lines were taken off the end, or added."""
    NO_HEAD = "no-head"
    """The head or the key of the chain is gone, or cannot be read."""
    ANCHOR = "anchor"
    """A head that was written outside the database is not in the chain: history was rewritten."""
    STRANGERS = "strangers"
    """Heads outside the database are of none that is known: this one was given another name, or its
    whole audit was taken away and begun anew."""
    NO_ANCHOR = "no-anchor"
    """There are lines of days and no head outside: it was taken away, or never written."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """One place where the audit is wrong: the line, and the one before it that still fits.

    `line` is None at the end of the audit; `fits_up_to` is None where nothing before it fits.
    `missing` is how many lines fewer there are than the head or the anchor counts (fewer than none:
    more), where that is known; of strangers it is how many there are.
    """

    kind: WrongKind
    line: int | None
    at: datetime | None
    fits_up_to: int | None
    missing: int | None = None


@dataclass(slots=True)
class Proof:
    """What walking along the chain found: filled by `walk`."""

    before: int = 0
    wrongs: list[Wrong] = field(default_factory=list)
    end: End | None = None
    oldest: datetime | None = None


def walk(
    connection: Connection, key: bytes | None, head: End | None, anchors: Sequence[End]
) -> Proof:
    """Walk along every line and return all places that are wrong, the oldest first.

    After a wrong line the walk goes on from what that line itself says, so that each place is named
    once. anchors: heads that were written outside the database, in any order.
    """
    if key is None:
        return _without_key(connection, head, anchors)
    walker = _Walker(key, anchors)
    for line in _all(connection):
        walker.step(line)
    return walker.finish(head)


def _without_key(connection: Connection, head: End | None, anchors: Sequence[End]) -> Proof:
    """Return what is wrong where no chain has a key: nothing, as long as none ever began."""
    before, began, oldest = 0, head is not None or bool(anchors), None
    for line in _all(connection):
        before += 1
        oldest = oldest or line.at
        began = began or line.digest is not None
    wrongs = [Wrong(WrongKind.NO_HEAD, None, None, None)] if began else []
    return Proof(before, wrongs, oldest=oldest)


class _Walker:
    """Goes from line to line with the digest that the next one must be bound to."""

    def __init__(self, key: bytes, anchors: Iterable[End]) -> None:
        self._key = key
        self._end = End(0, 0, chain.begin(key))
        self._chained = False
        self._fits: int | None = None
        self._last: Line | None = None
        self._anchors = set(anchors)
        self._proof = Proof()
        self._meet_anchor()

    def step(self, line: Line) -> None:
        """Look at the next line."""
        self._last = line
        self._proof.oldest = self._proof.oldest or line.at
        should = chain.fold(self._key, self._end.digest, line)
        if line.digest is None:
            if self._chained:
                self._is_wrong(WrongKind.WITHOUT_DIGEST, line)
                return
            self._proof.before += 1
            self._end = End(line.id, 0, should)
        else:
            self._chained = True
            if line.digest != should:
                self._is_wrong(WrongKind.NOT_BOUND, line)
            else:
                self._fits = line.id
            self._end = End(line.id, self._end.count + 1, line.digest)
        self._meet_anchor()

    def finish(self, head: End | None) -> Proof:
        """Compare the end, and say which anchors were never met."""
        proof, end = self._proof, self._end
        proof.end = end
        if head is None:
            proof.wrongs.append(Wrong(WrongKind.NO_HEAD, None, None, self._fits))
        elif head != end:
            missing = head.count - end.count
            at = None if self._last is None else self._last.at
            proof.wrongs.append(Wrong(WrongKind.END, None, at, self._fits, missing))
        for each in sorted(self._anchors, key=lambda anchor: anchor.count):
            missing = max(each.count - end.count, 0)
            proof.wrongs.append(Wrong(WrongKind.ANCHOR, each.last, None, self._fits, missing))
        return proof

    def _meet_anchor(self) -> None:
        """Take an anchor that this line agrees with off the list of those to be met."""
        self._anchors.discard(self._end)

    def _is_wrong(self, kind: WrongKind, line: Line) -> None:
        self._proof.wrongs.append(Wrong(kind, line.id, line.at, self._fits))


def _all(connection: Connection) -> Iterator[Line]:
    return (_line(row) for row in chain.lines(connection))
