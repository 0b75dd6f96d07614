"""Tables of a few people, written down by hand or drawn, for tests of protection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from outcomes.episode import AgeBand, Audience, Axis, Commissioner, Strand
from outcomes.measures.catalogue import MEASURES
from outcomes.measures.measure import Measure, Sensitivity, Statistic
from outcomes.protection.policy import DisclosurePolicy
from outcomes.quarter import Quarter
from outcomes.raw import EVERYBODY, Box, Count, Group, Part, Rate, RawTable, RawTables, Row

DERBY, COUNTY, OTHER = Commissioner
Q3 = Quarter(2026, 3)
YES, NO = "yes", "no"

ROUNDED = DisclosurePolicy(
    name="rounded",
    plain_words="Counts below 3 are withheld, others go to the nearest 3.",
    threshold=3,
    zero_is_withheld=True,
    base=3,
    width=2,
    insider_width=2,
    class_size=5,
    least_for_statistics=4,
    least_for_spread=6,
)
"""The rules of nhs5, in small."""
EXACT = DisclosurePolicy(
    name="exact",
    plain_words="1 and 2 are withheld, others are exact.",
    threshold=3,
    zero_is_withheld=False,
    base=1,
    width=2,
    insider_width=1,
    class_size=5,
    least_for_statistics=4,
    least_for_spread=6,
)
"""The rules of dfe_c, in small."""

Counts = Mapping[tuple[Commissioner, str], int]


def made_up(
    name: str, statistic: Statistic, sensitivity: Sensitivity = Sensitivity.ORDINARY
) -> Measure:
    """A measure of its own, with the recipe of one that exists: nothing is counted by it here."""
    like = next(each for each in MEASURES if each.statistic is statistic and not each.missing)
    return replace(
        like,
        id=name,
        area="Total",
        title=f"Made-up measure {name}",
        sensitivity=sensitivity,
        breakdown=None,
        footprints=tuple(Audience),
        outcomes=(),
    )


ALL = made_up("T01", Statistic.COUNT)
SHARE = made_up("T02", Statistic.RATE)
PRIVATE = made_up("T03", Statistic.RATE, Sensitivity.SENSITIVE)


def said_yes_or_no(
    counts: Counts, *, share: Measure = SHARE, no_is_shown: bool = True, also_alone: bool = False
) -> RawTables:
    """People of each commissioner who said yes or no: how many there are, and how many said what.

    With `also_alone` a table below counts those who said yes once more.
    """
    boxes = {
        (Box(owner, Q3, AgeBand.TO_TEN, Strand.DIRECT), label): count
        for (owner, label), count in counts.items()
    }
    everybody: dict[tuple[Box, str], int] = {}
    for (box, _), count in boxes.items():
        everybody[box, EVERYBODY] = everybody.get((box, EVERYBODY), 0) + count
    yes = {(box, "again"): count for (box, label), count in boxes.items() if label == YES}
    tables = [
        RawTable("closed", None, (EVERYBODY,), everybody),
        RawTable("said", Part("closed", EVERYBODY), (YES, NO), boxes),
        *([RawTable("below", Part("said", YES), ("again",), yes)] if also_alone else []),
    ]
    rows = [
        Row("closed", "closed", frozenset({EVERYBODY})),
        Row("said.yes", "said", frozenset({YES})),
        *([Row("said.no", "said", frozenset({NO}))] if no_is_shown else []),
        Row("said", "said", frozenset({YES, NO})),
        *([Row("below", "below", frozenset({"again"}))] if also_alone else []),
    ]
    rates = [Rate(share, "said.yes", "said")]
    counted = [Count(ALL, "closed")]
    if no_is_shown:
        counted.append(Count(made_up("T04", Statistic.COUNT), "said.no"))
    if also_alone:
        counted.append(Count(made_up("T05", Statistic.COUNT), "below"))
    measures = [share, *(each.measure for each in counted)]
    return RawTables(Q3, measures, tables=tables, rows=rows, counts=counted, rates=rates)


def by_age(counts: Mapping[tuple[Commissioner, AgeBand], int]) -> RawTables:
    """People of each commissioner by age: everybody, and each age by itself."""
    boxes = {
        (Box(owner, Q3, age, Strand.DIRECT), EVERYBODY): count
        for (owner, age), count in counts.items()
    }
    groups: tuple[Group | None, ...] = (None, *(Group(Axis.AGE, (each.value,)) for each in AgeBand))
    rows = [
        Row(
            "closed" if group is None else f"closed|age={group.values[0]}",
            "closed",
            frozenset({EVERYBODY}),
            group,
        )
        for group in groups
    ]
    return RawTables(
        Q3,
        [ALL],
        tables=[RawTable("closed", None, (EVERYBODY,), boxes)],
        rows=rows,
        counts=[Count(ALL, row.key, row.group) for row in rows],
    )


def swapped(counts: Counts) -> dict[tuple[Commissioner, str], int]:
    """Exchange the two councils."""
    return {(OTHER_NAME[owner], label): count for (owner, label), count in counts.items()}


OTHER_NAME = {DERBY: COUNTY, COUNTY: DERBY, OTHER: OTHER}
