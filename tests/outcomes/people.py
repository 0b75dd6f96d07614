"""Made-up support episodes and answers, written the way a sentence would say them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from outcomes.definitions import Measure
from outcomes.episode import CloseReason, Commissioner, EpisodeFacts, Lives, Strand
from outcomes.measures import AREAS, HOME_AREAS, MEASURES, Quarter, tabulate
from outcomes.observation import Asking, Observation
from outcomes.tables import RawTables

Q3 = Quarter.parse("2026/27-Q3")
OPENED = date(2026, 6, 1)
CLOSED = date(2026, 11, 20)
DERBY, COUNTY, OTHER = Commissioner


def episode(key: str = "e1", commissioner: Commissioner = DERBY, **changes: object) -> EpisodeFacts:
    """A direct piece of support for a child in foster care, ended as planned in the quarter."""
    facts = EpisodeFacts(
        key, commissioner, Strand.DIRECT, Lives.FOSTER, OPENED, CLOSED, CloseReason.PLANNED
    )
    return replace(facts, **changes)  # type: ignore[arg-type]  # any field, by name


def answer(
    episode: str = "e1",
    on: date = OPENED,
    scores: Mapping[str, int] | None = None,
    **changes: object,
) -> Observation:
    """One star of a young person, feelings in the middle."""
    said = Observation(
        episode=episode,
        respondent=f"child of {episode}",
        role="young-person",
        instrument="star",
        version=1,
        wave="start",
        on=on,
        scores={"feelings": 3} if scores is None else scores,
    )
    return replace(said, **changes)  # type: ignore[arg-type]  # any field, by name


def asking(
    episode: str = "e1", on: date = OPENED, outcome: str = "no-reply", **changes: object
) -> Asking:
    """One time a young person was asked for a star."""
    asked = Asking(episode, f"child of {episode}", "young-person", "star", "start", on, outcome)
    return replace(asked, **changes)  # type: ignore[arg-type]  # any field, by name


def every_area(value: int) -> dict[str, int]:
    return dict.fromkeys(AREAS, value)


def every_home_area(value: int) -> dict[str, int]:
    return dict.fromkeys(HOME_AREAS, value)


@dataclass
class Service:
    """A made-up service, filled child by child."""

    episodes: list[EpisodeFacts] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    askings: list[Asking] = field(default_factory=list)

    def children(
        self,
        count: int,
        commissioner: Commissioner,
        first: Mapping[str, int] | None = None,
        last: Mapping[str, int] | None = None,
        **changes: object,
    ) -> Service:
        """Add children who answered like this at the start and at the end; None: did not answer."""
        for _ in range(count):
            key = f"e{len(self.episodes)}"
            self.episodes.append(episode(key, commissioner, **changes))
            self._answers(key, "young-person", "star", first, last)
        return self

    def carers(
        self,
        count: int,
        commissioner: Commissioner,
        first: Mapping[str, int] | None = None,
        last: Mapping[str, int] | None = None,
        **changes: object,
    ) -> Service:
        """Add episodes whose carers answered like this at the start and at the end."""
        for _ in range(count):
            key = f"e{len(self.episodes)}"
            self.episodes.append(episode(key, commissioner, strand=Strand.CARERS, **changes))
            self._answers(key, "carer", "carer-star", first, last)
        return self

    def _answers(
        self,
        key: str,
        role: str,
        instrument: str,
        first: Mapping[str, int] | None,
        last: Mapping[str, int] | None,
    ) -> None:
        for wave, on, scores in (
            ("start", OPENED + timedelta(days=3), first),
            ("end", CLOSED - timedelta(days=3), last),
        ):
            who = f"{role} of {key}"
            outcome = "no-reply" if scores is None else "answered"
            self.askings.append(Asking(key, who, role, instrument, wave, on, outcome))
            if scores is not None:
                self.observations.append(
                    Observation(key, who, role, instrument, 1, wave, on, dict(scores))
                )

    def counted(self, measures: Sequence[Measure] = MEASURES, quarter: Quarter = Q3) -> RawTables:
        """Count everything the measures need."""
        return tabulate(measures, self.episodes, self.observations, self.askings, quarter)


def only(*ids: str) -> tuple[Measure, ...]:
    """Some of the measures, by their ids."""
    return tuple(each for each in MEASURES if each.id in ids)


def count_of(
    raw: RawTables, measure: str, commissioners: Iterable[Commissioner] = Commissioner
) -> tuple[int, int]:
    """The true numerator and denominator of a rate: tests may look, formats may not."""
    for family in raw.families:
        for rate in family.rates:
            if rate.measure.id == measure:
                who = tuple(commissioners)
                return family.count(rate.numerator, who), family.count(rate.denominator, who)
    raise LookupError(measure)


def step_count(
    raw: RawTables, step: str, commissioners: Iterable[Commissioner] = Commissioner
) -> int:
    """The true count of one step of the young people's flow."""
    family = raw.families[0]
    row = next(each.row for each in family.steps if each.name == step)
    return family.count(row, tuple(commissioners))
