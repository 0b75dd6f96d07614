"""A message comes back as it was shown, whatever it holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from storage import outbox, people, recalls, repairs, tables
from storage.casework import Casework
from storage.outbox import LEASE, Button, Delivery, Outgoing, OutgoingKind, Sending, Urgency
from tests.storage.rooms import NOW, Room

CHAT = ("telegram", 5)
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30)
BUTTONS = st.builds(Button, WORDS, WORDS, WORDS)
MESSAGES = st.builds(
    Outgoing,
    st.sampled_from(OutgoingKind),
    WORDS,
    st.lists(st.lists(BUTTONS, max_size=3).map(tuple), max_size=3).map(tuple),
    st.sampled_from(Urgency),
    st.none() | st.just("run"),
    st.none() | st.integers(0, 999),
)


def queue(room: Room, messages: list[Outgoing]) -> list[Sending]:
    def work(casework: Casework) -> list[Sending]:
        door = people.who_is_at_the_door(casework, [CHAT], NOW)[CHAT]
        return outbox.queue(casework, door.address, messages, NOW, tapped_message=7)

    return room.do(work)


@given(messages=st.lists(MESSAGES, min_size=1, max_size=3))
def test_a_message_is_sent_later_exactly_as_it_would_have_been_at_once(
    shared_room: Room, messages: list[Outgoing]
) -> None:
    queued = queue(shared_room, messages)
    assert [each.outgoing for each in queued] == messages

    def put_back_and_claim(work: Casework) -> list[Sending]:
        outbox.record(
            work.connection, [(outbox.Sent(each.id, Delivery.PENDING), NOW) for each in queued]
        )
        return outbox.claim_due(work, NOW, 100)

    claimed = shared_room.do(put_back_and_claim)
    assert sorted(each.id for each in claimed) == [each.id for each in queued]
    by_id = {each.id: each for each in claimed}
    for each in queued:
        again = by_id[each.id]
        assert (again.outgoing, again.chat_id, again.channel, again.tapped_message) == (
            each.outgoing,
            5,
            "telegram",
            7,
        )
        assert again.attempts == 2


def test_nobody_is_blocked_by_a_message_that_there_is_not(shared_room: Room) -> None:
    assert shared_room.do(lambda work: recalls.block(work, 1, NOW)) is None
    assert shared_room.do(lambda work: outbox.claim_due(work, NOW, 5)) == []


def test_a_message_is_of_whom_it_was_made_for(shared_room: Room) -> None:
    (sent,) = queue(shared_room, [Outgoing(OutgoingKind.SEND, "hello", urgency=Urgency.SAFETY)])

    def whose(urgency: Urgency) -> set[str | None]:
        return shared_room.do(lambda work: recalls.whose(work.connection, [sent.id], urgency))

    assert whose(Urgency.SAFETY) == {None}
    assert whose(Urgency.REPLY) == set()


def test_safety_is_claimed_before_replies_and_replies_before_askings(room: Room) -> None:
    told = [Urgency.ASKING, Urgency.REPLY, Urgency.SAFETY, Urgency.REPLY, Urgency.ASKING]
    queued = queue(room, [Outgoing(OutgoingKind.SEND, each, urgency=each) for each in told])

    def put_back(work: Casework) -> None:
        waits = [(outbox.Sent(each.id, Delivery.PENDING), NOW) for each in queued]
        outbox.record(work.connection, waits)

    room.do(put_back)
    claimed = [room.do(lambda work: outbox.claim_due(work, NOW, 2)) for _ in range(3)]
    texts = [[sending.outgoing.text for sending in some] for some in claimed]
    assert texts == [["safety", "reply"], ["reply", "asking"], ["asking"]]


def state_of(room: Room, number: int) -> str:
    query = select(tables.outbox.c.state).where(tables.outbox.c.id == number)
    return room.do(lambda work: str(work.connection.execute(query).scalar_one()))


def report(room: Room, result: outbox.Sent) -> None:
    room.do(lambda work: outbox.record(work.connection, [(result, NOW)]))


@pytest.mark.parametrize(
    ("late", "stands"),
    [(Delivery.PENDING, "unknown"), (Delivery.FAILED, "unknown"), (Delivery.SENT, "sent")],
)
def test_after_our_lease_has_ended_only_that_it_was_sent_is_news(
    shared_room: Room, late: Delivery, stands: str
) -> None:
    """Our process stood still, and others have written down that nobody knows."""
    (asking,) = queue(shared_room, [Outgoing(OutgoingKind.SEND, "how is it?")])
    shared_room.do(lambda work: repairs.expire_leases(work.connection, NOW + 2 * LEASE))
    report(shared_room, asking.came_to(late))
    assert state_of(shared_room, asking.id) == stands


def test_a_report_about_an_earlier_try_does_not_disturb_the_one_under_way(
    shared_room: Room,
) -> None:
    (first,) = queue(shared_room, [Outgoing(OutgoingKind.SEND, "help", urgency=Urgency.SAFETY)])
    shared_room.do(lambda work: repairs.expire_leases(work.connection, NOW + 2 * LEASE))
    claimed = shared_room.do(lambda work: outbox.claim_due(work, NOW + 2 * LEASE, 100))
    (second,) = [each for each in claimed if each.id == first.id]
    report(shared_room, first.came_to(Delivery.PENDING))
    assert state_of(shared_room, first.id) == "sending"
    report(shared_room, second.came_to(Delivery.SENT, 9))
    assert state_of(shared_room, first.id) == "sent"
