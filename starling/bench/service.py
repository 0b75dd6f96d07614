"""Makes up the facts of a whole service for measurements; nobody in it is anybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import TypeVar

from outcomes.episode import (
    AgeBand,
    CloseReason,
    Commissioner,
    EpisodeFacts,
    Lives,
    StaffFacts,
    Strand,
)
from outcomes.facts import Begun, Facts, FollowUp, GoalRating, Heard, OwnGoal, SdqTotal
from outcomes.observation import Asking, AskingOutcome, Observation

_Choice = TypeVar("_Choice")
_AREAS = ("body", "home", "safety", "people", "feelings", "friends", "belief", "learning")
_HOME = ("settled", "understanding", "relationship", "responding")
_WHO = (
    (Commissioner.DERBY_CITY, 30),
    (Commissioner.DERBYSHIRE_COUNTY, 55),
    (Commissioner.OTHER, 15),
)
_STRANDS = ((Strand.DIRECT, 45), (Strand.CARERS, 30), (Strand.CONSULTATION, 25))
_LIVES = (
    (Lives.FOSTER, 64),
    (Lives.KINSHIP, 15),
    (Lives.RESIDENTIAL, 9),
    (Lives.BIRTH_FAMILY, 6),
    (Lives.SEMI_INDEPENDENT, 3),
    (Lives.OTHER, 3),
)
_AGES = ((AgeBand.TO_TEN, 40), (AgeBand.TO_FIFTEEN, 40), (AgeBand.FROM_SIXTEEN, 20))
_REASONS = (
    (CloseReason.PLANNED, 70),
    (CloseReason.DISENGAGED, 12),
    (CloseReason.MOVED, 8),
    (CloseReason.OTHER, 10),
)
_OUTCOMES = (
    (AskingOutcome.ANSWERED, 62),
    (AskingOutcome.NO_REPLY, 22),
    (AskingOutcome.DECLINED, 10),
    (AskingOutcome.NOT_ASKED, 6),
)
_LATER = ((AskingOutcome.ANSWERED, 45), (AskingOutcome.NO_REPLY, 45), (AskingOutcome.DECLINED, 10))
_SET_GOALS = 0.5
_RATED_AGAIN = 0.7
_THEMES = ("waiting", "food", "being-heard", "family-time", "moves")


class Service:
    """A made-up service: so many children a year, from one seed."""

    def __init__(self, first: date, last: date, a_year: int, seed: int) -> None:
        """Live from one day to another; the same seed gives the same facts."""
        self.random = Random(seed)  # noqa: S311 - made-up people, no secret
        self.seed = seed
        self.last = last
        self.episodes: list[EpisodeFacts] = []
        self.observations: list[Observation] = []
        self.askings: list[Asking] = []
        self.sdq: list[SdqTotal] = []
        self.followups: list[FollowUp] = []
        self.begun: list[Begun] = []
        self.heard: list[Heard] = []
        self.goals: list[OwnGoal] = []
        days = (last - first).days
        for number in range(a_year * days // 365):
            self._live(f"e{number}", first + timedelta(days=self.random.randrange(days)))

    def facts(self) -> Facts:
        """Give everything that happened."""
        return Facts(
            tuple(self.episodes),
            tuple(self.observations),
            tuple(self.askings),
            tuple(self.sdq),
            tuple(self.followups),
            tuple(self.begun),
            tuple(self.heard),
            tuple(self.goals),
        )

    def _likely(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    def _pick(self, choices: Sequence[tuple[_Choice, int]]) -> _Choice:
        values, weights = zip(*choices, strict=True)
        chosen: _Choice = self.random.choices(values, weights)[0]
        return chosen

    def _live(self, key: str, accepted: date) -> None:
        ends = accepted + timedelta(days=self.random.randrange(60, 330))
        closed = ends if ends <= self.last else None
        episode = EpisodeFacts(
            key=key,
            commissioner=self._pick(_WHO),
            strand=self._pick(_STRANDS),
            lives=self._pick(_LIVES),
            accepted_on=accepted,
            closed_on=closed,
            close_reason=self._pick(_REASONS) if closed else None,
            age=self._pick(_AGES),
            staff=self._noted(accepted, closed),
            characteristics=self._given(),
        )
        self.episodes.append(episode)
        if episode.strand is Strand.DIRECT:
            self._answer(episode, "young-person", "star", _AREAS)
        if episode.strand is not Strand.CONSULTATION:
            self._answer(episode, "carer", "carer-star", _HOME)
        elif self._likely(60):
            self._view(episode)
        self._later(episode)
        self._speak(episode)
        self._set_goals(episode)

    def _noted(self, accepted: date, closed: date | None) -> StaffFacts:
        away = self._likely(25)
        return StaffFacts(
            unplanned_moves=int(self._likely(12)) + int(self._likely(3)),
            away_at_start=away,
            away_at_end=None if closed is None else away != (self._likely(8)),
            plan_on=accepted + timedelta(days=self.random.randrange(50))
            if self._likely(90)
            else None,
        )

    def _given(self) -> Mapping[str, str]:
        found = {}
        if self._likely(80):
            found["sex"] = self._pick((("male", 55), ("female", 44), ("another-way", 1)))
        return found

    def _answer(
        self, episode: EpisodeFacts, role: str, instrument: str, items: tuple[str, ...]
    ) -> None:
        who = f"{role} of {episode.key}"
        first = {item: self.random.choice((1, 2, 2, 3, 3, 3, 4, 4, 5)) for item in items}
        moments = [("start", episode.accepted_on + timedelta(days=7), first)]
        if episode.closed_on is not None:
            steps = (-1, 0, 0, 0, 1, 1, 1, 2)
            last = {
                item: min(5, max(1, value + self.random.choice(steps)))
                for item, value in first.items()
            }
            moments.append(("end", episode.closed_on - timedelta(days=5), last))
            moments.append(("6-months", episode.closed_on + timedelta(days=180), last))
        for wave, day, scores in moments:
            if day > self.last:
                continue
            outcome = self._pick(_OUTCOMES)
            self.askings.append(
                Asking(episode.key, who, role, instrument, wave, day, outcome.value)
            )
            answered = outcome is AskingOutcome.ANSWERED
            self.begun.append(
                Begun(
                    episode.key,
                    who,
                    episode.commissioner,
                    episode.strand,
                    episode.age,
                    day,
                    answered,
                    self.random.randrange(40, 300) if answered else None,
                )
            )
            if answered:
                said = {item: each for item, each in scores.items() if self._likely(94)}
                self.observations.append(
                    Observation(episode.key, who, role, instrument, 1, wave, day, said)
                )

    def _view(self, episode: EpisodeFacts) -> None:
        before = self.random.choice((1, 2, 3, 3, 4))
        scores = {
            "before": before,
            "now": min(5, before + self.random.choice((0, 1, 1, 2))),
            "listened": self.random.choice((3, 4, 5, 5)),
            "useful": self.random.choice((3, 4, 4, 5)),
            "recommend": self.random.choice((3, 4, 5, 5)),
        }
        self.observations.append(
            Observation(
                episode.key,
                f"adult of {episode.key}",
                "professional",
                "adult-view",
                1,
                "review",
                episode.accepted_on + timedelta(days=20),
                scores,
            )
        )

    def _later(self, episode: EpisodeFacts) -> None:
        if episode.closed_on is None:
            return
        for wave, days in (("3-months", 91), ("6-months", 182)):
            due = episode.closed_on + timedelta(days=days)
            if due <= self.last:
                outcome = self._pick(_LATER)
                self.followups.append(
                    FollowUp(
                        episode.key,
                        f"young-person of {episode.key}",
                        episode.commissioner,
                        episode.strand,
                        episode.age,
                        wave,
                        due,
                        self._likely(95),
                        outcome.value,
                    )
                )
        if self._likely(50):
            total = self.random.randrange(8, 26)
            change = self.random.choice((-6, -3, -1, 0, 2))
            for day, value in ((episode.accepted_on, total), (episode.closed_on, total + change)):
                self.sdq.append(SdqTotal(episode.key, "parent", day, value))

    def _speak(self, episode: EpisodeFacts) -> None:
        if episode.strand is Strand.DIRECT and self._likely(60):
            themes = frozenset(each for each in _THEMES if self._likely(30))
            day = episode.accepted_on + timedelta(days=30)
            self.heard.append(
                Heard(
                    f"young-person of {episode.key}",
                    episode.commissioner,
                    episode.strand,
                    episode.age,
                    day,
                    themes,
                )
            )

    def _set_goals(self, episode: EpisodeFacts) -> None:
        """Let somebody set a goal or two, by chances of their own: no other draw moves."""
        chance = Random(f"{self.seed}: goals of {episode.key}")  # noqa: S311 - made-up people, no secret
        if episode.strand is not Strand.DIRECT or chance.random() > _SET_GOALS:
            return
        first = episode.accepted_on + timedelta(days=chance.randrange(21))
        last = episode.closed_on
        for _ in range(chance.choice((1, 1, 2))):
            before = chance.randrange(1, 7)
            ratings = [GoalRating(first, before)]
            if last is not None and chance.random() < _RATED_AGAIN:
                after = min(10, max(0, before + chance.choice((-1, 0, 1, 2, 2, 3))))
                ratings.append(GoalRating(last, after))
            person = f"young-person of {episode.key}"
            self.goals.append(OwnGoal(episode.key, person, first, ratings=tuple(ratings)))


THEMES = tuple((each, each.replace("-", " ").capitalize()) for each in _THEMES)
"""The themes of the made-up service: short name and title."""
