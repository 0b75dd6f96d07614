"""Stale things do nothing: what became pointless while it waited to be sent is never sent."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest

from followups.occasions import fire_due
from storage.outbox import Delivery, OutgoingKind, Sending, Sent
from tests.followups.street import JOINED, REVIEW, Neighbour, Street, move_in
from usecases import moving, sending, suppressing
from usecases.arrival import MenuInput, MenuWish, OfferReply
from usecases.inviting import By
from usecases.service import Service
from usecases.suppressing import Reason

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@pytest.fixture
async def service(database_url: str) -> AsyncIterator[Service]:
    """One running process on each kind of database."""
    async with Street(database_url).open() as opened:
        yield opened


async def wait_at_the_gate(service: Service, out: Sending) -> None:
    """Let a message wait to be sent: Telegram said `too fast`."""
    later = Sent(out.id, Delivery.PENDING, None, REVIEW)
    sending.record(service, [later], REVIEW)
    await service.lane.settled()


async def asking(service: Service) -> tuple[Neighbour, Sending]:
    """Ask somebody for a review, and let the message wait to be sent."""
    somebody = await move_in(service)
    (asked,) = await fire_due(service, REVIEW)
    await wait_at_the_gate(service, asked)
    return somebody, asked


async def what_goes_out(service: Service) -> list[int]:
    """Return the numbers of the messages that are sent now."""
    return [each.id for each in await sending.claim_due(service, REVIEW + 5 * MINUTE)]


Change = Callable[[Neighbour], Awaitable[object]]
NOW = REVIEW + MINUTE
BY = By("a worker", NOW)


async def begins(home: Neighbour) -> None:
    await home.does(MenuInput(MenuWish.WHATS_NEXT), NOW)
    await home.replies(await home.occasion("review"), OfferReply.START, NOW)


async def declines(home: Neighbour) -> None:
    await home.replies(await home.occasion("review"), OfferReply.NOT_THIS_TIME, NOW)


async def puts_off(home: Neighbour) -> None:
    await home.replies(await home.occasion("review"), OfferReply.NEXT_WEEK, NOW)


async def pauses(home: Neighbour) -> None:
    await home.does(MenuInput(MenuWish.PAUSE_A_WEEK), NOW)


async def stops(home: Neighbour) -> None:
    await home.does(MenuInput(MenuWish.STOP_ALL_SURELY), NOW)


async def support_ends(home: Neighbour) -> None:
    await home.closes(REVIEW.date(), NOW)


async def is_held_back(home: Neighbour) -> None:
    await suppressing.suppress(
        home.service, home.participant, Reason.BEREAVEMENT, BY, household=True
    )


async def leaves(home: Neighbour) -> None:
    await moving.leave(home.service, home.episodes[0], home.participant, BY)


async def blocks(home: Neighbour) -> None:
    await sending.note_blocked(home.service, "web", home.chat, NOW, blocked=True)


async def test_an_asking_that_only_waited_goes_out(service: Service) -> None:
    """Nothing changed: it must not be taken back for no reason."""
    _, asked = await asking(service)
    assert asked.id in await what_goes_out(service)


@pytest.mark.parametrize(
    "change",
    [begins, declines, puts_off, pauses, stops, support_ends, is_held_back, leaves, blocks],
    ids=lambda change: change.__name__,
)
async def test_an_asking_whose_plan_changed_while_it_waited_never_goes_out(
    service: Service, change: Change
) -> None:
    somebody, asked = await asking(service)
    await change(somebody)
    assert asked.id not in await what_goes_out(service)


@pytest.mark.parametrize("taps", [0, 1, 30], ids=["left it", "went on", "came to the end"])
async def test_a_reminder_goes_out_only_while_its_run_has_not_moved_on(
    service: Service, taps: int
) -> None:
    somebody = await move_in(service)
    await fire_due(service, REVIEW)
    occasion = await somebody.occasion("review")
    begun = JOINED + 43 * DAY
    shown = await somebody.replies(occasion, OfferReply.START, begun)
    reminders: list[Sending] = []
    now = begun
    while not reminders:
        now += DAY
        reminders = await fire_due(service, now)
    (reminder,) = reminders
    assert reminder.occasion_id == occasion.id
    sending.record(service, [Sent(reminder.id, Delivery.PENDING, None, now)], now)
    for _ in range(taps):
        news = [each for each in shown if each.outgoing.kind is OutgoingKind.SEND]
        if not news or (await somebody.occasion("review")).state.over:
            break
        shown = await somebody.taps(news[-1], "skip", now + MINUTE)
    due = await sending.claim_due(service, now + 5 * MINUTE)
    assert (reminder.id in {each.id for each in due}) is (taps == 0)
