"""A unit of work on a database for one test, and a few rows that others need to stand on."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from storage import episodes, occasions, people
from storage.casework import Casework, Opener
from storage.database import run_once
from storage.episodes import SupportEpisode
from storage.occasions import Occasion, OccasionState
from storage.participants import NewPerson, add_participant
from storage.people import Person
from storage.sequence import Sequence, new_id
from storage.vault import Vault
from surveys.people import AgeBand, Role

T = TypeVar("T")

NOW = datetime(2026, 9, 22, 16, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@dataclass
class Room:
    """One database; every `do` is a transaction of its own."""

    url: str
    opener: Opener = field(init=False)

    def __post_init__(self) -> None:
        """Make keys and ids that are the same in every run."""
        chance = random.Random(7).randbytes  # noqa: S311 (no secret depends on them)
        self.opener = Opener(Vault([b"k" * 32], chance), Sequence(1), chance)

    def do(self, work: Callable[[Casework], T]) -> T:
        """Run work in a transaction, with all that it gathers."""

        def and_flush(casework: Casework) -> T:
            result = work(casework)
            casework.flush()
            return result

        return run_once(self.url, lambda connection: and_flush(self.opener(connection)))

    def somebody(self) -> Person:
        """Add a participant."""
        new = NewPerson(Role.YOUNG_PERSON, AgeBand.TWELVE_TO_FIFTEEN, None)
        return self.person(self.do(lambda work: add_participant(work, new, NOW)))

    def person(self, participant: str) -> Person:
        """Return somebody as they stand now."""
        found = self.do(lambda work: people.load_person(work, participant))
        assert found is not None
        return found

    def support(self, case: str = "T-1") -> SupportEpisode:
        """Add a support episode."""

        def add(work: Casework) -> SupportEpisode:
            episode = SupportEpisode(
                id=new_id(work.entropy),
                key=new_id(work.entropy),
                child_id=episodes.find_or_add_child(work, case, NOW),
                commissioner="derby-city",
                strand="direct",
                intervention="theraplay",
                lives="foster",
                opened_on=date(2026, 9, 1),
                closed_on=None,
                close_reason=None,
            )
            episodes.add(work, episode)
            return episode

        return self.do(add)

    def due(
        self, person: Person, episode: SupportEpisode, at: datetime, number: int = 1
    ) -> Occasion:
        """Add a due moment."""
        occasion = Occasion(
            id=f"moment-{number}",
            participant_id=person.id,
            participant_key=person.key,
            episode_id=episode.id,
            episode_key=episode.key,
            role=person.role.value,
            instrument="check-in",
            wave="review",
            round=number,
            state=OccasionState.PLANNED,
            local_time="2026-09-22T16:00",
            zone="Europe/London",
            due_at=at,
            window_ends_at=at + 21 * DAY,
            next_at=at,
            reminders=0,
            offered_at=None,
            ended_at=None,
            run_id=None,
        )
        self.do(lambda work: occasions.plan(work, [occasion]))
        return occasion
