"""Takes in whatever somebody sends: each input once, its effects and our reply in one commit.

It must not know what the inputs mean: it hands each to the use case that does.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final, assert_never

from storage import inbox, people
from storage.casework import Casework, ChangedMeanwhile, Connection
from storage.inbox import Ticket, Waiting
from storage.outbox import Sending
from usecases import checking_in, goals, joining, listening, sharing, wishing
from usecases.arrival import (
    Arrival,
    Channel,
    CodeInput,
    GoalInput,
    JoinInput,
    MediaInput,
    MenuInput,
    OccasionInput,
    RunInput,
    SharingInput,
    TextInput,
    UnknownInput,
)
from usecases.desk import Desk
from usecases.service import Service
from usecases.stranded import TRIES as TRIES  # noqa: PLC0414 (who takes what waits asks here)

_TRIES_AT_ONCE: Final = 5


@dataclass(frozen=True, slots=True)
class Received:
    """What came of one arrival: nothing new when it was delivered twice, or what to send now."""

    duplicate: bool
    sendings: tuple[Sending, ...] = ()


class Reception:
    """The one door for everything that comes in from chats."""

    def __init__(self, service: Service) -> None:
        """Bind the grouped handler once, so that the lane knows what belongs together."""
        self.service = service
        self._together = partial(receive_all, service)

    async def receive(self, arrival: Arrival) -> Received:
        """Deal with one arrival: when this returns, it is stored for good.

        Where another process was quicker with the same person, it is dealt with anew as they stand
        then. Raises storage.errors.DatabaseAway when nothing could be stored: the sender must not
        be told that it arrived.
        """
        for _ in range(_TRIES_AT_ONCE - 1):
            with suppress(ChangedMeanwhile):
                return await self.service.lane.write_together(self._together, arrival)
        return await self.service.lane.write_together(self._together, arrival)


def receive_all(
    service: Service, connection: Connection, arrivals: Sequence[Arrival]
) -> list[Received | Exception]:
    """Deal with several arrivals in one transaction, one chat's inputs in their order."""
    work = service.open(connection)
    tickets = [_ticket(arrival) for arrival in arrivals]
    fresh = inbox.accept(work, tickets, max(arrival.now for arrival in arrivals))
    results: list[Received | Exception] = [Received(duplicate=True)] * len(arrivals)
    left = [place for ticket, place in _first_places(tickets).items() if ticket in fresh]
    while left:
        left = _serve_one_each(service, work, arrivals, left, results)
    return results


def _first_places(tickets: Sequence[Ticket]) -> dict[Ticket, int]:
    """Return where each number comes first: one delivered twice at once counts once."""
    return {ticket: place for place, ticket in reversed(list(enumerate(tickets)))}


def _serve_one_each(
    service: Service,
    work: Casework,
    arrivals: Sequence[Arrival],
    places: Sequence[int],
    results: list[Received | Exception],
) -> list[int]:
    """Serve the first input of everybody; return the places of those that have to wait.

    Somebody who writes from two chats at once is one person: their second chat waits, too.
    """
    turn: dict[tuple[str, int], int] = {}
    for place in sorted(places):
        knock = arrivals[place].knock
        turn.setdefault((knock.channel.value, knock.chat_id), place)
    doors = people.who_is_at_the_door(work, turn, arrivals[min(places)].now)
    served: set[int] = set()
    seen: set[str] = set()
    for chat, place in turn.items():
        arrival, door = arrivals[place], doors[chat]
        if door.person is not None and door.person.id in seen:
            continue
        desk = Desk.open(service, work, door, arrival.now, arrival.knock)
        _deal_with(desk, arrival)
        results[place] = Received(duplicate=False, sendings=tuple(desk.close()))
        served.add(place)
        if desk.person is not None:
            seen.add(desk.person.id)
    work.flush()
    return sorted(set(places) - served)


def _deal_with(desk: Desk, arrival: Arrival) -> None:
    """Hand the input to the use case that knows what it means."""
    match arrival.what:
        case RunInput() as given:
            checking_in.take(desk, given)
        case OccasionInput() as reply:
            checking_in.take_offer(desk, reply)
        case TextInput() as text:
            listening.hear(desk, text)
        case MediaInput() as media:
            listening.see_media(desk, media)
        case MenuInput(wish):
            wishing.grant(desk, wish)
        case SharingInput() as choice:
            sharing.take(desk, choice)
        case GoalInput() as about_goal:
            goals.take(desk, about_goal)
        case JoinInput(reply):
            joining.turn_page(desk, reply)
        case CodeInput(code):
            listening.take_code(desk, code)
        case UnknownInput():
            wishing.show_what_works(desk)
        case _:
            assert_never(arrival.what)


def _ticket(arrival: Arrival) -> Ticket:
    return Ticket(arrival.knock.channel.value, arrival.knock.update_id)


async def park(
    service: Service, channel: Channel, update_id: int, payload: bytes, now: datetime
) -> None:
    """Keep the raw bytes of an update that could not be dealt with now: nothing is lost."""
    ticket = Ticket(channel.value, update_id)
    await service.lane.write(
        lambda connection: inbox.park(service.open(connection), ticket, payload, now)
    )


async def take_waiting(service: Service, most: int = 50) -> list[Waiting]:
    """Return parked updates to be tried again; each is tried a few times only."""
    return await service.lane.write(
        lambda connection: inbox.waiting(service.open(connection), most, TRIES)
    )
