"""What must be true of all counting, whatever a service looks like: no figure is trusted here."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.counting.flow import Missing, Stage
from outcomes.episode import AgeBand, Axis, Commissioner, Strand
from outcomes.facts import Facts, GoalRating
from outcomes.measures.measure import Cadence, Direction, Measure
from outcomes.quarter import Period, Quarter, quarters_of
from outcomes.raw import Group, Part, RawTables
from outcomes.reliable import Norm, change_of
from tests.outcomes.caseload import (
    EVERYTHING,
    Q3,
    YEAR,
    Life,
    below,
    count,
    fingerprint,
    lives,
    rate,
    services,
    step,
)

PERIODS: st.SearchStrategy[Period] = st.sampled_from((Q3, YEAR))
_SOME = settings(max_examples=20, deadline=None)
_FEW = settings(max_examples=10, deadline=None)


@_SOME
@given(services())
def test_better_worse_and_unchanged_are_all_who_were_compared(facts: Facts) -> None:
    raw = count(facts)
    unchanged = {f"{level}>{level}" for level in range(1, 6)}
    table = raw.tables["star/young-person:feelings"]
    same = table.count(unchanged, tuple(Commissioner))
    better, room = rate(raw, "M05")
    worse, _ = rate(raw, "M05w")
    held, at_top = rate(raw, "M05s")
    compared = raw.count("star/young-person:feelings.compared", tuple(Commissioner))
    assert better + worse + same == compared == room + at_top
    assert held <= same


@_SOME
@given(services(), PERIODS)
def test_every_unpaired_piece_of_support_has_one_reason(facts: Facts, period: Period) -> None:
    raw = count(facts, period)
    for flow in ("star/young-person", "carer-star/carer"):
        reasons = sum(step(raw, each, flow) for each in Missing)
        assert step(raw, Stage.ELIGIBLE, flow) - step(raw, Stage.PAIRED, flow) == reasons


@_FEW
@given(services())
def test_the_four_quarters_add_up_to_the_year(facts: Facts) -> None:
    year = fingerprint(count(facts, YEAR))
    total: Counter[tuple[str, Commissioner]] = Counter()
    for quarter in quarters_of(YEAR):
        total.update(fingerprint(count(facts, quarter)))
    of_quarters = fingerprint(count(facts, Q3))
    shared = of_quarters.keys() & year.keys()
    assert {place: total[place] for place in shared} == {place: year[place] for place in shared}
    alone = {row for row, _ in of_quarters.keys() - shared}
    assert {"open", "M06.Feelings.only-first", "people-who-began:ended.completed-and-timed"} | {
        f"star/young-person:{item}.compared"
        for item in ("body", "home", "safety", "people", "friends", "belief", "learning")
    } == alone


@_SOME
@given(services(), PERIODS)
def test_the_commissioners_add_up_to_the_whole(facts: Facts, period: Period) -> None:
    raw = count(facts, period)
    for row in raw.rows:
        parts = sum(raw.count(row, {each}) for each in Commissioner)
        assert raw.count(row, tuple(Commissioner)) == parts


def renamed(facts: Facts) -> Facts:
    """The same service with a new pseudonym for everybody."""
    return Facts(
        tuple(replace(each, key=f"new {each.key}") for each in facts.episodes),
        tuple(
            replace(each, episode=f"new {each.episode}", respondent=each.respondent[::-1])
            for each in facts.observations
        ),
        tuple(
            replace(each, episode=f"new {each.episode}", respondent=each.respondent[::-1])
            for each in facts.askings
        ),
        tuple(replace(each, episode=f"new {each.episode}") for each in facts.sdq),
        tuple(replace(each, person=each.person[::-1]) for each in facts.followups),
        tuple(replace(each, person=each.person[::-1]) for each in facts.begun),
        tuple(replace(each, person=each.person[::-1]) for each in facts.heard),
        tuple(
            replace(each, episode=f"new {each.episode}", person=each.person[::-1])
            for each in facts.goals
        ),
    )


@_SOME
@given(services(), st.randoms(use_true_random=False), PERIODS)
def test_the_order_of_people_and_their_pseudonyms_change_nothing(
    facts: Facts, order: st.DataObject, period: Period
) -> None:
    other = renamed(facts)
    shuffled = {}
    for name in (each.name for each in fields(Facts)):
        records = list(getattr(other, name))
        order.shuffle(records)  # type: ignore[attr-defined]  # a seeded random.Random
        shuffled[name] = tuple(records)
    before, after = count(facts, period), count(Facts(**shuffled), period)
    assert fingerprint(before) == fingerprint(after)
    assert [each.values for each in before.medians] == [each.values for each in after.medians]


@_SOME
@given(services(), lives("another"), st.integers(0, 9))
def test_somebody_without_two_answers_changes_no_comparison(
    facts: Facts, life: Life, kept: int
) -> None:
    first = [each for each in life.observations if each.wave == "start"]
    more = replace(
        facts,
        episodes=(*facts.episodes, life.facts),
        observations=(*facts.observations, *first[:kept]),
    )
    before, after = count(facts), count(more)
    compared = below(before, Part("star/young-person", "paired"))
    compared |= below(before, Part("carer-star/carer", "paired"))
    assert len(compared) == 9
    for name in compared:
        assert list(before.tables[name].entries()) == list(after.tables[name].entries())


def turned(measures: tuple[Measure, ...]) -> tuple[Measure, ...]:
    lower = Direction.LOWER_IS_BETTER
    return tuple(replace(each, scale=replace(each.scale, direction=lower)) for each in measures)


@_SOME
@given(services(), PERIODS)
def test_turning_the_scale_and_mirroring_the_answers_changes_nothing(
    facts: Facts, period: Period
) -> None:
    mirrored = replace(
        facts,
        observations=tuple(
            replace(each, scores={item: 6 - score for item, score in each.scores.items()})
            for each in facts.observations
        ),
        goals=tuple(
            replace(each, ratings=tuple(GoalRating(one.on, 10 - one.value) for one in each.ratings))
            for each in facts.goals
        ),
    )
    before = count(facts, period)
    after = count(mirrored, period, turned(EVERYTHING))
    assert fingerprint(before) == fingerprint(after)


NORM = Norm("made-up", 1, "parent", spread=6.0, reliability=0.8, source="made up for a test")


@given(st.integers(0, 40), st.integers(0, 40), st.integers(-50, 50), st.booleans())
def test_a_constant_added_to_both_scores_changes_no_reliable_change(
    first: int,
    last: int,
    constant: int,
    higher: bool,  # noqa: FBT001 - which way is better
) -> None:
    moved = change_of(first + constant, last + constant, NORM, higher_is_better=higher)
    assert change_of(first, last, NORM, higher_is_better=higher) == moved


@_SOME
@given(services(), PERIODS)
def test_the_tables_are_a_tree_in_which_everybody_is_once(facts: Facts, period: Period) -> None:
    raw = count(facts, period)
    for table in raw.tables.values():
        boxes: Counter[object] = Counter()
        for box, label, people in table.entries():
            assert label in table.classes
            assert box.quarter in quarters_of(raw.period) or "ago" in table.name or table.parent
            boxes[box] += people
        if table.parent is None:
            continue
        above = raw.tables[table.parent.table]
        assert table.parent.label in above.classes
        parents = {box: each for box, label, each in above.entries() if label == table.parent.label}
        assert parents == dict(boxes)


def _people_of(facts: Facts, period: Period) -> dict[str, set[tuple[str, Quarter]]]:
    """Who could stand in which quarter, by the populations whose rows are people."""
    dated: dict[str, list[tuple[str, date]]] = {
        "people-who-began": [(each.person, each.on) for each in facts.begun],
        "people-asked-later": [
            (each.person, each.due_on) for each in facts.followups if each.wave != "end"
        ],
        "heard": [(each.person, each.on) for each in facts.heard],
    }
    for role in ("professional", "carer"):
        dated[f"adult-view/{role}"] = [
            (each.respondent, each.on)
            for each in facts.observations
            if (each.instrument, each.role) == ("adult-view", role) and each.wave != "start"
        ]
    return {
        name: {(who, Quarter.containing(day)) for who, day in days if day in period}
        for name, days in dated.items()
    }


@settings(max_examples=40, deadline=None)
@given(services(), PERIODS)
def test_a_row_of_a_population_is_one_person_however_busy_they_were(
    facts: Facts, period: Period
) -> None:
    raw = count(facts, period)
    for name, people in _people_of(facts, period).items():
        rows: Counter[Quarter] = Counter()
        for box, _, counted in raw.tables[name].entries():
            rows[box.quarter] += counted
        assert Counter(quarter for _, quarter in people) == rows, name


@_SOME
@given(services(), PERIODS)
def test_whatever_is_done_again_makes_nobody_into_two(facts: Facts, period: Period) -> None:
    """Everything that people began, answered or were due for comes twice: the same people stand."""
    twice = replace(
        facts,
        observations=facts.observations * 2,
        followups=facts.followups * 2,
        begun=facts.begun * 2,
    )
    before, after = count(facts, period), count(twice, period)
    for name in _people_of(facts, period):
        assert list(before.tables[name].entries()) == list(after.tables[name].entries()), name


def _group_keys(raw: RawTables) -> set[Axis]:
    return {each.group.axis for each in raw.rows.values() if each.group}


@_FEW
@given(services())
def test_the_lines_of_a_breakdown_add_up_and_no_two_are_crossed(facts: Facts) -> None:
    raw = count(facts, YEAR)
    values = {Axis.AGE: tuple(AgeBand), Axis.STRAND: tuple(Strand)}
    broken_down = {(one.measure.id, one.measure.area) for one in raw.rates if one.group}
    broken_down |= {(one.measure.id, one.measure.area) for one in raw.counts if one.group}
    assert {
        (each.id, each.area) for each in EVERYTHING if each.breakdown and not each.missing
    } == broken_down
    for each in raw.rates:
        if each.group is None and each.measure.breakdown:
            axis = each.measure.breakdown
            lines = [
                one
                for one in raw.rates
                if one.measure is each.measure
                and one.group in [Group(axis, (value.value,)) for value in values[axis]]
            ]
            assert len(lines) == len(values[axis])
            for part in ("numerator", "denominator"):
                whole = raw.count(getattr(each, part), tuple(Commissioner))
                parts = [raw.count(getattr(one, part), tuple(Commissioner)) for one in lines]
                assert sum(parts) == whole
    assert not _group_keys(count(facts, Q3))


def test_each_release_holds_only_the_measures_of_its_kind() -> None:
    for period, cadence in ((Q3, Cadence.QUARTER), (YEAR, Cadence.YEAR)):
        raw = count(Facts(()), period)
        assert all(cadence in each.cadence for each in raw.measures)
    assert not count(Facts(()), YEAR).means
    assert not count(Facts(()), YEAR).medians
