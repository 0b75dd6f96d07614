"""Lives a made-up service day by day through the real use cases; the clock is an argument.

Everything happens in one order that the seed decides: the same seed gives the same content.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final

from starling.simulation.known import draw_known
from starling.simulation.office import Office, Story
from starling.simulation.orders import (
    LookAfter,
    ReadWords,
    Report,
    Room,
    Settle,
    TakeIn,
    TellBlocked,
    Tidy,
)
from starling.simulation.population import Child, make_child
from starling.simulation.pretend import Pretend, make_pretend
from starling.simulation.records import Records
from starling.simulation.releasing import Releasing, due_between
from starling.simulation.staff import Close, Guest, Newcomer, Welcome
from starling.simulation.turns import Machine, wander
from starling.simulation.watching import Watch
from storage.outbox import Delivery, Sending, Sent
from surveys.people import AgeBand, Role, may_use_telegram
from usecases.arrival import Arrival, Channel, Knock, What
from usecases.inviting import Closing, NewEpisode
from usecases.ports import Circumstances, Rhythm

_BEAT: Final = timedelta(seconds=15)
_RINGS: Final = (time(9, 30), time(16, 0), time(17, 0), time(18, 30), time(19, 30))
_LONGEST_TALK: Final = 60
_IN_DOUBT: Final = 0.002
"""The share of messages of which nobody knows whether they arrived; half of them did."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the simulation is asked for; both days count.

    `telegram`: the share of those old enough who use Telegram. `kills`: how often the process that
    serves is killed. `eventful`: people pause, stop and block, and the machine stands still and
    has a wrong clock. `to_the_end`: on the day after the last all support ends, and the clock runs
    on until no answer would count any more. `releases`: staff give out the figures of every whole
    quarter and year, and the clock runs on until the last of them is due.
    """

    children: int
    first: date
    last: date
    seed: int
    telegram: float = 0.5
    kills: int = 0
    eventful: bool = False
    to_the_end: bool = False
    releases: bool = False


@dataclass(slots=True)
class Life:
    """A made-up service under way: the world around the room in which it is served."""

    room: Room
    rhythm: Rhythm
    plan: Plan
    chance: Random
    machine: Machine = field(default_factory=Machine)
    stories: list[Story] = field(default_factory=list)
    by_chat: dict[tuple[str, int], Pretend] = field(default_factory=dict)
    opened: dict[tuple[str, int], date] = field(default_factory=dict)
    reports: list[Report] = field(default_factory=list)
    updates: int = 0
    happened: Counter[str] = field(default_factory=Counter)
    watch: Watch = field(default_factory=Watch)
    office: Office | None = None
    records: Records | None = None
    releasing: Releasing | None = None

    async def live(self, on_day: Callable[[], object]) -> datetime:
        """Live from the first day to the last; return the moment at which it was over."""
        self._imagine()
        day = self.plan.first
        while day <= self.plan.last:
            await self._live_day(day)
            on_day()
            day += timedelta(days=1)
        if self.plan.to_the_end:
            day = await self._live_to_the_end(day)
        while self.releasing is not None and self.releasing.due:
            await self._live_day(day)
            day += timedelta(days=1)
        now = self.rhythm.instant(day, time(0))
        await self.room.do(Settle(now, self._reports()))
        return now

    def _imagine(self) -> None:
        """Decide beforehand who comes, when their support begins and how long it lasts."""
        days = (self.plan.last - self.plan.first).days
        for number in range(1, self.plan.children + 1):
            opens = self.plan.first + timedelta(days=int(self.chance.random() * days * 0.8))
            weeks = int(min(40, max(8, self.chance.gauss(20, 6))))
            child = make_child(number, self.chance)
            self.stories.append(Story(child, opens, opens + timedelta(weeks=weeks)))
        self.records = Records(self.room, self.plan.seed, self._reports, self.happened)
        if self.plan.releases:
            due = due_between(self.plan.first, self.plan.last)
            self.releasing = Releasing(self.room, self._reports, self.happened, due)
        if self.plan.eventful:
            self.machine = Machine.draw(self.plan.first, self.plan.last, self.chance)
            own = Random(self.chance.getrandbits(64))
            self.office = Office(
                self.room, own, self.watch, self._reports, self._meet, self.happened
            )

    async def _live_to_the_end(self, day: date) -> date:
        """End all support and live on until no answer counts any more; return the day after."""
        self.office = None
        for story in self.stories:
            story.closes = min(story.closes, day)
        ends = max((self._last_day(story, day) for story in self.stories), default=day)
        while day <= ends:
            await self._live_day(day)
            day += timedelta(days=1)
        return day

    def _last_day(self, story: Story, closed_on: date) -> date:
        """Return the day on which the last answer around a child counts."""
        child = story.child
        around = [
            Circumstances(role, band, child.intervention, child.strand)
            for role, band in _answering(child)
        ]
        planned = [each for who in around for each in self.rhythm.at_closing(who, closed_on)]
        days = [each.day + timedelta(days=each.window_days) for each in planned]
        return max(days, default=closed_on) + timedelta(days=2)

    async def _live_day(self, day: date) -> None:
        if day in self.machine.still:
            self.happened["days on which nothing ran"] += 1
            return
        newcomers: list[Pretend] = []
        for ring, moment in enumerate(_RINGS):
            now = self.machine.clock(self.rhythm.instant(day, moment), day, ring)
            if ring == 0:
                newcomers = await self._staff_work(day, now)
            if ring == 1 and self.plan.eventful:
                await self._wander(now)
            if ring == 2:
                await self._come_in(newcomers, now - timedelta(minutes=30))
            sendings = await self.room.do(LookAfter(now, self._reports()))
            await self._talk(await self._deliver(sendings, now), now)
        if self.plan.eventful:
            await self.room.do(Tidy(self.rhythm.instant(day, time(23, 0)), self._reports()))

    # --- staff ------------------------------------------------------------------------------

    async def _staff_work(self, day: date, now: datetime) -> list[Pretend]:
        """Read, close and open support, and invite; return who was invited."""
        self.happened["words read"] += await self.room.do(ReadWords(now, self._reports()))
        ending = [each for each in self.stories if each.closes <= day and not each.is_over]
        closings = [
            (each.episode, Closing(day, each.child.reason)) for each in ending if each.episode
        ]
        for each in ending:
            each.is_over = True
        if closings:
            await self.room.do(Close(now, self._reports(), tuple(closings)))
            self.happened["support episodes closed"] += len(closings)
        beginning = [each for each in self.stories if each.opens <= day and not each.episode]
        invited = await self._open([each for each in beginning if not each.is_over], now)
        if self.office is not None:
            invited += await self.office.work(self.stories, day, now)
        if self.records is not None:
            await self.records.work(self.stories, day, now)
        if self.releasing is not None:
            await self.releasing.work(day, now)
        return invited

    async def _open(self, stories: list[Story], now: datetime) -> list[Pretend]:
        """Open support for these children and invite whoever answers; return those invited."""
        if not stories:
            return []
        newcomers = tuple(self._newcomer(story) for story in stories)
        welcomed = await self.room.do(Welcome(now, self._reports(), newcomers))
        for story, newcomer, opened in zip(stories, newcomers, welcomed, strict=True):
            story.episode = opened.episode
            for (role, _band, channel), guest in zip(
                newcomer.answering, opened.guests, strict=True
            ):
                self._meet(story, role, channel, guest)
        self.happened["support episodes opened"] += len(stories)
        return [person for story in stories for person in story.people]

    def _newcomer(self, story: Story) -> Newcomer:
        child = story.child
        new = NewEpisode(
            child.case,
            child.commissioner,
            child.strand,
            child.intervention,
            child.lives,
            story.opens,
            child_age=draw_known(child, self.plan.seed).age,
        )
        answering = ((role, band, self._channel(role, band)) for role, band in _answering(child))
        return Newcomer(new, tuple(answering))

    def _channel(self, role: Role, band: AgeBand) -> Channel:
        telegram = may_use_telegram(role, band) and self.chance.random() < self.plan.telegram
        return Channel.TELEGRAM if telegram else Channel.WEB

    def _meet(self, story: Story, role: Role, channel: Channel, guest: Guest) -> Pretend:
        """Let somebody who was invited into the made-up world."""
        chat_id = guest.visitor
        if chat_id is None:
            chat_id = self.chance.randrange(2**53, 2**54)  # beyond any chat that can exist
        person = make_pretend(role, channel, chat_id, guest, self.chance.getrandbits(64))
        self.by_chat[channel.value, chat_id] = person
        self.opened[channel.value, chat_id] = story.opens
        story.people.append(person)
        self.watch.invited.add(guest.participant)
        self.happened["people invited"] += 1
        return person

    async def _come_in(self, newcomers: list[Pretend], now: datetime) -> None:
        """Let those who were invited open their links and read what they are told."""
        said = [(person, what) for person in newcomers if (what := person.knock()) is not None]
        if said:
            heard = await self._beat(said, now)
            await self._talk(heard, now)

    # --- people -----------------------------------------------------------------------------

    async def _wander(self, now: datetime) -> None:
        """Let people do what nobody asked them to do."""
        said: list[tuple[Pretend, What]] = []
        told: list[tuple[Channel, int, bool]] = []
        for person in self.by_chat.values():
            wandering = wander(person)
            if wandering is None:
                continue
            self.happened["things done without being asked"] += 1
            if wandering.says is not None:
                person.last = []
                said.append((person, wandering.says))
            if wandering.blocks is not None:
                told.append((person.channel, person.chat_id, wandering.blocks))
        if told:
            await self.room.do(TellBlocked(now, self._reports(), told=tuple(told)))
        if said:
            await self._talk(await self._beat(said, now), now)

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
        silent = person.gone or person.blocked
        return None if silent else person.react((now.date() - opened).days)

    async def _beat(self, said: list[tuple[Pretend, What]], now: datetime) -> list[Pretend]:
        """Take in one thing from each of these people at once; return who heard something."""
        arrivals = tuple(self._arrival(person, what, now) for person, what in said)
        sendings = await self.room.do(TakeIn(now, self._reports(), arrivals))
        for person, _what in said:
            person.last = []
        self.happened["inputs taken in"] += len(arrivals)
        return await self._deliver(sendings, now)

    def _arrival(self, person: Pretend, what: What, now: datetime) -> Arrival:
        self.updates += 1
        tapped = person.last[-1].id if person.last else None
        knock = Knock(person.channel, person.chat_id, self.updates, tapped)
        arrival = Arrival(knock, what, now)
        self.watch.note_said(person, arrival)
        return arrival

    # --- messages ---------------------------------------------------------------------------

    async def _deliver(self, sendings: Iterable[Sending], now: datetime) -> list[Pretend]:
        """Show messages to whom they are for, and note what became of them; return who saw some."""
        fresh: dict[int, list[Sending]] = {}
        heard: dict[int, Pretend] = {}
        results: list[Sent] = []
        refused: list[Sending] = []
        for sending in sendings:
            person = self.by_chat[sending.channel, sending.chat_id]
            state, seen = self._fate(person)
            results.append(Sent(sending.id, state, sending.id if seen else None))
            if seen:
                fresh.setdefault(id(person), []).append(sending)
                heard[id(person)] = person
            if state is Delivery.BLOCKED:
                refused.append(sending)
            self.happened[f"messages {state.value}"] += 1
        for key, person in heard.items():
            person.last = fresh[key]
            self.watch.note_seen(person, fresh[key])
        if results:
            self.reports.append(Report(tuple(results), now))
        if refused:
            await self.room.do(TellBlocked(now, self._reports(), refused=tuple(refused)))
        return list(heard.values())

    def _fate(self, person: Pretend) -> tuple[Delivery, bool]:
        """Return what is known about a message to somebody, and whether they see it."""
        if person.blocked:
            return Delivery.BLOCKED, False
        if self.plan.eventful and self.chance.random() < _IN_DOUBT:
            return Delivery.UNKNOWN, self.chance.random() < 0.5
        return Delivery.SENT, True

    def _reports(self) -> tuple[Report, ...]:
        """Hand over what became of the messages since the last order."""
        reports, self.reports = tuple(self.reports), []
        return reports


def _answering(child: Child) -> Iterable[tuple[Role, AgeBand]]:
    """Decide who is asked around a child: the child, the main carer, a professional."""
    if child.strand.value != "consultation" and child.age_band is not AgeBand.FIVE_TO_SEVEN:
        yield Role.YOUNG_PERSON, child.age_band
    if child.lives.value not in ("semi-independent", "residential"):
        yield Role.CARER, AgeBand.ADULT
    if child.strand.value == "consultation":
        yield Role.PROFESSIONAL, AgeBand.ADULT
