"""Lives a made-up service day by day through the real use cases; the clock is an argument.

Everything happens in one order that the seed decides: the same seed gives the same content.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random
from typing import Final

from followups import occasions
from starling.simulation.population import Child, make_child
from starling.simulation.pretend import Pretend, make_pretend
from storage import outbox, words
from storage.casework import Connection
from storage.outbox import Delivery, Sending, Sent
from surveys.people import AgeBand, Role, may_use_telegram
from usecases import inviting, transcribing
from usecases.arrival import Arrival, Channel, Knock, What
from usecases.inviting import By, Closing, Invitee, NewEpisode
from usecases.receiving import Received, receive_all
from usecases.service import Service

_BEAT: Final = timedelta(seconds=15)
_TICKS: Final = (time(9, 30), time(16, 0), time(17, 0), time(18, 30), time(19, 30))
_LONGEST_TALK: Final = 60
_BY: Final = "made-up staff"


@dataclass(frozen=True, slots=True)
class Plan:
    """What the simulation is asked for; both days count.

    `telegram`: the share of those old enough who use Telegram.
    """

    children: int
    first: date
    last: date
    seed: int
    telegram: float = 0.5


@dataclass(slots=True)
class Story:
    """One made-up child's support: when it begins and ends, and who answers around it."""

    child: Child
    opens: date
    closes: date
    episode: str = ""
    people: list[Pretend] = field(default_factory=list)


@dataclass(slots=True)
class Life:
    """A made-up service under way."""

    service: Service
    plan: Plan
    chance: Random
    stories: list[Story] = field(default_factory=list)
    by_chat: dict[tuple[str, int], Pretend] = field(default_factory=dict)
    opened: dict[tuple[str, int], date] = field(default_factory=dict)
    updates: int = 0
    happened: Counter[str] = field(default_factory=Counter)

    async def live(self, on_day: Callable[[], object]) -> Counter[str]:
        """Live from the first day to the last; return how often what happened."""
        self._imagine()
        day = self.plan.first
        while day <= self.plan.last:
            await self._live_day(day)
            on_day()
            day += timedelta(days=1)
        await self.service.lane.settled()
        return self.happened

    def _imagine(self) -> None:
        """Decide beforehand who comes, when their support begins and how long it lasts."""
        days = (self.plan.last - self.plan.first).days
        for number in range(1, self.plan.children + 1):
            opens = self.plan.first + timedelta(days=int(self.chance.random() * days * 0.8))
            weeks = int(min(40, max(8, self.chance.gauss(20, 6))))
            child = make_child(number, self.chance)
            self.stories.append(Story(child, opens, opens + timedelta(weeks=weeks)))

    async def _live_day(self, day: date) -> None:
        for moment in _TICKS:
            now = self.service.rhythm.instant(day, moment)
            if moment is _TICKS[0]:
                await self._staff_work(day, now)
            sendings = await occasions.fire_due(self.service, now)
            self._deliver(sendings, now)
            talking = [self._who(sending) for sending in sendings]
            await self._talk(talking, now)

    async def _staff_work(self, day: date, now: datetime) -> None:
        """Read, open and close support, and invite: then those invited open their links."""
        self.happened["words read"] += await self.service.lane.write(
            partial(_read_everything, self.service, now)
        )
        newcomers: list[Pretend] = []
        for story in self.stories:
            if story.opens == day:
                newcomers += await self._open(story, now)
            if story.closes == day and story.episode:
                closing = Closing(day, story.child.reason)
                await inviting.close_episode(self.service, story.episode, closing, By(_BY, now))
                self.happened["support episodes closed"] += 1
        later = now + timedelta(hours=7)
        for person in newcomers:
            what = person.knock()
            if what is not None:
                person.last = []
                await self._beat([(person, what)], later)
        await self._talk(newcomers, later + timedelta(minutes=1))

    async def _open(self, story: Story, now: datetime) -> list[Pretend]:
        child = story.child
        new = NewEpisode(
            child.case,
            child.commissioner,
            child.strand,
            child.intervention,
            child.lives,
            story.opens,
        )
        story.episode = await inviting.open_episode(self.service, new, By(_BY, now))
        self.happened["support episodes opened"] += 1
        for role, band in self._answering(child):
            invitee = Invitee(story.episode, role, band)
            invited = await inviting.invite(self.service, invitee, By(_BY, now))
            story.people.append(await self._meet(role, band, invited.code, story.opens, now))
        return story.people

    def _answering(self, child: Child) -> Iterable[tuple[Role, AgeBand]]:
        """Decide who is asked around a child: the child, the main carer, a professional."""
        if child.strand.value != "consultation" and child.age_band is not AgeBand.FIVE_TO_SEVEN:
            yield Role.YOUNG_PERSON, child.age_band
        if child.lives.value not in ("semi-independent", "residential"):
            yield Role.CARER, AgeBand.ADULT
        if child.strand.value == "consultation":
            yield Role.PROFESSIONAL, AgeBand.ADULT

    async def _meet(
        self, role: Role, band: AgeBand, code: str, opens: date, now: datetime
    ) -> Pretend:
        telegram = may_use_telegram(role, band) and self.chance.random() < self.plan.telegram
        channel = Channel.TELEGRAM if telegram else Channel.WEB
        if telegram:
            chat_id = self.chance.randrange(2**53, 2**54)  # beyond any chat that can exist
        else:
            chat_id, _ = await transcribing.new_visitor(self.service, now)
        own = Random(self.chance.getrandbits(64))
        person = make_pretend(role, channel, chat_id, code, own)
        self.by_chat[channel.value, chat_id] = person
        self.opened[channel.value, chat_id] = opens
        self.happened["people invited"] += 1
        return person

    def _who(self, sending: Sending) -> Pretend:
        return self.by_chat[sending.channel, sending.chat_id]

    def _deliver(self, sendings: Iterable[Sending], now: datetime) -> None:
        """Show messages to whom they are for, and record that they were sent."""
        fresh: dict[int, list[Sending]] = {}
        for sending in sendings:
            person = self._who(sending)
            fresh.setdefault(id(person), []).append(sending)
            person.last = fresh[id(person)]
            self.happened["messages sent"] += 1
        results = [(Sent(each.id, Delivery.SENT, each.id), now) for each in sendings]
        for result in results:
            self.service.lane.later_together(outbox.record, result)

    async def _talk(self, people: list[Pretend], now: datetime) -> None:
        """Let these people react until nobody has anything more to say."""
        talking = list({id(person): person for person in people}.values())
        for _turn in range(_LONGEST_TALK):
            now += _BEAT
            said = [(person, what) for person in talking if (what := self._react(person, now))]
            if not said:
                return
            await self._beat(said, now)
            talking = [person for person, _what in said]

    def _react(self, person: Pretend, now: datetime) -> What | None:
        opened = self.opened[person.channel.value, person.chat_id]
        return None if person.gone else person.react((now.date() - opened).days)

    async def _beat(self, said: list[tuple[Pretend, What]], now: datetime) -> None:
        """Take in one thing from each of these people, in one transaction."""
        arrivals = [self._arrival(person, what, now) for person, what in said]
        received = await self.service.lane.write(partial(_receive_all, self.service, arrivals))
        for person, _what in said:
            person.last = []
        self.happened["inputs taken in"] += len(arrivals)
        for each in received:
            if isinstance(each, Exception):
                raise each
            self._deliver(each.sendings, now)

    def _arrival(self, person: Pretend, what: What, now: datetime) -> Arrival:
        self.updates += 1
        tapped = person.last[-1].id if person.last else None
        return Arrival(Knock(person.channel, person.chat_id, self.updates, tapped), what, now)


def _receive_all(
    service: Service, arrivals: list[Arrival], connection: Connection
) -> list[Received | Exception]:
    return receive_all(service, connection, arrivals)


def _read_everything(service: Service, now: datetime, connection: Connection) -> int:
    """Let made-up staff read every word that waits and see every notice; return how many words."""
    work = service.open(connection)
    unread = words.to_read(work)
    for each in unread:
        words.mark_read(work, each.id, _BY, now)
    for notice in words.unseen_notices(work):
        words.mark_notice_seen(work, notice.id, _BY, now)
    return len(unread)
