"""Every number counts once; what is parked waits with its bytes, and old numbers are forgotten."""

from __future__ import annotations

from storage import inbox
from storage.inbox import REMEMBERED, Ticket
from tests.storage.rooms import DAY, MINUTE, NOW, Room
from tests.support.canary import CANARY_SENTENCE

TICKETS = [Ticket("telegram", number) for number in range(1, 6)]


def test_a_number_is_taken_once_also_among_others(room: Room) -> None:
    twice = [TICKETS[0], *TICKETS[:3], TICKETS[2]]
    assert room.do(lambda work: inbox.accept(work, twice, NOW)) == set(TICKETS[:3])
    assert room.do(lambda work: inbox.accept(work, TICKETS, NOW)) == set(TICKETS[3:])
    assert room.do(lambda work: inbox.accept(work, TICKETS, NOW)) == set()
    other = Ticket("web", 1)
    assert room.do(lambda work: inbox.accept(work, [other], NOW)) == {other}


def test_numbers_as_large_as_a_channel_may_send_them(room: Room) -> None:
    far = [Ticket("telegram", (1 << 63) - 1), Ticket("telegram", 0), Ticket("telegram", -1)]
    assert room.do(lambda work: inbox.accept(work, far, NOW)) == set(far)


def test_what_is_parked_waits_in_order_with_its_bytes_and_is_tried_a_few_times(room: Room) -> None:
    raw = {ticket: f"{CANARY_SENTENCE} {ticket.update_id}".encode() for ticket in TICKETS}
    for minutes, ticket in enumerate(TICKETS):
        at = NOW + minutes * MINUTE
        room.do(lambda work, ticket=ticket, at=at: inbox.park(work, ticket, raw[ticket], at))  # type: ignore[misc]  # mypy sees no Casework in a default
    for tried in range(3):
        waiting = room.do(lambda work: inbox.waiting(work, 2, 3))
        assert [each.ticket for each in waiting] == TICKETS[:2]
        assert [each.payload for each in waiting] == [raw[each.ticket] for each in waiting]
        assert [each.attempts for each in waiting] == [tried, tried]
    assert room.do(lambda work: inbox.count_stuck(work.connection, 3)) == 2
    rest = room.do(lambda work: inbox.waiting(work, 9, 3))
    assert [each.ticket for each in rest] == TICKETS[2:]
    assert room.do(lambda work: inbox.accept(work, TICKETS, NOW + DAY)) == set(TICKETS)
    assert room.do(lambda work: inbox.waiting(work, 9, 9)) == []
    assert room.do(lambda work: inbox.count_stuck(work.connection, 3)) == 0


def test_what_was_dealt_with_is_not_parked(room: Room) -> None:
    room.do(lambda work: inbox.accept(work, TICKETS[:1], NOW))
    room.do(lambda work: inbox.park(work, TICKETS[0], b"late", NOW))
    assert room.do(lambda work: inbox.waiting(work, 9, 9)) == []


def test_numbers_dealt_with_are_forgotten_after_days_and_what_waits_never(room: Room) -> None:
    room.do(lambda work: inbox.accept(work, TICKETS[:2], NOW))
    room.do(lambda work: inbox.park(work, TICKETS[2], b"waits", NOW))
    assert room.do(lambda work: inbox.forget_handled(work.connection, NOW + REMEMBERED)) == 0
    later = NOW + REMEMBERED + MINUTE
    assert room.do(lambda work: inbox.forget_handled(work.connection, later)) == 2
    assert len(room.do(lambda work: inbox.waiting(work, 9, 9))) == 1
