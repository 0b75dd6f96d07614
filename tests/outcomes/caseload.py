"""A made-up service for counting: pieces of support in every box, with all that may be known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from hypothesis import strategies as st

from outcomes.counting.tally import count_period
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
from outcomes.measures.catalogue import AREAS, MEASURES, theme_measures
from outcomes.measures.characteristics import VALUES
from outcomes.measures.measure import Measure
from outcomes.measures.recipe import HOME_ITEMS
from outcomes.observation import Asking, AskingOutcome, Observation
from outcomes.quarter import Period, Quarter, Year
from outcomes.raw import Part, RawTables

Q3 = Quarter.parse("2026/27-Q3")
YEAR = Year.parse("2026/27")
OPENED = date(2026, 6, 1)
CLOSED = date(2026, 11, 20)
DERBY, COUNTY, OTHER = Commissioner
THEMES = (("calls-back", "Somebody calls back"), ("quiet-room", "A quiet room"))
EVERYTHING = (*MEASURES, *theme_measures(THEMES))


def support(key: str = "e1", /, **changes: object) -> EpisodeFacts:
    """Direct support for a child of twelve in foster care, ended as planned in the quarter."""
    facts = EpisodeFacts(
        key,
        DERBY,
        Strand.DIRECT,
        Lives.FOSTER,
        OPENED,
        CLOSED,
        CloseReason.PLANNED,
        AgeBand.TO_FIFTEEN,
    )
    return replace(facts, **changes)  # type: ignore[arg-type]  # any field, by name


def star(
    facts: EpisodeFacts, days: int, scores: Mapping[str, int], wave: str = "end"
) -> Observation:
    """What the child answered so many days after the start (or, in another wave, the end)."""
    assert facts.closed_on
    day = facts.accepted_on if wave == "start" else facts.closed_on
    on = day + timedelta(days=days)
    return Observation(facts.key, f"child {facts.key}", "young-person", "star", 1, wave, on, scores)


def home(
    facts: EpisodeFacts, scores: Mapping[str, int], wave: str, who: str = "carer"
) -> Observation:
    """What a carer answered on the day of the start or of the end."""
    assert facts.closed_on
    on = facts.accepted_on if wave == "start" else facts.closed_on
    who = f"{who} of {facts.key}"
    return Observation(facts.key, who, "carer", "carer-star", 1, wave, on, scores)


def only(*ids: str) -> tuple[Measure, ...]:
    """Some of the measures, by their ids."""
    return tuple(each for each in EVERYTHING if each.id in ids)


def count(facts: Facts, period: Period = Q3, measures: Sequence[Measure] = EVERYTHING) -> RawTables:
    """Count a period."""
    return count_period(measures, facts, period)


def rate(
    raw: RawTables,
    measure: str,
    commissioners: Iterable[Commissioner] = Commissioner,
    area: str | None = None,
) -> tuple[int, int]:
    """The true numerator and denominator of a share: tests may look, formats may not."""
    for each in raw.rates:
        if each.measure.id == measure and each.group is None and area in (None, each.measure.area):
            who = tuple(commissioners)
            return raw.count(each.numerator, who), raw.count(each.denominator, who)
    raise LookupError(measure)


def step(raw: RawTables, name: str, flow: str = "star/young-person") -> int:
    """The true count of one line of a flow."""
    found = next(each for each in raw.steps if (each.flow, each.name) == (flow, name))
    return raw.count(found.row, tuple(Commissioner))


def fingerprint(raw: RawTables) -> dict[tuple[str, Commissioner], int]:
    """Every row by commissioner."""
    return {
        (row, commissioner): raw.count(row, {commissioner})
        for row in raw.rows
        for commissioner in Commissioner
    }


def below(raw: RawTables, part: Part) -> set[str]:
    """Name the tables that sort the people of one class, directly or further down."""
    found = {each.name for each in raw.tables.values() if each.parent == part}
    deeper = {
        each.name for each in raw.tables.values() if each.parent and each.parent.table in found
    }
    return found | deeper


VIEWS = ("before", "now", "listened", "useful", "recommend")
VALUES_OF_SCALE = st.integers(1, 5)
DAYS = st.dates(date(2025, 4, 1), date(2027, 6, 30))


def _answers(items: Iterable[str]) -> st.SearchStrategy[dict[str, int]]:
    return st.dictionaries(st.sampled_from(tuple(items)), VALUES_OF_SCALE, max_size=4)


@dataclass(frozen=True)
class Life:
    """One piece of support and everything that was said, asked and noted in it."""

    facts: EpisodeFacts
    observations: tuple[Observation, ...]
    askings: tuple[Asking, ...]
    sdq: tuple[SdqTotal, ...]
    goals: tuple[OwnGoal, ...]


@st.composite
def _facts_of(draw: st.DrawFn, key: str) -> EpisodeFacts:
    opened = draw(DAYS)
    length = draw(st.none() | st.integers(0, 300))
    closed = None if length is None else opened + timedelta(days=length)
    noted = st.none() | st.booleans()

    def day_after(start: date) -> date | None:
        days = draw(st.none() | st.integers(0, 120))
        return None if days is None else start + timedelta(days=days)

    staff = StaffFacts(
        unplanned_moves=draw(st.none() | st.integers(0, 2)),
        away_at_start=draw(noted),
        away_at_end=draw(noted),
        plan_on=day_after(opened),
        back_on=day_after(closed or opened),
    )
    given = {each.value: st.sampled_from(VALUES[each]) for each in VALUES}
    return EpisodeFacts(
        key,
        draw(st.sampled_from(Commissioner)),
        draw(st.sampled_from(Strand)),
        draw(st.sampled_from(Lives)),
        opened,
        closed,
        None if closed is None else draw(st.sampled_from(CloseReason)),
        draw(st.sampled_from(AgeBand)),
        staff,
        draw(st.fixed_dictionaries({}, optional=given)),
    )


@st.composite
def lives(draw: st.DrawFn, key: str) -> Life:
    """One life: answers at the start, at the end and later, askings, totals."""
    facts = draw(_facts_of(key))
    end = facts.closed_on or facts.accepted_on
    moments = (("start", facts.accepted_on, 10), ("end", end, 10), ("6-months", end, 190))
    observations = []
    askings = []
    # Adults may work with several children: the same ones answer about our help in many lives.
    for role, instrument, items, people, whose in (
        ("young-person", "star", AREAS, 1, f" of {key}"),
        ("carer", "carer-star", HOME_ITEMS, 2, f" of {key}"),
        ("carer", "adult-view", VIEWS, 2, ""),
        ("professional", "adult-view", VIEWS, 2, ""),
    ):
        for wave, day, after in moments:
            who = f"{role} {draw(st.integers(1, people))}{whose}"
            on = day + timedelta(days=draw(st.integers(-5, 5)) + after)
            outcome = draw(st.sampled_from(AskingOutcome))
            askings.append(Asking(key, who, role, instrument, wave, on, outcome))
            scores = draw(_answers(items))
            if scores:
                observations.append(Observation(key, who, role, instrument, 1, wave, on, scores))
    informants = st.sampled_from(("parent", "teacher", "self"))
    totals = draw(
        st.dictionaries(
            st.tuples(informants, st.integers(-100, 400)), st.integers(0, 40), max_size=3
        )
    )
    sdq = tuple(
        SdqTotal(key, informant, facts.accepted_on + timedelta(days=days), total)
        for (informant, days), total in totals.items()
    )
    goals = draw(st.lists(_goals(key, facts.accepted_on, end), max_size=2))
    return Life(facts, tuple(observations), tuple(askings), sdq, tuple(goals))


@st.composite
def _goals(draw: st.DrawFn, key: str, accepted: date, end: date) -> OwnGoal:
    """A goal of one of two young people, with ratings around the start and the end."""
    days = st.sampled_from((accepted, end)).flatmap(
        lambda day: st.integers(-50, 50).map(lambda days: day + timedelta(days=days))
    )
    rated = sorted(draw(st.lists(days, max_size=3)))
    return OwnGoal(
        key,
        f"young person {draw(st.integers(1, 2))} of {key}",
        rated[0] if rated else draw(days),
        draw(st.none() | days),
        draw(st.booleans()),
        tuple(GoalRating(on, draw(st.integers(0, 10))) for on in rated),
    )


@st.composite
def services(draw: st.DrawFn, most: int = 7) -> Facts:
    """A small service with everything that measures look at."""
    everybody = [draw(lives(f"e{number}")) for number in range(draw(st.integers(0, most)))]
    boxes = st.tuples(
        st.sampled_from(Commissioner), st.sampled_from(Strand), st.sampled_from(AgeBand)
    )
    waves = st.sampled_from(("end", "3-months", "6-months"))
    people = st.sampled_from(("p1", "p2", "p3"))
    followups = [
        FollowUp("e", draw(people), *draw(boxes), draw(waves), draw(DAYS), draw(st.booleans()),
                 draw(st.sampled_from(AskingOutcome)))
        for _ in range(draw(st.integers(0, most)))
    ]  # fmt: skip
    begun = [
        Begun("e", draw(people), *draw(boxes), draw(DAYS), draw(st.booleans()),
              draw(st.none() | st.integers(5, 900)))
        for _ in range(draw(st.integers(0, most)))
    ]  # fmt: skip
    slugs = tuple(slug for slug, _ in THEMES)
    heard = [
        Heard(f"p{number}", *draw(boxes), draw(DAYS),
              draw(st.frozensets(st.sampled_from(slugs))))
        for number in range(draw(st.integers(0, most)))
    ]  # fmt: skip
    return Facts(
        episodes=tuple(each.facts for each in everybody),
        observations=tuple(one for each in everybody for one in each.observations),
        askings=tuple(one for each in everybody for one in each.askings),
        sdq=tuple(one for each in everybody for one in each.sdq),
        followups=tuple(followups),
        begun=tuple(begun),
        heard=tuple(heard),
        goals=tuple(one for each in everybody for one in each.goals),
    )
