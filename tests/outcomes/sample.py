"""A rich made-up release of every shape a release can have, for formats, pages and workflow.

Its counts are written by hand, already rounded to fives; shares, bounds, honest bounds and who is
compared follow from them as they do in a real release, and no field is filled that protection does
not fill. Nobody was counted for it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import cache

from outcomes.counting.flow import Missing, Stage
from outcomes.episode import Audience
from outcomes.figures import TOTAL, Figure, FlowFigure, Shown, Symbol
from outcomes.indicators import RULE, Better, Indicator, IndicatorPoint, Rag, Reply
from outcomes.measures.measure import Direction, Interval, PeriodRule, Statistic
from outcomes.observation import Role
from outcomes.protection.policy import NHS5
from outcomes.quarter import Quarter, Year, parse_period
from outcomes.release import Definition, Release, Status
from outcomes.statistics import honest_bounds, wilson

C, U, Z = Symbol.WITHHELD, Symbol.TOO_FEW, Symbol.NOT_APPLICABLE
CITY, COUNTY, BOARD = Audience
AREAS = ("Body", "Home", "Feelings")
YOUNG_PEOPLE, CARERS = "star/young-person", "carer-star/carer"

Trio = tuple[Shown, Shown, Shown]
"""A count for the city, for the county and for the whole service."""


def definition(measure: str, title: str, sentence: str, **more: object) -> Definition:
    """Make a definition with a hash of its own; `more` replaces what most of them have."""
    made = Definition(
        measure=measure,
        version=1,
        area=TOTAL,
        title=title,
        statement=f"{title}: a made-up measure, said in full and in plain words.",
        sentence=sentence,
        statistic=Statistic.RATE.value,
        minimum_n=10,
        content_hash="",
        unit="young people",
        direction=Direction.HIGHER_IS_BETTER.value,
        population="Young people who answered at the start and at the end.",
        numerator="Those who were at least one step higher at the end.",
        period_rule=PeriodRule.CLOSED.value,
        interval=Interval.WILSON.value,
    )
    made = replace(made, **more)  # type: ignore[arg-type]  # names and values are test data
    return replace(made, content_hash=hashlib.sha256(repr(made).encode()).hexdigest())


_COUNT = {
    "statistic": Statistic.COUNT.value,
    "interval": Interval.NONE.value,
    "direction": Direction.NEITHER.value,
    "unit": "support episodes",
    "population": "All support episodes.",
    "numerator": "",
    "minimum_n": 1,
}
_STAR = {"role": Role.YOUNG_PERSON.value, "instrument": "star@1"}
_HOME = {
    "role": Role.CARER.value,
    "instrument": "carer-star@1",
    "unit": "carers",
    "population": "Carers who answered at the start and at the end; one carer a child.",
}
_STRONGER, _STABLE, _ACCESS = ("O07",), ("O01",), ("O11",)

_BOTH = (
    definition("M01", "Support that ended", "{n} pieces of support ended.", **_COUNT),
    definition(
        "M03",
        "New support accepted",
        "{n} pieces of support were accepted.",
        **_COUNT | {"period_rule": PeriodRule.ACCEPTED.value, "outcomes": _ACCESS},
    ),
    definition(
        "M04",
        "Answered at the start and at the end",
        "{n} of {d} young people answered both at the start and at the end.",
        population="Support episodes that ended and in which a young person could have answered.",
        numerator="Those with a first and a last answer.",
        breakdown="age",
        **_STAR,
    ),
    definition(
        "M05",
        "Feelings better at the end",
        "{n} of {d} young people felt better at the end than at the start.",
        area="Feelings",
        breakdown="age",
        outcomes=_STRONGER,
        **_STAR,
    ),
    definition(
        "M05w",
        "Feelings worse at the end",
        "{n} of {d} young people felt worse at the end than at the start.",
        area="Feelings",
        direction=Direction.LOWER_IS_BETTER.value,
        outcomes=_STRONGER,
        **_STAR,
    ),
    definition(
        "M09",
        "Home felt more settled",
        "{n} of {d} carers said home felt more settled at the end.",
        area="Home",
        breakdown="strand",
        outcomes=_STABLE,
        indicators=("SS_PM16",),
        **_HOME,
    ),
)
_QUARTER_ONLY = (
    definition(
        "M02",
        "Support going on at the end of the quarter",
        "{n} pieces of support were going on.",
        **_COUNT | {"period_rule": PeriodRule.OPEN_AT_END.value},
    ),
    *(
        definition(
            "M06",
            "Change from start to end",
            "{n} young people answered both times.",
            area=area,
            statistic=Statistic.MEAN_CHANGE.value,
            interval=Interval.STUDENT_T.value,
            numerator="The mean of last minus first answer, on steps from 1 to 5.",
            outcomes=_STRONGER,
            **_STAR,
        )
        for area in AREAS
    ),
    definition(
        "M20",
        "Check-ins finished",
        "{n} of {d} check-ins that were begun were finished.",
        unit="check-ins",
        period_rule=PeriodRule.STARTED.value,
        population="Check-ins begun.",
        numerator="Those that were finished.",
    ),
    definition(
        "M20t",
        "Time for a check-in",
        "Half of the check-ins took less than about {n} seconds.",
        statistic=Statistic.MEDIAN.value,
        interval=Interval.NONE.value,
        direction=Direction.LOWER_IS_BETTER.value,
        unit="seconds",
        period_rule=PeriodRule.STARTED.value,
        population="Check-ins finished.",
        numerator="The median time, rounded to ten seconds.",
    ),
    definition(
        "M21",
        "Outcomes with evidence",
        "{n} of {d} outcomes of the contract have evidence.",
        statistic=Statistic.COVERAGE.value,
        interval=Interval.NONE.value,
        unit="outcomes",
        population="The outcomes of the contract.",
        numerator="Those with a figure about ten people or more.",
        minimum_n=1,
    ),
    *(
        definition(
            f"Y-{slug}",
            f"Young people raised: {title}",
            "{n} of {d} young people who were heard raised it.",
            area=slug,
            direction=Direction.NEITHER.value,
            population="Young people who were heard in the quarter.",
            numerator="Those who raised it.",
        )
        for slug, title in (("calls-back", "Being called back"), ("quiet-room", "A quiet room"))
    ),
)
_YEAR_ONLY = tuple(
    definition(
        "U-sex",
        "Who support was accepted for: sex",
        f"{{n}} of {{d}} pieces of support were for somebody who is {area.lower()}.",
        area=area,
        direction=Direction.NEITHER.value,
        unit="support episodes",
        period_rule=PeriodRule.ACCEPTED.value,
        population="Support accepted where this was told of free will.",
        numerator=f"Those told as {area.lower()}.",
        outcomes=("O09",),
    )
    for area in ("Female", "Male", "Another word")
)


_ELIGIBLE: dict[Audience, int] = dict(zip(Audience, (45, 60, 130), strict=True))
_PAIRED: dict[Audience, int] = dict(zip(Audience, (30, 45, 95), strict=True))
_COMPARED = ("M05", "M05w", "M09")
"""Shares of those who are compared."""


def rate(
    place: tuple[str, str],
    numerators: Trio,
    denominators: Trio,
    *,
    by: tuple[str, str] | None = None,
) -> Iterator[Figure]:
    """Make the share of one measure and area for the three footprints."""
    breakdown, group = by or (TOTAL, TOTAL)
    for footprint, n, d in zip(Audience, numerators, denominators, strict=True):
        shares: tuple[Shown, ...]
        # Whoever is compared on how settled home feels is the whole of that share.
        eligible, paired = _ELIGIBLE[footprint], d if place[0] == "M09" else _PAIRED[footprint]
        if isinstance(n, Symbol) or isinstance(d, Symbol) or isinstance(paired, Symbol):
            shares = (C,) * 5
        elif d < 10:
            shares = (U,) * 5
        else:
            some, of = int(n), int(d)
            likely, honest = wilson(some, of), honest_bounds(some, of, eligible, int(paired))
            exact = (some / of, likely.lower, likely.upper, honest.lower, honest.upper)
            shares = tuple(int(100 * each + 0.5) for each in exact)
        if place[0] not in _COMPARED:
            shares = (*shares[:3], Z, Z)
        made = Figure(
            measure=place[0],
            area=place[1],
            footprint=footprint,
            numerator=n,
            denominator=d,
            percent=shares[0],
            percent_lower=shares[1],
            percent_upper=shares[2],
            breakdown=breakdown,
            group=group,
            percent_if_none=shares[3],
            percent_if_all=shares[4],
        )
        yield made if by or place[0] not in _COMPARED else compared(made, eligible, paired)


def compared(figure: Figure, eligible: int, paired: Shown) -> Figure:
    """Say beside a figure how many could have been compared and how many are."""
    share = C if isinstance(paired, Symbol) else int(100 * int(paired) / eligible + 0.5)
    return replace(figure, eligible=eligible, paired=paired, paired_percent=share)


def counts(place: tuple[str, str], numbers: Trio) -> Iterator[Figure]:
    """Make a count of one measure for the three footprints."""
    for footprint, number in zip(Audience, numbers, strict=True):
        yield Figure(*place, footprint, number, Z)


def mean(area: str, footprint: Audience, n: int, *shown: str) -> Figure:
    """Make a mean change: first, last, change, its bounds, effect, and who answered only first."""
    values = [Symbol(each) if each in tuple(Symbol) else Decimal(each) for each in shown]
    alone: Shown = values[6]
    made = Figure(
        "M06",
        area,
        footprint,
        Z,
        n,
        first_mean=values[0],
        last_mean=values[1],
        change_mean=values[2],
        change_lower=values[3],
        change_upper=values[4],
        effect=values[5],
        only_first_mean=alone,
        only_first=10 if isinstance(alone, Decimal) else alone,
    )
    return compared(made, _ELIGIBLE[footprint], n)


def _shared_figures() -> Iterator[Figure]:
    yield from counts(("M01", TOTAL), (45, 65, 135))
    yield from counts(("M03", TOTAL), (35, 55, 110))
    yield from rate(("M04", TOTAL), (30, 45, 95), (45, 60, 130))
    yield from rate(("M05", "Feelings"), (10, 20, 40), (25, 40, 85))
    yield from rate(("M05w", "Feelings"), (C, 5, C), (20, 35, 70))
    yield from rate(("M09", "Home"), (C, 15, 25), (C, 25, 45))


def _quarter_figures() -> Iterator[Figure]:
    yield from counts(("M02", TOTAL), (40, 60, 125))
    for area in AREAS:
        city, county, board = ("2.7", "c", "2.8") if area == "Feelings" else ("z",) * 3
        yield mean(area, CITY, 30, "2.8", "3.1", "0.3", "-0.1", "0.7", "0.3", city)
        yield mean(area, COUNTY, 45, "2.9", "2.8", "-0.1", "-0.4", "0.2", "-0.1", county)
        yield mean(area, BOARD, 95, "2.9", "3.0", "0.1", "-0.1", "0.3", "0.1", board)
    yield from rate(("M20", TOTAL), (85, 120, 240), (90, 135, 265))
    for footprint, seconds in zip(Audience, (140, 150, 140), strict=True):
        yield Figure("M20t", TOTAL, footprint, Z, Z, median_seconds=seconds)
    for footprint, covered in zip(Audience, (3, 4, 4), strict=True):
        yield Figure("M21", TOTAL, footprint, covered, 12)
    yield from rate(("Y-calls-back", "calls-back"), (10, 15, 30), (25, 40, 75))
    yield from rate(("Y-quiet-room", "quiet-room"), (C, 5, 10), (25, 40, 75))


def _year_figures() -> Iterator[Figure]:
    younger, older = ("age", "0-10+11-15"), ("age", "16-25")
    yield from rate(("M04", TOTAL), (25, 40, 85), (40, 55, 115), by=younger)
    yield from rate(("M04", TOTAL), (5, 5, 10), (5, 10, 15), by=older)
    yield from rate(("M05", "Feelings"), (10, 15, 35), (25, 35, 75), by=younger)
    yield from rate(("M05", "Feelings"), (C, C, 5), (C, 5, 10), by=older)
    yield from rate(("M09", "Home"), (C, 10, 20), (C, 15, 30), by=("strand", "direct"))
    yield from rate(("M09", "Home"), (C, 5, 10), (C, 10, 15), by=("strand", "carers"))
    everybody: Trio = (35, 50, 100)
    yield from rate(("U-sex", "Female"), (15, 25, 50), everybody)
    yield from rate(("U-sex", "Male"), (15, 25, 50), everybody)
    yield from rate(("U-sex", "Another word"), (C, C, C), everybody)


def _flow() -> Iterator[FlowFigure]:
    for flow in (YOUNG_PEOPLE, CARERS):
        for place, stage in enumerate(Stage):
            for footprint, most in _ELIGIBLE.items():
                is_last = stage is Stage.PAIRED
                count = _PAIRED[footprint] if is_last else most - 3 * place // 4 * 5
                yield FlowFigure(flow, stage.value, False, footprint, count)
        for reason in Missing:
            for footprint in Audience:
                is_small = footprint is CITY or reason is not Missing.NO_REPLY
                yield FlowFigure(flow, reason.value, True, footprint, C if is_small else 10)


def _indicators(last: Quarter) -> Iterator[Indicator]:
    quarters = [Quarter(last.starts, number) for number in range(1, last.number + 1)]
    rags = (Rag.RED, Rag.AMBER, Rag.GREEN, Rag.GREEN)
    yield Indicator(
        "SS_PM16",
        "Children who moved home three times or more",
        "percent",
        Better.LOWER,
        "A made-up report to a made-up committee",
        tuple(
            IndicatorPoint(
                str(quarter), Decimal("12.4") - place, Decimal("10.0"), Decimal("11.6"), rag
            )
            for place, (quarter, rag) in enumerate(zip(quarters, rags, strict=False))
        ),
        forecast=Decimal("10.4"),
        forecast_rule="The mean of the quarters so far.",
    )
    yield Indicator(
        "SS_PM07",
        "Children in care per 10,000 under 18",
        "rate",
        Better.NEITHER,
        "A made-up report to a made-up committee",
        (IndicatorPoint(str(quarters[0]), Decimal("101.8"), None, None, Rag.NOT_RATED),),
    )


_NOTES = (
    "Counts from 0 to 4 are withheld and shown as c. Other counts are rounded to the nearest 5.",
    "Because counts are rounded one by one, they may not add up.",
    "c = withheld, so that nobody can be found.",
    "u = too few answered for this kind of figure.",
    "z = this measure has no such figure.",
)


@cache
def sample_release(period: str = "2026/27-Q3") -> Release:
    """Make the release of a quarter (`2026/27-Q3`) or of a year (`2026/27`).

    A quarter has means, a median, outcomes covered, themes with replies; a year has breakdowns by
    age (two bands merged) and by strand, and uptake by group. Both have counts, shares, all three
    symbols, the flow, figures of others and what was audited with them.
    """
    parsed = parse_period(period)
    is_year = isinstance(parsed, Year)
    last = parsed.quarters[-1] if isinstance(parsed, Year) else parsed
    own = _year_figures() if is_year else _quarter_figures()
    coarser = (
        "The age bands 0 to 10 and 11 to 15 were put together, so that nobody can be found.",
    )
    return Release(
        period=parsed,
        status=Status.FINAL if is_year else Status.PROVISIONAL,
        policy=NHS5,
        definitions=(*_BOTH, *(_YEAR_ONLY if is_year else _QUARTER_ONLY)),
        figures=(*_shared_figures(), *own),
        flow=tuple(_flow()),
        notes=(f"Period: {parsed}.", *_NOTES, *(coarser if is_year else ())),
        scenarios=("public", "derby-city", "derbyshire-county", "a lone respondent"),
        audited_with=(f"{last.starts}-{(last.starts + 1) % 100:02d}-q1-0123456789abcdef",),
        certificate=hashlib.sha256(f"a made-up proof for {parsed}".encode()).hexdigest(),
        indicators=tuple(_indicators(last)),
        rating_rule=RULE.in_words,
        replies=()
        if is_year
        else (
            Reply("calls-back", "Being called back", "We call back on the same day.", "2026-11-20"),
            Reply("quiet-room", "A quiet room", "The blue room is now quiet.", "2026-12-04"),
        ),
    )
