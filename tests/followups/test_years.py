"""Years of random lives: people answer, fall silent, rest, block, stop; the program stands still.

Whatever happens, every due moment comes to exactly one end and nobody is pressed.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

import pytest

from followups.occasions import fire_due
from storage.occasions import OccasionState
from storage.outbox import OutgoingKind, Sending
from surveys.people import AgeBand, OwnTime, Role
from tests.followups.street import JOINED, Neighbour, Street, care_for_another, move_in
from usecases.arrival import MenuInput, MenuWish, OfferReply
from usecases.sending import note_blocked
from usecases.service import Service

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
CLOSES = JOINED + 200 * DAY
ENDS = CLOSES + 260 * DAY
"""Six months after the end, and the window of the last asking."""

LATER = (OfferReply.IN_AN_HOUR, OfferReply.TONIGHT, OfferReply.TOMORROW, OfferReply.NEXT_WEEK)


@dataclass
class Life:
    """What one person does, and what the clock may therefore not do."""

    home: Neighbour
    chance: Random
    age: AgeBand
    resting_until: datetime = JOINED
    stopped: bool = False
    blocked: bool = False
    asked: list[tuple[date, str]] = field(default_factory=list)
    chose: set[str] = field(default_factory=set)

    def hears(self, service: Service, sending: Sending, now: datetime) -> None:
        """Check that this may be asked now."""
        assert sending.occasion_id is not None
        assert service.rhythm.allowed(OwnTime(self.age), now) == now, "in quiet hours"
        assert now >= self.resting_until, "while they rest"
        assert not self.stopped, "after they stopped"
        assert not self.blocked, "after they blocked us"
        today = service.rhythm.local(now).date()
        others = [on for day, on in self.asked if day == today and on != sending.occasion_id]
        assert not others, "twice in a day"
        again = (today, sending.occasion_id) in self.asked
        assert not again or sending.occasion_id in self.chose, "the same twice in a day"
        self.asked.append((today, sending.occasion_id))

    async def lives(self, sending: Sending, now: datetime) -> None:
        """Do something about an asking, or nothing."""
        home, kind = self.home, self.chance.random()
        occasion = next(each for each in await home.occasions() if each.id == sending.occasion_id)
        if kind < 0.3:
            return
        if kind < 0.4:
            await home.replies(occasion, OfferReply.NOT_THIS_TIME, now)
        elif kind < 0.6:
            await home.replies(occasion, self.chance.choice(LATER), now)
            self.chose.add(occasion.id)
        else:
            if occasion.state is OccasionState.ANSWERING:
                shown = await home.taps(sending, "carry on", now)
            else:
                shown = await home.replies(occasion, OfferReply.START, now)
            for _ in range(self.chance.choice((0, 2, 12))):
                news = [each for each in shown if each.outgoing.kind is OutgoingKind.SEND]
                if not news or (await home.occasion_by(occasion.id)).state.over:
                    break
                shown = await home.taps(news[-1], "skip", now)

    async def wanders(self, service: Service, now: datetime) -> None:
        """Now and then rest, block, unblock, or stop, without being asked."""
        kind = self.chance.random()
        if kind < 0.004 and not self.stopped:
            await self.home.does(MenuInput(MenuWish.PAUSE_A_WEEK), now)
            self.resting_until = now + 7 * DAY
            self.blocked = False
        elif kind < 0.007:
            self.blocked = not self.blocked
            await note_blocked(service, "web", self.home.chat, now, blocked=self.blocked)
        elif kind < 0.0075 and now > JOINED + 120 * DAY:
            await self.home.does(MenuInput(MenuWish.STOP_ALL_SURELY), now)
            self.stopped, self.blocked = True, False


@pytest.mark.parametrize("seed", range(4))
async def test_every_due_moment_of_random_lives_has_one_end_and_nobody_is_pressed(
    sqlite_url: str, seed: int
) -> None:
    chance = Random(seed)  # noqa: S311 (made-up people need no secrets)
    street = Street(sqlite_url)
    async with street.open() as service:
        lives = await _meet(service, chance)
    now = JOINED
    while now < ENDS:
        async with street.open() as service:
            for life in lives:
                life.home.service = service
            until = min(ENDS, now + 60 * DAY)
            while now < until:
                now += HOUR * chance.choice((1, 2, 3, 5, 8)) + timedelta(seconds=chance.random())
                await _live_on(service, lives, now)
            now += DAY * chance.choice((0, 0, 2, 15))  # nobody runs the program
    async with street.open() as service:
        await fire_due(service, now)
        for life in lives:
            life.home.service = service
            found = await life.home.occasions()
            assert all(each.state.over and each.next_at is None for each in found)
            assert len({(each.episode_id, each.wave, each.round) for each in found}) == len(found)
            reviews = Counter(each.episode_id for each in found if each.wave == "review")
            if not life.stopped:  # every six weeks while it goes on
                assert all(number >= 4 for number in reviews.values())
        assert sum(len(life.asked) for life in lives) > 10


async def _meet(service: Service, chance: Random) -> list[Life]:
    lives = []
    for role, age in (
        (Role.YOUNG_PERSON, AgeBand.EIGHT_TO_ELEVEN),
        (Role.YOUNG_PERSON, AgeBand.SIXTEEN_TO_SEVENTEEN),
        (Role.CARER, AgeBand.ADULT),
        (Role.PROFESSIONAL, AgeBand.ADULT),
    ):
        home = await move_in(service, JOINED, role, age, busy=False)
        if role is Role.CARER:
            await care_for_another(home, role, JOINED + DAY)
        lives.append(Life(home, chance, age))
    return lives


async def _live_on(service: Service, lives: list[Life], now: datetime) -> None:
    by_chat = {life.home.chat: life for life in lives}
    sent = await fire_due(service, now)
    asked = [each for each in sent if each.outgoing.kind is OutgoingKind.SEND]
    for sending in asked:
        by_chat[sending.chat_id].hears(service, sending, now)
    for sending in asked:
        await by_chat[sending.chat_id].lives(sending, now)
    for life in lives:
        await life.wanders(service, now)
        if now >= CLOSES and not life.home.closed:
            await life.home.closes(service.rhythm.local(now).date(), now)
