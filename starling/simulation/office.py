"""What happens by chance to support under way: moves, other commissioners, deaths, second ends.

It draws what staff have to do and hands it on as orders; it must not do anything itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from outcomes.episode import Commissioner, Lives
from starling.simulation.orders import Report, Room
from starling.simulation.population import Child
from starling.simulation.pretend import Pretend
from starling.simulation.staff import ChangeCarer, ChangeSupport, Guest, Hold, Lift, Reopen
from starling.simulation.watching import Watch
from surveys.people import Role
from usecases.arrival import Channel
from usecases.moving import EpisodeChange
from usecases.suppressing import Reason

_LATELY = timedelta(days=90)


@dataclass(slots=True)
class Story:
    """One made-up child's support: when it begins and ends, and who answers around it."""

    child: Child
    opens: date
    closes: date
    episode: str = ""
    is_over: bool = False
    people: list[Pretend] = field(default_factory=list)


Meet = Callable[[Story, Role, Channel, Guest], Pretend]


@dataclass(slots=True)
class Office:
    """Staff at work on what happens to children while they get support."""

    room: Room
    chance: Random
    watch: Watch
    hand_over: Callable[[], tuple[Report, ...]]
    meet: Meet
    happened: Counter[str]
    held: list[tuple[date, str, tuple[str, ...]]] = field(default_factory=list)

    async def work(self, stories: list[Story], day: date, now: datetime) -> list[Pretend]:
        """Deal with what happened today; return whoever was invited because of it."""
        await self._lift_what_is_over(stories, day, now)
        invited: list[Pretend] = []
        for story in stories:
            fate = self.chance.random()
            if fate > 0.004 or not story.episode or any(each.held for each in story.people):
                continue
            if story.is_over:
                await self._reopen(story, fate, day, now)
            elif fate < 0.002:
                await self._change(story, now)
            elif fate < 0.003:
                invited += await self._change_carer(story, now)
            else:
                await self._hold(stories, story, day, now)
        return invited

    async def _change(self, story: Story, now: datetime) -> None:
        """Let somebody else pay, let the child live elsewhere, or let another worker help."""
        change = self.chance.choice(
            (
                EpisodeChange(commissioner=self.chance.choice(list(Commissioner))),
                EpisodeChange(lives=self.chance.choice(list(Lives))),
                EpisodeChange(worker=f"worker.{self.chance.randrange(12)}"),
            )
        )
        self.happened["changes of commissioner, home or worker"] += 1
        await self.room.do(ChangeSupport(now, self.hand_over(), story.episode, change))

    async def _change_carer(self, story: Story, now: datetime) -> list[Pretend]:
        for carer in story.people:
            if carer.role is Role.CARER and not carer.left:
                order = ChangeCarer(
                    now, self.hand_over(), story.episode, carer.participant, carer.channel
                )
                guest = await self.room.do(order)
                self.happened["changes of carer"] += 1
                carer.left = True
                return [self.meet(story, Role.CARER, carer.channel, guest)]
        return []

    async def _hold(self, stories: list[Story], story: Story, day: date, now: datetime) -> None:
        """Hold back one person or their household, for some weeks or for ever."""
        here = [each for each in story.people if not each.left and not each.held]
        if not here:
            return
        whom, reason = self.chance.choice(here), self.chance.choice(list(Reason))
        household = whom.role is not Role.PROFESSIONAL and self.chance.random() < 0.5
        order = Hold(now, self.hand_over(), whom.participant, reason, household)
        action, held = await self.room.do(order)
        self.happened["people held back"] += len(held)
        self._mark(stories, held, is_held=True)
        lifted = day + timedelta(days=self.chance.randint(3, 90))
        if self.chance.random() < 0.7:
            self.held.append((lifted, action, held))

    async def _lift_what_is_over(self, stories: list[Story], day: date, now: datetime) -> None:
        due = [each for each in self.held if each[0] <= day]
        self.held = [each for each in self.held if each[0] > day]
        for _day, action, held in due:
            await self.room.do(Lift(now, self.hand_over(), action))
            self.happened["people who may be asked again"] += len(held)
            others = {each for _, _, people in self.held for each in people}
            self._mark(stories, tuple(set(held) - others), is_held=False)

    def _mark(self, stories: list[Story], held: tuple[str, ...], *, is_held: bool) -> None:
        for story in stories:
            for person in story.people:
                if person.participant in held:
                    person.held = is_held
                    self.watch.anew[person.participant] += 1

    async def _reopen(self, story: Story, fate: float, day: date, now: datetime) -> None:
        """Let support go on that ended lately."""
        if fate > 0.001 or day - story.closes > _LATELY:
            return
        await self.room.do(Reopen(now, self.hand_over(), story.episode))
        self.happened["support episodes opened again"] += 1
        story.is_over = False
        story.closes = day + timedelta(days=self.chance.randint(20, 120))
        for person in story.people:
            self.watch.anew[person.participant] += 1
