"""The sums at the end of a made-up life: every due moment has one end, and nobody was pressed.

It reads what is stored and what the world remembers, and must not change anything.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

from bot.callbacks import parse
from outcomes.observation import Wave
from starling.simulation.watching import Watch
from storage import episodes, occasions, outbox, people
from storage.casework import Casework, Connection
from storage.episodes import SupportEpisode
from storage.occasions import Occasion, OccasionState
from storage.outbox import Delivery, Shown, Urgency
from storage.people import Person, Standing
from usecases import planning
from usecases.arrival import OccasionInput, RunInput
from usecases.service import Service

ENDS: Final = {
    OccasionState.ANSWERED: "answered",
    OccasionState.PART_ANSWERED: "half done",
    OccasionState.DECLINED: "declined",
    OccasionState.LAPSED: "lapsed",
    OccasionState.SUPPRESSED: "suppressed",
    OccasionState.UNDELIVERABLE: "undeliverable",
}
"""The ends by the names that the account uses; `answered` means to the end, and `half done`
those that were answered in part."""

STILL_OPEN: Final = "still open"
MOST_ASKED: Final = 3
"""Asked once and reminded twice."""

_ALL: Final = 1_000_000
_NEVER_TOLD: Final = (Delivery.CANCELLED, Delivery.FAILED, Delivery.BLOCKED)


@dataclass(frozen=True, slots=True)
class Accounts:
    """How every planned due moment ended, by wave, and what is wrong with that.

    `waves` counts by wave and end; `unknown` are askings of which nobody knows whether they
    arrived. `problems` are sentences, each with how often it is true; without one all is well.
    """

    planned: dict[str, int]
    waves: dict[str, dict[str, int]]
    askings: int
    unknown: int
    problems: dict[str, int]

    @property
    def total(self) -> dict[str, int]:
        """The ends of all waves together."""
        found: Counter[str] = Counter()
        for each in self.waves.values():
            found.update(each)
        return dict(found)

    @property
    def adds_up(self) -> bool:
        """Whether every planned due moment is counted under exactly one end."""
        sums = {wave: sum(ends.values()) for wave, ends in self.waves.items()}
        return sums == self.planned and not self.problems


@dataclass(slots=True)
class _Sums:
    """What is counted while the stored rows are read."""

    service: Service
    watch: Watch
    now: datetime
    must_end: bool
    planned: Counter[str] = field(default_factory=Counter)
    waves: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    askings: int = 0
    unknown: int = 0
    problems: Counter[str] = field(default_factory=Counter)

    def count_person(self, person: Person, due: Sequence[Occasion], shown: Sequence[Shown]) -> None:
        """Count the due moments of one person and how they were asked."""
        for occasion in due:
            self._count_occasion(occasion)
        asked = [each for each in shown if each.outgoing.urgency is Urgency.ASKING]
        self.askings += len(asked)
        self.unknown += sum(each.state is Delivery.UNKNOWN for each in asked)
        told = [each for each in asked if each.state not in _NEVER_TOLD]
        self._check_hours(person, told)
        self._check_number(person, due, told)

    def _count_occasion(self, occasion: Occasion) -> None:
        self.planned[occasion.wave] += 1
        end = ENDS.get(occasion.state, STILL_OPEN)
        self.waves[occasion.wave][end] += 1
        ended = (occasion.ended_at is not None, occasion.next_at is None)
        if occasion.state.over:
            self.note_problem(
                ended != (True, True), "A due moment has ended, and the clock looks on."
            )
        else:
            self.note_problem(any(ended), "A due moment has not ended, and the clock forgot it.")
            late = occasion.window_ends_at <= self.now or self.must_end
            self.note_problem(late, "A due moment was never ended.")
        begun = occasion.state in (OccasionState.ANSWERED, OccasionState.PART_ANSWERED)
        self.note_problem(
            begun and occasion.run_id is None, "Something was answered that never began."
        )

    def _check_hours(self, person: Person, told: Iterable[Shown]) -> None:
        """Nobody is asked in quiet hours, whatever part of the week they chose."""
        own = replace(person.own_time, suits=None, at_most_days=1)
        for each in told:
            allowed = self.service.rhythm.allowed(own, each.made_at)
            self.note_problem(allowed > each.made_at, "Somebody was asked in quiet hours.")

    def _check_number(self, person: Person, due: Sequence[Occasion], told: Iterable[Shown]) -> None:
        """Nobody is asked too often about one thing, or about two things on one day."""
        by_run = {each.run_id: each.id for each in due if each.run_id is not None}
        number: Counter[str] = Counter()
        days: dict[date, set[str]] = defaultdict(set)
        for each in told:
            occasion = _about(each, by_run)
            if occasion is None:
                self.note_problem(True, "Somebody was asked about nothing that is planned.")
                continue
            number[occasion] += 1
            days[self.service.rhythm.local(each.made_at).date()].add(occasion)
        anew = self.watch.anew[person.id]
        for occasion, times in number.items():
            most = MOST_ASKED + self.watch.put_off[occasion] + anew
            self.note_problem(times > most, "Somebody was asked too often about one thing.")
        for different in days.values():
            too_many = len(different) > 1 and not anew
            self.note_problem(too_many, "Somebody was asked about two things on one day.")

    def check_plan(self, person: Person, episode: SupportEpisode, due: Iterable[Occasion]) -> None:
        """Whoever answers is planned for everything that the rhythm names.

        Who joined after the end is asked nothing about it, and who was away for a while may have
        missed something for good.
        """
        who = planning.circumstances(person, episode)
        day = episode.closed_on
        planned = {each.wave for each in due if each.episode_id == episode.id}
        if not planned or self.watch.anew[person.id]:
            return
        if day is None:
            wanted = {each.wave for each in self.service.rhythm.at_joining(who, episode.opened_on)}
        else:
            wanted = {each.wave for each in self.service.rhythm.at_closing(who, day)}
        self.note_problem(
            not wanted <= planned, "Something that the rhythm names was never planned."
        )

    def note_problem(self, is_wrong: bool, sentence: str) -> None:  # noqa: FBT001 (a condition)
        """Count a sentence about what must not be, where it is true."""
        if is_wrong:
            self.problems[sentence] += 1


def _about(shown: Shown, by_run: dict[str, str]) -> str | None:
    """Return the due moment that a message asks about: its buttons name it, or its run."""
    for row in shown.outgoing.rows:
        for button in row:
            given = parse(button.data)
            if isinstance(given, OccasionInput):
                return given.occasion
            if isinstance(given, RunInput):
                return by_run.get(given.run)
    return None


async def settle_accounts(
    service: Service, watch: Watch, now: datetime, *, must_end: bool
) -> Accounts:
    """Return the account of everything that was planned up to now.

    must_end: whether everything must have come to its end.
    """
    sums = _Sums(service, watch, now, must_end)
    for sentence in watch.problems:
        sums.problems[sentence] += 1
    await service.lane.read(lambda connection: _count_all(sums, connection))
    return Accounts(
        planned=dict(sums.planned),
        waves={wave.value: dict(sums.waves[wave.value]) for wave in Wave if wave in sums.planned},
        askings=sums.askings,
        unknown=sums.unknown,
        problems=dict(sums.problems),
    )


def _everybody(sums: _Sums, work: Casework) -> list[str]:
    """Return whoever the world knows to be invited, and whoever is stored, left ones too."""
    listed = episodes.list_all(work, most=_ALL)
    answering = episodes.participations_in(work, [each.id for each in listed])
    stored = {each.participant_id for people in answering.values() for each in people}
    sums.note_problem(not stored <= sums.watch.invited, "Somebody was invited twice.")
    return sorted(stored | sums.watch.invited)


def _count_all(sums: _Sums, connection: Connection) -> None:
    work = sums.service.open(connection)
    for participant in _everybody(sums, work):
        person = people.load_person(work, participant)
        if person is None:
            sums.problems["Somebody who was invited is gone."] += 1
            continue
        due = occasions.of_participant(work, participant)
        sums.count_person(person, due, outbox.of_participant(work, participant))
        if person.standing is Standing.JOINED and due:
            for episode in episodes.episodes_of(work, participant):
                sums.check_plan(person, episode, due)
