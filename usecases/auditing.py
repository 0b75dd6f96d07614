"""Proves that the audit is whole, shows it, and says what to remember of it outside the database.

It must not mend anything: what is wrong stays as it is, for whoever looks into it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, assert_never

from storage import audit, chain, marks
from storage.audit import Line, Wanted, Wrong, WrongKind
from storage.casework import Casework
from storage.chain import End
from storage.releases import stand_still
from usecases.inviting import By
from usecases.service import Service

BY_THEN: Final = timedelta(days=1)
"""After which time a line must be bound by a head outside the database."""

MOST_PLACES: Final = 20
"""How many wrong places are told; the rest are counted."""


class AnchorKind(StrEnum):
    """Why a head was written outside the database."""

    HEAD = "head"
    RESTORED = "restored"
    """Somebody brought this database back, or put it in the place of another: it goes on from this
    head. Later ones are gone with what was done after the backup, those of another are left."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A head of the chain as it was written outside the database, and of which database."""

    identity: str
    at: datetime
    kind: AnchorKind
    end: End


@dataclass(frozen=True, slots=True)
class Verified:
    """What looking at the whole audit found.

    `lines` are all of them, `before` those from before the chain began. `anchors` is how many heads
    outside the database were compared. `lost` are heads that a restore left behind: of lines after
    the one it went on from, which are in no place any more, and of a database whose place this one
    took. `place_count` counts all wrong places.
    """

    lines: int
    before: int
    head: End | None
    wrongs: tuple[Wrong, ...]
    place_count: int
    anchors: int
    lost: int
    restores: int

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.place_count


async def verify(service: Service, anchors: Sequence[Anchor], now: datetime) -> Verified:
    """Walk along the whole chain and compare it with every head written outside the database.

    anchors: all of them, also those of other databases: nobody but who restores one leaves heads
    behind, so what fits no head that should fit is wrong, and so is a name that no head has.
    """

    def work(casework: Casework) -> Verified:
        stand_still(casework.connection)
        return verify_in(casework, anchors, now)

    return await service.lane.read(lambda connection: work(service.open(connection)))


def verify_in(work: Casework, anchors: Sequence[Anchor], now: datetime) -> Verified:
    """Do so inside a transaction that sees one moment."""
    key, head = chain.read(work.connection, work.vault)
    identity = marks.known_identity(work)
    standing = _standing(anchors)
    ours = [each for each in standing if each.identity == identity]
    strangers = [each for each in standing if each.identity != identity]
    proof = audit.walk(work.connection, key, head, [each.end for each in ours])
    wrongs = list(proof.wrongs)
    if strangers:
        newest = max(each.at for each in strangers)
        wrongs.append(Wrong(WrongKind.STRANGERS, None, newest, None, len(strangers)))
    elif not ours and proof.oldest is not None and proof.oldest < now - BY_THEN:
        wrongs.append(Wrong(WrongKind.NO_ANCHOR, None, proof.oldest, None))
    return Verified(
        lines=proof.before + (proof.end.count if proof.end is not None else 0),
        before=proof.before,
        head=head,
        wrongs=tuple(wrongs[:MOST_PLACES]),
        place_count=len(wrongs),
        anchors=len(ours),
        lost=len(anchors) - len(standing),
        restores=sum(each.kind is AnchorKind.RESTORED for each in anchors),
    )


async def head(service: Service, now: datetime) -> Anchor | None:
    """Return the head of the chain as it is to be remembered outside; None before any line."""

    def work(casework: Casework) -> Anchor | None:
        marks.identity(casework)
        return head_in(casework, AnchorKind.HEAD, now)

    return await service.lane.write(lambda connection: work(service.open(connection)))


async def adopt(service: Service, by: By) -> Anchor:
    """Say that this database is the one beside which heads are kept, and goes on as it is.

    For whoever moved it there or put a copy in its place: a line says who did so. Returns the head
    that is to be written outside, which leaves those of other databases and later ones behind.
    """

    def work(casework: Casework) -> Anchor:
        identity = marks.identity(casework)
        audit.note(casework, by.who, "took over the audit as it is", identity, by.now)
        casework.flush()
        _, end = chain.read(casework.connection, casework.vault)
        assert end is not None  # noqa: S101 (a line was written just now)
        return Anchor(identity, by.now, AnchorKind.RESTORED, end)

    return await service.lane.write(lambda connection: work(service.open(connection)))


def head_in(work: Casework, kind: AnchorKind, now: datetime) -> Anchor | None:
    """Return it inside a transaction."""
    identity = marks.known_identity(work)
    _, end = chain.read(work.connection, work.vault)
    if identity is None or end is None or not end.last:
        return None
    return Anchor(identity, now, kind, end)


async def list_lines(service: Service, wanted: Wanted) -> list[Line]:
    """Return the newest lines of those wanted, newest first."""
    return await service.lane.read(lambda connection: audit.newest(connection, wanted))


async def list_names(service: Service) -> list[str]:
    """Return everybody who is named in the audit."""
    return await service.lane.read(audit.names)


def is_due(anchors: Sequence[Anchor], head_now: Anchor) -> bool:
    """Whether a head is to be written: none of this database was written on this day (UTC)."""
    days = {each.at.date() for each in anchors if each.identity == head_now.identity}
    return head_now.at.date() not in days


def tell(wrong: Wrong) -> str:
    """Return one sentence about a wrong place, for whoever looks into it."""
    after = "from its beginning" if wrong.fits_up_to is None else f"after line {wrong.fits_up_to}"
    match wrong.kind:
        case WrongKind.NOT_BOUND:
            return (
                f"Line {wrong.line} ({_moment(wrong)}) does not fit what stands before it: it was "
                f"changed or moved, or lines {after} were changed, taken out or put in."
            )
        case WrongKind.WITHOUT_DIGEST:
            return f"Line {wrong.line} ({_moment(wrong)}) was put in: nothing binds it."
        case WrongKind.END:
            return f"The end is wrong {after}: {_missing(wrong.missing or 0)}."
        case WrongKind.NO_HEAD:
            return "The head of the audit or its key is gone, or cannot be read."
        case WrongKind.ANCHOR:
            return (
                f"The head that was written outside the database at line {wrong.line} is not in "
                f"the audit any more: {after} lines were taken away or written anew "
                f"({_missing(wrong.missing or 0)})."
            )
        case WrongKind.STRANGERS:
            return (
                f"{wrong.missing} heads outside are of another database, the newest of "
                f"{_moment(wrong)}: this one was given another name, its whole audit was taken "
                "away, or it was put in the place of another. Take it from its copy; where "
                "somebody moved it there on purpose: `starling audit adopt`."
            )
        case WrongKind.NO_ANCHOR:
            return (
                f"There are lines since {_moment(wrong)} and no head of them outside the database: "
                "the file was taken away or emptied, or the service never ran. Take the file from "
                "its copy; where there never was one: `starling audit adopt`."
            )
        case _ as never:
            assert_never(never)


def _moment(wrong: Wrong) -> str:
    return "at an unknown time" if wrong.at is None else f"{wrong.at:%Y-%m-%d %H:%M:%S} UTC"


def _missing(number: int) -> str:
    if number > 0:
        return f"{number} fewer than were counted"
    return f"{-number} more than were counted" if number else "as many as were counted"


def _standing(anchors: Sequence[Anchor]) -> list[Anchor]:
    """Leave out what restores left behind: heads beyond where one went on, and of others."""
    standing: list[Anchor] = []
    for each in anchors:
        if each.kind is AnchorKind.RESTORED:
            standing = [
                one
                for one in standing
                if one.identity == each.identity and one.end.count <= each.end.count
            ]
        standing.append(each)
    return standing
