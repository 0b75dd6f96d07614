"""A made-up release with every measure that is agreed, so that pages have all they must hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import product
from typing import Any

from outcomes.counting.flow import Missing, Stage
from outcomes.episode import Audience
from outcomes.figures import Figure, FlowFigure, Symbol
from outcomes.indicators import RULE
from outcomes.measures.catalogue import MEASURES
from outcomes.measures.measure import Cadence, Measure, Statistic
from outcomes.protection.policy import NHS5
from outcomes.quarter import parse_period
from outcomes.release import Definition, Release, Status
from tests.outcomes.sample import sample_release

C, Z = Symbol.WITHHELD, Symbol.NOT_APPLICABLE
SIZES: Mapping[Audience, int] = dict(zip(Audience, (60, 85, 175), strict=True))
FLOWS = ("star/young-person", "carer-star/carer")
LONG_NOTES = tuple(
    f"Note {number}: what a reader has to know before a figure of this release is quoted anywhere, "
    "said in a sentence that is as long as such sentences are when a careful person writes them."
    for number in range(1, 13)
)


def whole_release(period: str = "2026/27-Q3", *, share: int = 60) -> Release:
    """Make a release with a figure for every measure of its period; `share` is every percentage."""
    parsed = parse_period(period)
    cadence = Cadence.QUARTER if "-" in period else Cadence.YEAR
    measures = [each for each in MEASURES if cadence in each.cadence]
    rich = sample_release(period)
    return Release(
        period=parsed,
        status=Status.FINAL,
        policy=NHS5,
        definitions=tuple(map(Definition.of, measures)),
        figures=tuple(
            figure
            for measure, place in product(measures, Audience)
            for figure in _figures(measure, place, share, cadence)
        ),
        flow=tuple(_flow()),
        notes=LONG_NOTES,
        scenarios=("public",),
        certificate="0" * 64,
        coarsened=("The age bands 0 to 10 and 11 to 15 were put together.",),
        indicators=rich.indicators,
        rating_rule=RULE.in_words,
        replies=rich.replies,
    )


def _figures(measure: Measure, place: Audience, share: int, cadence: Cadence) -> Iterator[Figure]:
    if measure.missing:
        return
    whole = _figure(measure, place, share)
    yield whole
    if cadence is Cadence.YEAR and measure.breakdown is not None:
        lines = ("0-10+11-15", "16-25") if measure.breakdown == "age" else ("direct", "carers")
        for line in lines:
            yield replace(whole, breakdown=measure.breakdown.value, group=line)


def _figure(measure: Measure, place: Audience, share: int) -> Figure:
    size = SIZES[place]
    start = (measure.id, measure.area, place)
    match measure.statistic:
        case Statistic.COUNT:
            return Figure(*start, size, Z)
        case Statistic.COVERAGE:
            return Figure(*start, 7, 12)
        case Statistic.MEDIAN:
            return Figure(*start, Z, size, median_seconds=140)
        case Statistic.MEAN_CHANGE:
            means = [Decimal(each) for each in ("2.6", "3.4", "0.8", "0.3", "1.3")]
            return Figure(
                *start, Z, size,
                first_mean=means[0], last_mean=means[1], change_mean=means[2],
                change_lower=means[3], change_upper=means[4],
                effect=Decimal("0.7"),
                only_first_mean=Decimal("2.4") if measure.area == "Feelings" else Z,
                only_first=15 if measure.area == "Feelings" else Z,
                **_compared(size),
            )  # fmt: skip
        case _:
            if measure.id == "M05w":
                return Figure(*start, C, size, C, C, C, **_compared(size))
            # Only what compares answers says how many could have been, and has honest bounds.
            own = measure.recipe.eligible is not None
            asked = f"{measure.instrument}/{measure.role}" in FLOWS
            is_itself = measure.id in ("M04", "M04c")
            bounds = (share - 20, share + 20) if own else (Z, Z)
            return Figure(
                *start, size * share // 100, size, share, share - 12, share + 12,
                percent_if_none=bounds[0], percent_if_all=bounds[1],
                **(_compared(size) if own or (asked and not is_itself) else {}),
            )  # fmt: skip


def _compared(size: int) -> dict[str, Any]:
    share = int(100 * size / (size + 20) + 0.5)
    return {"eligible": size + 20, "paired": size, "paired_percent": share}


def _flow() -> Iterator[FlowFigure]:
    for name, place in product(FLOWS, Audience):
        for number, stage in enumerate(Stage):
            yield FlowFigure(name, stage.value, False, place, SIZES[place] + 20 - 5 * number)
        for reason in Missing:
            count = C if reason is Missing.WITHDRAWN else 5
            yield FlowFigure(name, reason.value, True, place, count)
