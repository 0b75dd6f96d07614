"""What the made-up world asks of the service: orders that can be sent to another process.

Each is carried out through the use cases that the program itself goes through. An order must not
know who answers it or what becomes of the messages: that belongs to the world.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final, Protocol, TypeVar

from followups import occasions
from starling.simulation.listening import listen_in
from storage import alert_list, alert_taking, words
from storage.casework import Connection
from storage.outbox import Sending, Sent
from usecases import housekeeping, sending
from usecases.alerting_desk import ClosedBecause
from usecases.arrival import Arrival, Channel
from usecases.receiving import Received, receive_all
from usecases.service import Service

A = TypeVar("A", covariant=True)  # noqa: PLC0105 (the answer to an order)
T = TypeVar("T")

BY: Final = "made-up staff"


@dataclass(frozen=True, slots=True)
class Report:
    """What became of some messages, and when that was known."""

    results: tuple[Sent, ...]
    now: datetime


class Order(Protocol[A]):
    """Something to be done at `now`; `reports` are lost with the process that sent the messages."""

    @property
    def now(self) -> datetime:
        """When it is to be done."""
        ...

    @property
    def reports(self) -> tuple[Report, ...]:
        """What became of the messages before."""
        ...

    async def carry_out(self, service: Service, *, again: bool) -> A:
        """Do it; `again` says that it may be done already: whoever did it died meanwhile."""
        ...


class Room(Protocol):
    """Where orders are carried out: here, or in a process that may die at any moment."""

    async def do(self, order: Order[T]) -> T:
        """Carry out one order and return its answer."""
        ...


@dataclass(frozen=True, slots=True)
class Here:
    """Carries out orders in this process."""

    service: Service

    async def do(self, order: Order[T]) -> T:
        """Carry out one order and return its answer."""
        return await carry_out(self.service, order, again=False)


async def carry_out(service: Service, order: Order[T], *, again: bool) -> T:
    """Record what became of messages, then carry out an order; return its answer."""
    for report in order.reports:
        sending.record(service, report.results, report.now)
    return await order.carry_out(service, again=again)


@dataclass(frozen=True, slots=True)
class TakeIn:
    """Take in what people sent; what is delivered twice does nothing the second time."""

    now: datetime
    reports: tuple[Report, ...]
    arrivals: tuple[Arrival, ...]

    async def carry_out(self, service: Service, *, again: bool) -> list[Sending]:
        """Return what is to be sent."""
        del again
        received = await service.lane.write(partial(_receive_all, service, self.arrivals))
        for each in received:
            if isinstance(each, Exception):
                raise each
        return [out for each in received if isinstance(each, Received) for out in each.sendings]


@dataclass(frozen=True, slots=True)
class LookAfter:
    """Ring the bells: ask who is due, send what waits, and repair what is in doubt."""

    now: datetime
    reports: tuple[Report, ...]

    async def carry_out(self, service: Service, *, again: bool) -> list[Sending]:
        """Return what is to be sent."""
        del again
        await service.lane.settled()  # what was reported stands before anything is in doubt
        waiting = await sending.claim_due(service, self.now)
        repaired = await sending.repair(service, self.now)
        return [*waiting, *repaired, *await occasions.fire_due(service, self.now)]


@dataclass(frozen=True, slots=True)
class ReadWords:
    """Let staff read every word that waits and see every notice."""

    now: datetime
    reports: tuple[Report, ...]

    async def carry_out(self, service: Service, *, again: bool) -> int:
        """Return how many words were read."""
        del again
        return await service.lane.write(partial(_read_everything, service, self.now))


@dataclass(frozen=True, slots=True)
class TellBlocked:
    """Tell that people blocked us or let us in: found while sending, or told by their app."""

    now: datetime
    reports: tuple[Report, ...]
    refused: tuple[Sending, ...] = ()
    told: tuple[tuple[Channel, int, bool], ...] = ()

    async def carry_out(self, service: Service, *, again: bool) -> None:
        """Write it down."""
        del again
        for each in self.refused:
            await sending.report_blocked(service, each, self.now)
        for channel, chat_id, blocked in self.told:
            await sending.note_blocked(service, channel, chat_id, self.now, blocked=blocked)


@dataclass(frozen=True, slots=True)
class Tidy:
    """Do the housekeeping."""

    now: datetime
    reports: tuple[Report, ...]

    async def carry_out(self, service: Service, *, again: bool) -> None:
        """Do it."""
        del again
        await housekeeping.tidy(service, self.now)


@dataclass(frozen=True, slots=True)
class Settle:
    """Bring everything that was reported to rest."""

    now: datetime
    reports: tuple[Report, ...]

    async def carry_out(self, service: Service, *, again: bool) -> None:
        """Return when it is stored."""
        del again
        await service.lane.settled()


def _receive_all(
    service: Service, arrivals: Sequence[Arrival], connection: Connection
) -> Iterable[Received | Exception]:
    return receive_all(service, connection, arrivals)


def _read_everything(service: Service, now: datetime, connection: Connection) -> int:
    """Let made-up staff read every word that waits and see every notice; return how many words."""
    work = service.open(connection)
    unread = words.to_read(work)
    for each in unread:
        words.mark_read(work, each.id, BY, now)
    listen_in(service, work, unread, now)
    for notice in words.unseen_notices(work):
        words.mark_notice_seen(work, notice.id, BY, now)
    for alert in alert_list.still_open(connection):
        alert_taking.close(work, alert.id, BY, ClosedBecause.SPOKE.value, now)
    work.flush()
    return len(unread)
