"""Defines the measures made from imported totals of a licensed questionnaire; it counts nobody."""

from __future__ import annotations

from functools import partial

from outcomes.measures.bands import Band
from outcomes.measures.contract import outcomes_of
from outcomes.measures.measure import (
    Direction,
    Interval,
    Measure,
    PeriodRule,
    Sensitivity,
    Statistic,
)
from outcomes.measures.recipe import Mark, Recipe, Sorting

_MINIMUM_FOR_RELIABLE_CHANGE = 30
_INFORMANTS = (
    ("parent", "Answered by parents or carers"),
    ("teacher", "Answered by teachers"),
    ("self", "Answered by young people"),
)
_BANDS = ", ".join(each.value for each in Band)
_TOTALS = (
    "The totals (0 to 40) of the Strengths and Difficulties Questionnaire are imported: we never "
    "ask it. First and last are the earliest and the latest total by the same kind of person from "
    "90 days before the support to 90 days after it, at least 90 days apart."
)
_WHO_COULD = (
    "Every piece of support that ended could have had both totals; where one is missing, nobody "
    "sent it to us. A child whose support ended twice counts twice."
)
_of_totals = partial(
    Measure,
    version=2,
    statistic=Statistic.RATE,
    direction=Direction.HIGHER_IS_BETTER,
    interval=Interval.WILSON,
    period_rule=PeriodRule.CLOSED,
    sensitivity=Sensitivity.SENSITIVE,
    unit="pieces of support",
)

IMPORTED_TOTALS = tuple(
    measure
    for informant, area in _INFORMANTS
    for measure in (
        *(
            _of_totals(
                id=name,
                area=area,
                title=f"Questionnaire total in a {word} band at the end",
                statement=(
                    "Of the pieces of support that ended in the period with a first and a last "
                    f"total, the share whose last total lies in a {word} band than the first. The "
                    f"bands are {_BANDS}; a lower total is better. {_TOTALS} {_WHO_COULD}"
                ),
                sentence=f"In {{n}} of {{d}} pieces of support, the child moved to a {word} band.",
                population="Support that ended, with a first and a last total.",
                numerator=f"The last total in a {word} band than the first.",
                recipe=Recipe(
                    Sorting.BANDS,
                    of=Mark.COMPARED,
                    counts=mark,
                    key=informant,
                    days=90,
                    eligible=Mark.EVERYBODY,
                    compared=Mark.COMPARED,
                ),
                direction=direction,
                outcomes=outcomes_of(name, area),
                indicators=("EISS_PM47", "EISS_PM48"),
            )
            for name, word, mark, direction in (
                ("M16", "better", Mark.BETTER, Direction.HIGHER_IS_BETTER),
                ("M16w", "worse", Mark.WORSE, Direction.LOWER_IS_BETTER),
            )
        ),
        _of_totals(
            id="M17",
            area=area,
            title="Questionnaire total changed by more than chance",
            statement=(
                "Of the pieces of support that ended in the period with a first and a last total, "
                "the share whose total fell by more than the questionnaire's own error of "
                "measurement would explain (Jacobson and Truax). The error comes from a named "
                f"outside study, never from our own children. {_TOTALS}"
            ),
            sentence=(
                "In {n} of {d} pieces of support, the total fell by more than chance would explain."
            ),
            population="Support that ended, with a first and a last total.",
            numerator="Reliable change for the better.",
            recipe=Recipe(
                Sorting.RELIABLE, of=Mark.COMPARED, counts=Mark.BETTER, key=informant, days=90
            ),
            minimum_n=_MINIMUM_FOR_RELIABLE_CHANGE,
            outcomes=outcomes_of("M17", area),
            missing=(
                "No outside study of spread and reliability has been named and checked yet, so "
                "there is no figure."
            ),
        ),
    )
)
