"""What is around every step of a release: its turn, and a line in the audit, also for a refusal.

It decides nothing about figures.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from outcomes.errors import OutcomesError
from storage import audit, releases
from storage.casework import Casework, Connection
from storage.releases import RefusalOnList
from usecases.inviting import By
from usecases.refusal import Refusal
from usecases.service import Service

T = TypeVar("T")


async def in_turn(service: Service, work: Callable[[Casework], T]) -> T:
    """Run a step in one transaction, while nobody else moves a release."""

    def alone(connection: Connection) -> T:
        releases.take_turns(connection)
        return work(service.open(connection))

    return await service.lane.write(alone)


def note(casework: Casework, did: str, target: str, by: By) -> None:
    """Write down who did what."""
    audit.note(casework, by.who, did, target, by.now)
    casework.flush()


@asynccontextmanager
async def refusals_noted(service: Service, did: str, target: str, by: By) -> AsyncIterator[None]:
    """Write down that somebody was refused, and let the refusal go on."""
    try:
        yield
    except Refusal:
        await service.lane.write(lambda connection: note(service.open(connection), did, target, by))
        raise


@asynccontextmanager
async def reasons_kept(service: Service, period: str, by: By) -> AsyncIterator[None]:
    """Keep why no safe figures can be given out, and say it as a Refusal."""
    try:
        yield
    except OutcomesError as error:
        reasons: tuple[str, ...] = getattr(error, "reasons", ()) or (str(error),)
        refusal = RefusalOnList(period, by.now, by.who, reasons)
        await service.lane.write(
            lambda connection: releases.keep_refusal(service.open(connection), refusal)
        )
        told = (f"The figures of {period} cannot be given out.", *map(_sentence, reasons))
        raise Refusal("\n".join(told)) from None


def _sentence(reason: str) -> str:
    ended = reason if reason.endswith((".", "!", "?")) else f"{reason}."
    return ended[:1].upper() + ended[1:]


def named(release_id: str) -> str:
    """Return what the audit may hold of an id that somebody typed."""
    return release_id if releases.is_id(release_id) else "unknown"


def is_same_person(one: str, other: str) -> bool:
    """Tell whether two names are those of one person; spelling them differently helps nobody."""
    return "".join(one.split()).casefold() == "".join(other.split()).casefold()
