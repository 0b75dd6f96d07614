"""What a made-up young person does with goals of their own: sets one, rates it, gives it up.

Their chances are their own, so that nothing else that they do hangs on them. No goal here was ever
anybody's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final

from bot.callbacks import parse
from storage.outbox import OutgoingKind, Sending
from usecases.arrival import GoalAct, GoalInput, MenuInput, MenuWish, TextInput, What
from usecases.goals import HIGHEST, NEW

GOALS: Final = (
    "cook a meal on my own",
    "join the swimming club",
    "learn to ride the bus to school",
    "play a song on the guitar",
    "finish my book",
    "get better at maths",
)
_AIM: Final = 0.6
"""The share of young people who set goals at all; each looks at them after most pictures."""

_LOOK: Final = 0.85
_ONE_MORE: Final = 0.2
_GIVE_UP: Final = 0.03
_MOST: Final = 2


@dataclass(slots=True)
class Aims:
    """Somebody's goals: how near they feel to each, and which they rated on which day."""

    chance: Random
    likes_goals: bool
    near: dict[str, float] = field(default_factory=dict)
    looked: dict[str, int] = field(default_factory=dict)
    looked_on: int | None = None

    def react(self, seen: Sequence[Sending], days: int) -> What | None:
        """Return what they do about the newest message, where it is about goals; None to leave it.

        `days`: since their support began.
        """
        newest = next((each for each in reversed(seen) if _is_said(each)), None)
        if newest is None or not self.likes_goals:
            return None
        if newest.outgoing.awaits == NEW:
            return TextInput(self.chance.choice(GOALS))
        given = [parse(button.data) for row in newest.outgoing.rows for button in row]
        rates = {each.value or 0: each for each in _acts(given, GoalAct.RATE)}
        if rates:
            return self._rate(rates, _acts(given, GoalAct.NOT_MINE), days)
        shown = {each.goal: each for each in _acts(given, GoalAct.SHOW)}
        if shown or MenuInput(MenuWish.NEW_GOAL) in given:
            return self._choose(shown, given, days)
        if MenuInput(MenuWish.GOALS) in given:
            return self._look(days)
        return None

    def _look(self, days: int) -> What | None:
        """Look at the goals after a picture; on the same day, go back to them while any is left."""
        if self.looked_on != days:
            if self.chance.random() > _LOOK:
                return None
            self.looked_on = days
        return MenuInput(MenuWish.GOALS)

    def _choose(
        self, shown: Mapping[str, GoalInput], given: Collection[What], days: int
    ) -> What | None:
        """Rate the goals that are not rated today, then write down another one, or leave it."""
        for goal, show in shown.items():
            if self.looked.get(goal) != days:
                return show
        new = MenuInput(MenuWish.NEW_GOAL)
        wants = not shown or (len(shown) < _MOST and self.chance.random() < _ONE_MORE)
        return new if wants and new in given else None

    def _rate(
        self, rates: Mapping[int, GoalInput], ways_out: Sequence[GoalInput], days: int
    ) -> What | None:
        goal = rates[0].goal
        if self.looked.get(goal) == days:
            return None
        self.looked[goal] = days
        if ways_out and self.chance.random() < _GIVE_UP:
            return ways_out[0]
        begun = self.near.setdefault(goal, self.chance.uniform(1, 5) - days / 60)
        felt = begun + days / 60 + self.chance.gauss(0, 0.9)
        return rates[max(0, min(HIGHEST, round(felt)))]


def draw_aims(seed: int) -> Aims:
    """Decide whether somebody sets goals; the same seed gives the same."""
    chance = Random(f"goals {seed}")
    return Aims(chance, chance.random() < _AIM)


def _is_said(sending: Sending) -> bool:
    outgoing = sending.outgoing
    return outgoing.kind is OutgoingKind.SEND and bool(outgoing.rows)


def _acts(given: Collection[What], act: GoalAct) -> list[GoalInput]:
    return [each for each in given if isinstance(each, GoalInput) and each.act is act]
